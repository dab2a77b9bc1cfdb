"""What happens to a notice besides being signed: found, read, refused, served, revoked."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Place, Viewer, require, require_at
from compliance.act import Act
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.notices import publishing, texts
from compliance.notices.issuing import issue, issue_missing
from compliance.notices.kinds import (
    MOVES,
    SETTLED,
    NoticeKind,
    NoticeState,
    Standing,
    next_state,
    standing,
)
from compliance.notices.models import Notice, NoticeText, Signature
from compliance.notices.slots import of_tenancy, slots
from compliance.notices.values import OF_KIND, Values

__all__ = ["issue", "issue_missing", "of_tenancy", "slots"]

MIN_REASON = 4


@dataclass(frozen=True, slots=True)
class Paper:
    """A notice with the text it was issued from, its shop, and what it is worth today."""

    notice: Notice
    text: NoticeText
    shop: Shop
    standing: Standing

    @property
    def rendered(self) -> texts.Rendered:
        """The exact text, as title and paragraphs."""
        return texts.Rendered.of(self.notice.content)

    @property
    def values(self) -> Values:
        return OF_KIND[self.notice.kind].model_validate(self.notice.fields)

    @property
    def place(self) -> Place:
        """Where it belongs, its hauler included."""
        own = self.shop.place
        return Place(own.township, own.lane, own.tenancy, self.notice.hauler_id)

    @property
    def signable(self) -> bool:
        """Whether the merchant may sign it today."""
        never = {Standing.EXPIRED, Standing.OUTDATED}
        return self.can("sign") and self.standing not in never and self.shop.closed_on is None

    def can(self, verb: str) -> bool:
        """Return whether `verb` leads anywhere from its state."""
        return (self.notice.state, verb) in MOVES

    @property
    def emphasised(self) -> tuple[str, ...]:
        """Heads of the paragraphs that burden the signer."""
        return tuple(self.text.emphasis.split())

    def public_text(self) -> texts.Rendered:
        """Return the text as anybody may read it: nothing of prices and accounts."""
        values = self.values
        return texts.render(self.text.body, values.placeholders(), values.PRIVATE)

    def public_facts(self) -> tuple[tuple[str, str], ...]:
        """Return what the door says beyond the text: (`fact.` code, words)."""
        values = self.values
        known = values.placeholders() | {"collection": getattr(values, "collection", "")}
        return tuple((f"fact.{name}", texts.written(known[name])) for name in values.PUBLIC_FACTS)


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
    current = publishing.text_in_force(session, notice.kind, today).id == text.id
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
        _record(session, act, notice, "notice.viewed")
    return notice


def refuse(session: Session, act: Act, notice_id: str, reason: str) -> Notice:
    """Note that the merchant does not sign, and why; raise RuleBroken `notice.not_now`."""
    return _settle(session, act, notice_id, "refuse", {"reason": _reason(reason)}, reason)


def serve(session: Session, act: Act, notice_id: str, *, witness: str, note: str = "") -> Notice:
    """Note that a responsibility statement was handed over unsigned, before a named witness.

    It binds from then on. Raises RuleBroken `notice.only_statement_served` for the other kinds.
    """
    if not witness.strip():
        raise InvalidInput("notice.witness_missing", fields={"witness": "notice.witness_missing"})
    if locked(session, notice_id).kind is not NoticeKind.RESPONSIBILITY_STATEMENT:
        raise RuleBroken("notice.only_statement_served")
    body = {"witness": witness.strip(), "note": note.strip()}
    notice = _settle(session, act, notice_id, "serve", body, note)
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
    _record(session, act, notice, kind, body)
    return notice


def _record(
    session: Session, act: Act, notice: Notice, kind: str, body: dict[str, Any] | None = None
) -> None:
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
        },
        body=body,
    )


def _reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise InvalidInput("notice.reason_missing", fields={"reason": "notice.reason_missing"})
    return reason[:300]
