"""The rules of colour by version: which hold, how a new one is published, what it changes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, require
from compliance.act import Act
from compliance.errors import InvalidInput, RuleBroken
from compliance.grades import rules as numbers
from compliance.grades.facts import gather
from compliance.grades.models import GradeRules
from compliance.grades.points import total
from compliance.grades.rules import DEFAULT, Colour, Rules
from compliance.ledger import service as ledger
from compliance.merchants.shops import OPEN, tenancy_table

CHUNK = 1000
"""Shops whose sums are made at once, so that memory does not grow with the district."""

PUBLISHED = "grade_rules.published"

_OPEN_SHOPS = sa.select(tenancy_table.c.id).where(OPEN).order_by(tenancy_table.c.id)


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules of a day and the version they come from; None for those nobody had to publish."""

    rules: Rules
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What other rules would make of today's shops: how many stay, and which colours change."""

    shops: int
    before: Counter[Colour]
    after: Counter[Colour]
    moves: Counter[tuple[Colour, Colour]]

    @property
    def changed(self) -> int:
        return sum(self.moves.values())


def in_force(session: Session, day: date) -> InForce:
    """Return the rules in force on `day`."""
    found = session.exec(
        select(GradeRules)
        .where(GradeRules.effective_from <= day)
        .order_by(col(GradeRules.effective_from).desc(), col(GradeRules.published_at).desc())
        .limit(1)
    ).first()
    return InForce(Rules(**found.body), found.id) if found else InForce(DEFAULT)


def versions(session: Session) -> Sequence[GradeRules]:
    """Return every published version, the one that begins last first."""
    order = (col(GradeRules.effective_from).desc(), col(GradeRules.published_at).desc())
    return session.exec(select(GradeRules).order_by(*order)).all()


def check(act: Act, rules: Rules, effective_from: date) -> None:
    """Raise InvalidInput `grade.rules_disorder` or RuleBroken `grade.rules_in_the_past`."""
    numbers.check(rules)
    if effective_from < act.day:
        raise RuleBroken(
            "grade.rules_in_the_past", fields={"effective_from": "grade.rules_in_the_past"}
        )


def publish(
    session: Session,
    act: Act,
    viewer: Viewer,
    rules: Rules,
    *,
    effective_from: date,
    reason: str,
) -> GradeRules:
    """Publish a version in force from a day on, with an entry in the district's ledger.

    Raises what `check` raises, and InvalidInput `grade.reason_required`.
    """
    require(viewer, Action.GRADE_RULES_PUBLISH)
    check(act, rules, effective_from)
    if not reason.strip():
        raise InvalidInput("grade.reason_required", fields={"reason": "grade.reason_required"})
    version = GradeRules(
        id=act.new_id(),
        effective_from=effective_from,
        body=rules.model_dump(),
        reason=reason.strip(),
        published_at=act.at,
        published_by=act.actor.account_id,
    )
    session.add(version)
    session.flush()
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind=PUBLISHED,
        ref=version.id,
        fact={"effective_from": effective_from.isoformat(), "rules": version.body},
        body={"reason": version.reason},
    )
    return version


def effect(session: Session, now: datetime, day: date, rules: Rules) -> Effect:
    """Return how many of today's open shops would have another colour under `rules`.

    Computed colours only: what people set stays as they set it.
    """
    former = in_force(session, day).rules
    widest = max(former, rules, key=lambda each: each.window_days)
    before: Counter[Colour] = Counter()
    after: Counter[Colour] = Counter()
    moves: Counter[tuple[Colour, Colour]] = Counter()
    for chunk in open_shops(session):
        for facts in gather(session, chunk, now, widest).values():
            old, new = total(facts, now, former).colour, total(facts, now, rules).colour
            before[old] += 1
            after[new] += 1
            if old is not new:
                moves[old, new] += 1
    return Effect(before.total(), before, after, moves)


def open_shops(session: Session) -> Iterator[list[str]]:
    """Give the ids of all open tenancies, chunk by chunk."""
    every = list(session.execute(_OPEN_SHOPS).scalars())
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))
