"""Does the work of the bench with pykickstart: reads, changes and prints kickstarts, and says the seconds of the best round.

    beside.py ROUNDS FILE-OR-FOLDER
"""
import os
import sys
import time
import warnings

from pykickstart.parser import KickstartParser
from pykickstart.version import makeVersion

warnings.simplefilter("ignore")


def work(text):
    handler = makeVersion()
    KickstartParser(handler).readKickstartFromString(text)
    repo = handler.RepoData(name="bench-new", baseurl="http://repo.example/new", install=True)
    handler.repo.dataList().append(repo)
    handler.packages.add(["bench-new"])
    return str(handler)


rounds, path = int(sys.argv[1]), sys.argv[2]
files = [os.path.join(path, name) for name in os.listdir(path)] if os.path.isdir(path) else [path]
texts = [open(file, encoding="utf-8").read() for file in files]
best = float("inf")
for _ in range(rounds):
    start = time.perf_counter()
    for text in texts:
        work(text)
    best = min(best, time.perf_counter() - start)
print(best)
