"""A participant written like SkyNET's, for comparison: prefetch 1, a thread for each workitem, no confirms.

participant.py QUEUE: takes from QUEUE of the broker of IMG_TEST_AMQP_URL, sets two fields, replies to ruote_workitems.
Says "ready", begins with the first line of its input and ends with the end of it.
"""

import collections
import json
import os
import sys
import threading
import urllib.parse

import amqp


class Participant:
    def __init__(self, url, queue):
        parts = urllib.parse.urlsplit(url)
        self.queue = queue
        self.inbox = collections.deque()
        self.workitem = None
        self.connection = amqp.Connection(
            host="%s:%d" % (parts.hostname, parts.port),
            userid=parts.username,
            password=parts.password,
            virtual_host=urllib.parse.unquote(parts.path[1:]),
        )
        self.connection.connect()
        self.channel = self.connection.channel()
        self.channel.basic_qos(0, 1, False)

    def run(self):
        self.channel.basic_consume(self.queue, callback=self.inbox.append)
        while True:
            while not self.inbox:
                self.connection.drain_events()
            self.workitem_callback(self.inbox.popleft())

    def workitem_callback(self, message):
        self.workitem = json.loads(message.body)
        worker = threading.Thread(target=self.consume)
        worker.start()
        worker.join()
        self.channel.basic_ack(message.delivery_tag)
        reply = amqp.Message(json.dumps(self.workitem), delivery_mode=2)
        self.channel.basic_publish(reply, exchange="", routing_key="ruote_workitems")

    def consume(self):
        fields = self.workitem["fields"]
        fields["answer"] = fields["number"] * 2
        fields["__result__"] = True


def end_with_input():
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    participant = Participant(os.environ["IMG_TEST_AMQP_URL"], sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    threading.Thread(target=end_with_input, daemon=True).start()
    participant.run()
