"""The round as a phone takes it along, and what has changed since it last did.

The phone says which shops it knows, each with the mark it was given; a mark is a hash over
everything that was sent of the shop. So the answer is exact: whatever differs comes again, whatever
is gone is named, and no clock has a say. No personal data beyond a shop's public particulars.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, Viewer
from compliance.act import LOCAL
from compliance.draws import queries as draws
from compliance.draws.queries import OwnDraw
from compliance.grades import publishing
from compliance.grades.rules import inspection_cap
from compliance.plans import service as plans
from compliance.plans.models import Plan
from compliance.red_list import queries as red_list
from compliance.rounds import facts
from compliance.rounds.facts import OpenFinding, Stop
from compliance.rounds.rhythm import days_between

MARK_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Download:
    """What is new: `shops` as sent, each with its mark; `gone` are numbers no longer in reach."""

    me: Account
    shops: Sequence[Mapping[str, Any]]
    gone: Sequence[str]
    lanes: Mapping[str, str]
    draws: Sequence[OwnDraw]
    plans: Sequence[Plan]
    frequent: Sequence[str]


def take(session: Session, viewer: Viewer, now: datetime, known: Mapping[str, str]) -> Download:
    """Return what a phone that knows `known` (door number → mark) lacks."""
    day = now.astimezone(LOCAL).date()
    stops = facts.stops(session, viewer, now)
    rules = publishing.in_force(session, day).rules
    withdrawn = facts.withdrawn(session, viewer)
    findings = facts.open_findings(session, viewer)
    listed = red_list.standing(session, [stop.shop.tenancy_id for stop in stops], now)
    entries = [
        _entry(
            stop,
            withdrawn.get(stop.shop.premises_id, ()),
            findings.get(stop.shop.tenancy_id, ()),
            every=days_between(
                viewer.role, stop.colour, rules, on_red_list=stop.shop.tenancy_id in listed
            ),
            cap=inspection_cap(stop.colour, rules),
        )
        for stop in stops
    ]
    reached = {entry["n"] for entry in entries}
    return Download(
        me=session.get_one(Account, viewer.account_id),
        shops=[entry for entry in entries if known.get(entry["n"]) != entry["mark"]],
        gone=sorted(known.keys() - reached),
        lanes={stop.shop.lane_id: stop.shop.lane for stop in stops},
        draws=draws.of_round(session, viewer, day),
        plans=plans.in_force(session, viewer, day) if viewer.may(Action.PLAN_READ) else [],
        frequent=facts.frequent(session, viewer, now),
    )


def _entry(
    stop: Stop,
    withdrawn: Sequence[str],
    findings: Sequence[OpenFinding],
    *,
    every: int,
    cap: int,
) -> dict[str, Any]:
    shop = stop.shop
    entry = {
        "n": shop.number,
        "t": shop.door,
        "w": list(withdrawn),
        "name": shop.name,
        "py": stop.initials,
        "cat": shop.category,
        "addr": shop.address,
        "lane": shop.lane_id,
        "lat": _degrees(shop.lat),
        "lng": _degrees(shop.lng),
        "seen": instant(stop.seen),
        "ours": instant(stop.ours),
        "by_me": instant(stop.by_me),
        "colour": stop.colour.value,
        "every": every,
        "insp": stop.inspections,
        "cap": cap,
        "open": [
            {
                "id": each.id,
                "code": each.code,
                "state": each.state.value,
                "due_at": instant(each.due_at),
                "opened_at": instant(each.opened_at),
                "photo": each.photo,
            }
            for each in findings
        ],
    }
    return entry | {"mark": mark_of(entry)}


def mark_of(entry: Mapping[str, Any]) -> str:
    """Return the mark of a shop as sent: the beginning of a hash over all of it."""
    whole = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()[:MARK_LETTERS]


def instant(at: datetime | None) -> str | None:
    """Return an instant to the second, as Beijing's clock shows it."""
    return at.astimezone(LOCAL).isoformat(timespec="seconds") if at else None


def _degrees(value: float | None) -> float | None:
    """Return a coordinate to a metre; more would be noise."""
    return None if value is None else round(value, 5)
