"""What happens to a notice besides being signed: found, read, refused, served, revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, require, require_at
from compliance.act import Act
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.notices import evidence, publishing
from compliance.notices.issuing import issue, issue_missing
from compliance.notices.kinds import (
    SETTLED,
    NoticeKind,
    NoticeState,
    next_state,
    standing,
)
from compliance.notices.models import Event, Notice, Signature, Sitting
from compliance.notices.paper import Paper
from compliance.notices.slots import of_tenancy, slots

__all__ = ["Paper", "issue", "issue_missing", "of_tenancy", "slots"]

MIN_REASON = 4


def paper_of(session: Session, act: Act, notice_id: str) -> Paper:
    """Return a notice with what belongs to it; raise NotFound `notice.unknown`."""
    notice = session.get(Notice, notice_id)
    if notice is None:
        raise NotFound("notice.unknown")
    return _paper(session, notice, shops.by_tenancy(session, notice.tenancy_id), act.day)


def seen_by(session: Session, act: Act, viewer: Viewer, action: Action, notice_id: str) -> Paper:
    """Return a notice that `viewer` may do `action` to; others look as if they did not exist."""
    require(viewer, action)
    paper = paper_of(session, act, notice_id)
    require_at(viewer, action, paper.place, unknown="notice.unknown")
    return paper


def papers_of(session: Session, act: Act, shop: Shop) -> dict[NoticeKind, Paper]:
    """Return what stands in each slot of a shop that is not empty."""
    today = act.day
    stands = of_tenancy(session, shop.tenancy_id, today)
    return {
        kind: _paper(session, session.get_one(Notice, slot.notice_id), shop, today)
        for kind, slot in stands.items()
        if slot.notice_id
    }


def _paper(session: Session, notice: Notice, shop: Shop, today: date) -> Paper:
    text = publishing.text_of(session, notice.text_id)
    current = publishing.is_current(session, text, today)
    worth = standing(
        notice.kind, notice.state, notice.valid_from, notice.valid_to, today, current=current
    )
    return Paper(notice, text, shop, worth)


def signatures_of(session: Session, notice_id: str) -> list[Signature]:
    """Return who has signed a notice, in the order of signing."""
    query = select(Signature).where(Signature.notice_id == notice_id)
    return list(session.exec(query.order_by(col(Signature.signed_at))))


def locked(session: Session, notice_id: str) -> Notice:
    """Return a notice that nobody else can change before this transaction ends."""
    query = select(Notice).where(Notice.id == notice_id).with_for_update()
    notice = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if notice is None:
        raise NotFound("notice.unknown")
    return notice


def view(session: Session, act: Act, notice_id: str) -> Notice:
    """Note that the merchant says to have read a notice; the first time counts."""
    notice = locked(session, notice_id)
    if notice.viewed_at is None:
        notice.viewed_at = act.at
        if notice.state is NoticeState.SENT:
            notice.state = next_state(notice.state, "view")
        session.add(notice)
        record(session, act, notice, "notice.viewed")
    return notice


def refuse(
    session: Session,
    act: Act,
    notice_id: str,
    reason: str,
    *,
    device: evidence.Device | None = None,
) -> Notice:
    """Note that the merchant does not sign, and why; it leaves the tables on which it lies.

    Raises InvalidInput `notice.reason_missing`, RuleBroken `notice.not_now`.
    """
    told = {"reason": _reason(reason)}
    tables = _tables_with(session, paper_of(session, act, notice_id).notice)
    notice = _settle(session, act, notice_id, "refuse", told, reason)
    _note(session, act, Event.DECLINED, notice, device.told() if device else {})
    for table in tables:
        left = [each for each in table.documents["notices"] if each["id"] != notice_id]
        table.documents = {"notices": left}
        session.add(table)
    return notice


def _tables_with(session: Session, notice: Notice) -> list[Sitting]:
    """Return the unfinished sittings of a notice's shop, locked first, as signing does."""
    query = select(Sitting).where(
        Sitting.tenancy_id == notice.tenancy_id, col(Sitting.finished_at).is_(None)
    )
    locked_ones = query.order_by(col(Sitting.id)).with_for_update()
    return list(session.exec(locked_ones.execution_options(populate_existing=True)).all())


