"""Taking a finding one step further: who may, whether it still stands as they saw it, what follows.

One service for every step, because every step is the same deed: a row locked, the table asked, an
event that stays, an entry in the shop's ledger, a message to the other side.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, reaches, require
from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.catalogue.models import CheckItem
from compliance.catalogue.workdays import Calendar, due_at
from compliance.errors import Conflict, NotAllowed, NotFound
from compliance.findings import messages
from compliance.findings.conditions import (
    Given,
    check_given,
    check_moment,
    end_of_listing,
    working_days_after,
)
from compliance.findings.lifecycle import (
    ENDED,
    NOT_COUNTED,
    RESTARTS,
    Entry,
    FindingState,
    Step,
    next_state,
    who,
)
from compliance.findings.models import Agency, Cause, Finding, FindingEvent
from compliance.findings.opening import Opened, open_finding
from compliance.ledger import service as ledger
from compliance.merchants import shops

__all__ = ["Opened", "open_finding", "step"]


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
    to: Agency | None = None,
    days: int | None = None,
) -> Finding:
    """Take one step and return the finding after it; `viewer` is None for the system itself.

    `version` is what the person saw. The same step of the same person sent twice is one step.
    Raises NotFound `finding.unknown` (also out of reach), NotAllowed, Conflict `finding.stale` when
    somebody else was faster, RuleBroken when the table or the moment does not allow it,
    InvalidInput when words, proof, agency or days are missing.
    """
    finding = _locked(session, finding_id)
    _check_viewer(session, act, viewer, finding, taken)
    given = Given(words.strip(), tuple(photos), to, days)
    if version != finding.version:
        if _was_taken(session, act, finding, taken, given):
            return finding
        raise Conflict("finding.stale", finding=finding_id, version=finding.version)
    after = next_state(finding.state, taken, _disputed_from(session, finding))
    calendar = catalogue.calendar(session)
    check_moment(finding, taken, act.at, calendar)
    check_given(taken, given)
    item = session.get_one(CheckItem, (finding.edition, finding.code))
    concerns_shop = finding.counted
    _move(act, finding, taken, after)
    _set_time(act, finding, item, taken, given, calendar)
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


def _locked(session: Session, finding_id: str) -> Finding:
    """Return the finding with its row locked, as it is now and not as the session remembers it."""
    found = session.exec(
        select(Finding)
        .where(Finding.id == finding_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("finding.unknown")
    return found


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
    return (last.account_id, last.step, last.words) == (
        act.actor.account_id,
        taken.value,
        given.words,
    )


def _disputed_from(session: Session, finding: Finding) -> FindingState | None:
    """Return the state in which the open objection was made."""
    if finding.state is not FindingState.DISPUTED:
        return None
    objected = (
        select(sa.func.max(FindingEvent.number))
        .where(FindingEvent.finding_id == finding.id, FindingEvent.step == Step.OBJECT.value)
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
    finding.state = after
    finding.version += 1
    finding.ended_at = act.at if after in ENDED else None
    if taken in NOT_COUNTED:
        finding.counted = False
    if taken is Step.DISPATCH:
        finding.cause = Cause.THIRD_PARTY


def _set_time(
    act: Act, finding: Finding, item: CheckItem, taken: Step, given: Given, calendar: Calendar
) -> None:
    """Set the time to put right where a step gives one anew, or takes it away."""
    if taken in RESTARTS and finding.state is FindingState.REMINDED:
        due, basis = due_at(item.limit_kind, item.limit_value, act.at, calendar)
        finding.due_at, finding.due_basis = due, basis
    elif taken is Step.ORDER:
        finding.due_at = working_days_after(act.at, given.days or 0, calendar)
        finding.due_basis = "due.ordered"
    elif taken is Step.LIST:
        finding.listed_until = end_of_listing(act.at, given.days or 0)
        finding.due_at, finding.due_basis = finding.listed_until, "due.listed"
    elif taken is Step.DISPATCH:
        finding.due_at, finding.due_basis = None, ""


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
