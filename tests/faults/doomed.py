"""A process that logs one patrol and dies at a chosen statement: `python -m tests.faults.doomed URL`.

An order carries the patrol and the person besides; the answer the receipt, if it was given.
"""

import json
import os
import sys
from datetime import datetime
from functools import partial

from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.act import Act, Actor
from compliance.patrols import service
from merchants_app import rulebook
from merchants_app.database import Database
from merchants_app.visits import read_payload
from tests.faults.dying import KILLED, obey_all, watch


def obey(url, order, say):
    """Log the patrol of `order`, counting statements, and die at the chosen one."""
    database = Database(url, pool=1)
    found = database.read_now(lambda session: prepared(session, order))
    watch(database, order, say)
    logged = database.write_now(lambda session: service.log(session, *found))
    if order["moment"] == "unacknowledged":
        os._exit(KILLED)
    say(logged.receipt.entry_hash)
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
    obey_all(partial(obey, sys.argv[1]))