def reconsider(session: Session, act: Act, notice_id: str) -> Notice:
    """Take a refusal back: the notice waits to be signed again."""
    notice = locked(session, notice_id)
    notice.state = next_state(notice.state, "reconsider")
    notice.settled_at, notice.settled_note = None, ""
    session.add(notice)
    record(session, act, notice, "notice.reconsidered")
    _note(session, act, Event.RECONSIDERED, notice, {})
    return notice


@dataclass(frozen=True, slots=True)
class Witness:
    """Who saw a notice being handed over: name, and post or relation."""

    name: str
    role: str

    def checked(self) -> dict[str, str]:
        """Return it as the ledger keeps it; raise InvalidInput naming what lacks."""
        told = {"witness": self.name.strip(), "witness_role": self.role.strip()}
        codes = {
            "witness": "notice.witness_missing",
            "witness_role": "notice.witness_role_missing",
        }
        if lacks := {field: codes[field] for field, said in told.items() if not said}:
            raise InvalidInput("form.invalid", fields=lacks)
        return told


def serve(
    session: Session,
    act: Act,
    notice_id: str,
    *,
    witness: Witness,
    note: str = "",
    device: evidence.Device | None = None,
) -> Notice:
    """Note that a responsibility statement was handed over unsigned, before a named witness.

    It binds from then on. Raises RuleBroken `notice.only_statement_served` for the other kinds,
    InvalidInput `notice.witness_missing`, `notice.witness_role_missing`.
    """
    told = witness.checked()
    if locked(session, notice_id).kind is not NoticeKind.RESPONSIBILITY_STATEMENT:
        raise RuleBroken("notice.only_statement_served")
    notice = _settle(session, act, notice_id, "serve", told | {"note": note.strip()}, note)
    by = {"account": act.actor.account_id, "role": act.actor.role}
    _note(session, act, Event.SERVED, notice, by | told | (device.told() if device else {}))
    supersede_older(session, act, notice)
    return notice


def revoke(session: Session, act: Act, notice_id: str, reason: str) -> Notice:
    """Take a notice back, for a stated reason; what was signed stays in the ledger."""
    return _settle(session, act, notice_id, "revoke", {"reason": _reason(reason)}, reason)


def supersede_older(session: Session, act: Act, notice: Notice) -> list[str]:
    """End the settled notices that `notice` takes the place of today; return their numbers."""
    if notice.valid_from > act.day:
        return []
    older = session.exec(
        select(Notice)
        .where(
            Notice.tenancy_id == notice.tenancy_id,
            Notice.kind == notice.kind,
            Notice.id != notice.id,
            col(Notice.state).in_(SETTLED),
        )
        .with_for_update()
    ).all()
    for each in older:
        each.state = next_state(each.state, "supersede")
        session.add(each)
    return [each.number for each in older]


def _settle(
    session: Session, act: Act, notice_id: str, verb: str, body: dict[str, Any], note: str
) -> Notice:
    notice = locked(session, notice_id)
    notice.state = next_state(notice.state, verb)
    notice.settled_at = act.at
    notice.settled_note = note.strip()[:300]
    session.add(notice)
    kind = {"refuse": "notice.refused", "serve": "notice.served", "revoke": "notice.revoked"}[verb]
    record(session, act, notice, kind, body)
    return notice


def record(
    session: Session,
    act: Act,
    notice: Notice,
    kind: str,
    body: Mapping[str, Any] | None = None,
    also: Mapping[str, Any] | None = None,
) -> None:
    """Append what happened to a notice to its shop's ledger; `also` adds to the fact."""
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(notice.tenancy_id),
        kind=kind,
        ref=notice.id,
        fact={
            "number": notice.number,
            "kind": notice.kind.value,
            "text_hash": notice.text_hash,
            "state": notice.state.value,
            **(also or {}),
        },
        body=body,
    )


def _note(
    session: Session, act: Act, event: Event, notice: Notice, details: dict[str, str]
) -> None:
    evidence.note(session, act, event, notice.tenancy_id, notice_id=notice.id, details=details)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise InvalidInput("notice.reason_missing", fields={"reason": "notice.reason_missing"})
    return reason[:300]
