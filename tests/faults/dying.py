"""A process that forks for every order it reads, and dies in the child at a chosen statement.

An order is a line of JSON with the number of the statement at which to die (`statement`) and when
(`moment`: before or after it is done). One line of JSON answers each: whether the child was killed,
how many statements were begun, and what it had to say before it ended.
"""

import json
import os
import sys
from functools import partial

import sqlalchemy as sa

KILLED = 137


def obey_all(obey):
    """Fork for every order until there are no more; `obey(order, say)` does it in the child."""
    for line in sys.stdin:
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            obey(json.loads(line), partial(_say, tell))
            os._exit(0)
        os.close(tell)
        with os.fdopen(told) as words:
            said = words.read().splitlines()
        _, status = os.waitpid(child, 0)
        answer = {
            "killed": os.waitstatus_to_exitcode(status) == KILLED,
            "statements": sum(word == "statement" for word in said),
            "receipt": next((word for word in said if word != "statement"), None),
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _say(pipe, word):
    os.write(pipe, f"{word}\n".encode())


def watch(database, order, say):
    """Count what `database` writes from now on, and die at the statement of the order."""
    count = 0

    def at(moment):
        if count == order["statement"] and moment == order["moment"]:
            os._exit(KILLED)

    def before(*_):
        nonlocal count
        count += 1
        say("statement")
        at("before")

    def after(*_):
        at("after")

    for event, listener in (
        ("before_cursor_execute", before),
        ("after_cursor_execute", after),
        ("commit", before),
    ):
        sa.event.listen(database._write_engine, event, listener)
