"""Reads every file of a folder with Python's ConfigParser; prints what it found, or what it did not like, as JSON."""

import configparser
import json
import os
import sys


def line_of(error):
    """The line an exception is about; one that should not have happened only has it in the frame it came from."""
    if hasattr(error, "lineno"):
        return error.lineno
    frame = error.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    return frame.tb_frame.f_locals["lineno"]


def value(parser, section, key):
    try:
        return parser.get(section, key)
    except (configparser.InterpolationError, TypeError) as error:
        return {"error": type(error).__name__}


def content(path):
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), allow_no_value=True)
    try:
        with open(path, encoding="utf-8-sig") as file:
            parser.read_file(file)
    except configparser.ParsingError as error:
        if not hasattr(error, "errors") or isinstance(error, configparser.MissingSectionHeaderError):
            return {"error": type(error).__name__, "lines": [line_of(error)]}
        if type(error) is not configparser.ParsingError:  # MultilineContinuationError, from Python 3.13 on
            return {"error": "AttributeError", "lines": [error.lineno]}
        return {"error": "ParsingError", "lines": [line for line, _ in error.errors]}
    except configparser.DuplicateOptionError as error:
        # the second line without a key in a section is one whose key, nothing, is there twice
        return {"error": "DuplicateOptionError" if error.option else "NoKeyAgain", "lines": [error.lineno]}
    except (configparser.DuplicateSectionError, AttributeError) as error:
        return {"error": type(error).__name__, "lines": [line_of(error)]}
    names = parser.sections()
    own = [[name, list(parser._sections[name])] for name in names] + [["DEFAULT", list(parser.defaults())]]
    every = [[name, parser.options(name)] for name in names] + [["DEFAULT", list(parser.defaults())]]
    return {
        "own": own,
        "values": [
            [name, key, parser.get(name, key, raw=True), value(parser, name, key)]
            for name, keys in every
            for key in keys
        ],
    }


folder = sys.argv[1]
json.dump([content(os.path.join(folder, name)) for name in sorted(os.listdir(folder))], sys.stdout)
