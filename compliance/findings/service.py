"""Taking a finding one step further: who may, whether it still stands as they saw it, what follows.

One service for every step, because every step is the same deed: a row locked, the table asked, an
event that stays, an entry in the shop's ledger, a message to the other side.
"""

from collections.abc import Sequence
from typing import Unpack

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, reaches, require
from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.catalogue.models import CheckItem
from compliance.catalogue.workdays import Calendar
from compliance.errors import Conflict, InvalidInput, NotAllowed, NotFound
from compliance.findings import clocks, messages
from compliance.findings.clocks import Time
from compliance.findings.conditions import (
    Decided,
    Given,
    check_given,
    check_moment,
    end_of_listing,
)
from compliance.findings.lifecycle import (
    ANSWERS,
    ENDED,
    NOT_COUNTED,
    RESTARTS,
    Entry,
    FindingState,
    Step,
    next_state,
    who,
)
from compliance.findings.models import Cause, Finding, FindingEvent
from compliance.findings.opening import Opened, open_finding
from compliance.findings.queries import STANDING_REPLY
from compliance.ledger import service as ledger
from compliance.merchants import shops

INTERRUPTS = (Step.OBJECT.value, Step.APPEAL.value)

__all__ = ["Opened", "locked", "open_finding", "step"]


def step(
    session: Session,
    act: Act,
    viewer: Viewer | None,
    finding_id: str,
    taken: Step,
    *,
    version: int,
    words: str = "",
    photos: Sequence[str] = (),
    **decided: Unpack[Decided],
) -> Finding:
    """Take one step and return the finding after it; `viewer` is None for the system itself.

    `version` is what the person saw. The same step of the same person sent twice is one step.
    Raises NotFound `finding.unknown` (also out of reach), NotAllowed, Conflict `finding.stale` when
    somebody else was faster, RuleBroken when the table or the moment does not allow it,
    InvalidInput when words, proof, agency, days or the paper's number are missing.
    """
    finding = locked(session, finding_id).get(finding_id)
    if finding is None:
        raise NotFound("finding.unknown")
    _check_viewer(session, act, viewer, finding, taken)
    given = Given(words.strip(), tuple(photos), **decided)
    if version != finding.version:
        if _was_taken(session, act, finding, taken, given):
            return finding
        raise Conflict("finding.stale", finding=finding_id, version=finding.version)
    after = next_state(finding.state, taken, _origin(session, finding, taken))
    calendar = catalogue.calendar(session)
    check_moment(finding, taken, act.at, calendar)
    check_given(taken, given, act.day)
    if taken is Step.REPLY and not given.words:
        _check_reply(session, finding)
    item = session.get_one(CheckItem, (finding.edition, finding.code))
    concerns_shop = finding.counted
    _move(act, finding, taken, after)
    _set_time(session, act, finding, item, taken, given, calendar)
    session.add(finding)
    _record(session, act, finding, taken, given)
    if concerns_shop and taken in messages.TELLS:
        messages.tell(
            session,
            act,
            tenancy_id=finding.tenancy_id,
            template=messages.TELLS[taken],
            dedup_key=f"finding:{finding.id}:{finding.version}",
            item=item.name,
            due_at=finding.due_at,
        )
    session.flush()
    return finding


