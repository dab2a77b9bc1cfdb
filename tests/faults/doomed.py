"""A process that logs one patrol and dies at a chosen statement: `python -m tests.faults.doomed URL`.

It forks itself for every line it reads, so that a death costs no new start: a line is JSON with the
patrol, the person and the number of the statement at which to die, before or after it is done.
Answers one line each: how many statements were begun, and the receipt if it was given.
"""

import json
import os
import sys
from datetime import datetime

import sqlalchemy as sa

from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.act import Act, Actor
from compliance.patrols import service
from merchants_app import rulebook
from merchants_app.database import Database
from merchants_app.visits import read_payload

KILLED = 137


def main(url):
    """Fork for every order until there are no more."""
    for line in sys.stdin:
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            obey(url, json.loads(line), tell)
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


def obey(url, order, tell):
    """Log the patrol of `order`, counting statements, and die at the chosen one."""
    database = Database(url, pool=1)
    count = 0

    def at(moment):
        if count == order["statement"] and moment == order["moment"]:
            os._exit(KILLED)

    def before(*_):
        nonlocal count
        count += 1
        os.write(tell, b"statement\n")
        at("before")

    def after(*_):
        at("after")

    found = database.read_now(lambda session: prepared(session, order))
    for engine_event, listener in (
        ("before_cursor_execute", before),
        ("after_cursor_execute", after),
        ("commit", before),
    ):
        sa.event.listen(database._write_engine, engine_event, listener)
    logged = database.write_now(lambda session: service.log(session, *found))
    if order["moment"] == "unacknowledged":
        os._exit(KILLED)
    os.write(tell, f"{logged.receipt.entry_hash}\n".encode())
    if order["moment"] == "acknowledged":
        os._exit(KILLED)
    database.close()


def prepared(session, order):
    """Return the arguments of `service.log`."""
    at = datetime.fromisoformat(order["at"])
    viewer = sessions.viewer_of(session, session.get_one(Account, order["account"]))
    rules = rulebook.read(session, at)
    body, payload = read_payload(json.dumps(order["body"]).encode())
    act = Act(at=at, actor=Actor(viewer.account_id, viewer.role.value))
    return act, viewer, order["id"], body, payload, rules.catalogue, rules.calendar


if __name__ == "__main__":
    main(sys.argv[1])