def locked(session: Session, *finding_ids: str) -> dict[str, Finding]:
    """Return findings by id with their rows locked, as they are now and not as remembered.

    They are locked in the order of their ids, so that nobody waits in a circle.
    """
    found = session.exec(
        select(Finding)
        .where(col(Finding.id).in_(finding_ids))
        .order_by(col(Finding.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {finding.id: finding for finding in found}


def _check_viewer(
    session: Session, act: Act, viewer: Viewer | None, finding: Finding, taken: Step
) -> None:
    if viewer is None:
        if not act.actor.is_system:
            raise NotAllowed("account.not_allowed")
        return
    action = who(finding.state, taken)
    place = shops.by_tenancy(session, finding.tenancy_id).place
    if not reaches(viewer, Action.FINDING_READ, place):
        raise NotFound("finding.unknown")
    require(viewer, action)
    if not reaches(viewer, action, place):
        raise NotFound("finding.unknown")


def _was_taken(session: Session, act: Act, finding: Finding, taken: Step, given: Given) -> bool:
    """Tell whether the last event is this very step of this person: a form sent twice."""
    last = session.get_one(FindingEvent, (finding.id, finding.version))
    return (last.account_id, last.step, last.words, last.detail) == (
        act.actor.account_id,
        taken.value,
        given.words,
        given.detail(),
    )


def _check_reply(session: Session, finding: Finding) -> None:
    """Raise InvalidInput when nothing is said, unless that takes down what was said before."""
    if not session.scalar(select(STANDING_REPLY).where(col(Finding.id) == finding.id)):
        raise InvalidInput("finding.words_required", fields={"words": "finding.words_required"})


def _origin(session: Session, finding: Finding, taken: Step) -> FindingState | None:
    """Return where a finding comes back to when an objection is ended, or it is opened again."""
    if taken is Step.REOPEN and finding.cause is Cause.THIRD_PARTY:
        return FindingState.THIRD_PARTY
    if finding.state is not FindingState.DISPUTED:
        return None
    objected = (
        select(sa.func.max(FindingEvent.number))
        .where(FindingEvent.finding_id == finding.id, col(FindingEvent.step).in_(INTERRUPTS))
        .scalar_subquery()
    )
    before = session.exec(
        select(FindingEvent).where(
            FindingEvent.finding_id == finding.id, col(FindingEvent.number) == objected - 1
        )
    ).one()
    return before.state


def _move(act: Act, finding: Finding, taken: Step, after: FindingState) -> None:
    if after is not finding.state:
        finding.moved_at = act.at
        ended = after in ENDED
        finding.ended_at, finding.ended_by = (act.at, taken.value) if ended else (None, "")
    answered = finding.asked and taken in ANSWERS[Step(finding.asked)]
    if taken in ANSWERS:
        finding.asked = taken.value
    elif answered or after is not finding.state:
        finding.asked = ""
    finding.state = after
    finding.version += 1
    if taken in NOT_COUNTED:
        finding.counted = False
    if taken is Step.DISPATCH:
        finding.cause = Cause.THIRD_PARTY


def _set_time(
    session: Session,
    act: Act,
    finding: Finding,
    item: CheckItem,
    taken: Step,
    given: Given,
    calendar: Calendar,
) -> None:
    """Set the time to put right where a step gives one anew, or takes it away."""
    shop, days = finding.tenancy_id, given.days or 0
    if taken in RESTARTS and finding.state is FindingState.REMINDED:
        clocks.keep(finding, clocks.given(session, shop, item, act.at, calendar))
    elif taken is Step.ORDER:
        time = clocks.working_days(session, shop, days, act.at, calendar, "due.ordered")
        clocks.keep(finding, time)
    elif taken is Step.GRANT_TIME:
        clocks.keep(finding, clocks.extended(session, finding, days, act.at, calendar))
    elif taken is Step.LIST:
        finding.listed_until = end_of_listing(act.at, days)
        clocks.keep(finding, Time(finding.listed_until, "due.listed", act.at, days))
    elif taken is Step.DISPATCH:
        clocks.keep(finding, clocks.NO_TIME)


def _record(session: Session, act: Act, finding: Finding, taken: Step, given: Given) -> None:
    """Keep the step as an event and in the shop's ledger; words and photos only as a commitment."""
    session.add(
        FindingEvent(
            finding_id=finding.id,
            number=finding.version,
            step=taken.value,
            state=finding.state,
            at=act.at,
            account_id=act.actor.account_id,
            role=act.actor.role,
            words=given.words,
            detail=given.detail(),
            photos=list(given.photos),
        )
    )
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(finding.tenancy_id),
        kind=Entry[taken.name].value,
        ref=finding.id,
        fact={
            "code": finding.code,
            "state": finding.state.value,
            "version": finding.version,
            "counted": finding.counted,
            "due_at": finding.due_at.isoformat() if finding.due_at else None,
            **given.detail(),
        },
        body={"words": given.words, "photos": list(given.photos)},
    )
