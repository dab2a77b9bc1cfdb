"""Issuing notices, one or a whole township's, in few statements however many they are.

Drafting comes first and is pure; what cannot be drafted for want of a value is named and left out
of a run, or refused when asked for alone. Then numbers, the former unsettled notices that are
superseded, the rows, one ledger entry each, and one message to each shop a day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.errors import InvalidInput, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants.shops import Shop, tenancy_table
from compliance.notices import haulers, publishing, suggesting, texts
from compliance.notices.kinds import NEEDS_A_NEW_ONE, UNSETTLED, NoticeKind, NoticeState
from compliance.notices.models import Notice, NoticeText, WasteHauler
from compliance.notices.slots import notice_table, slots
from compliance.notices.values import OF_KIND, ContractValues, Values, complete
from compliance.notifications import service as notifications

NUMBER_LETTERS = {
    NoticeKind.COVENANT: "GY",
    NoticeKind.PLEDGE: "CN",
    NoticeKind.RESPONSIBILITY_STATEMENT: "ZR",
    NoticeKind.WASTE_CONTRACT: "SY",
}


@dataclass(frozen=True, slots=True)
class Order:
    """One notice to issue: to which shop, which kind, what the desk says beyond the register."""

    shop: Shop
    kind: NoticeKind
    given: Mapping[str, Any]

    @property
    def hauler_name(self) -> str:
        return str(self.given.get("hauler_name") or self.shop.hauler_name)


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice ready to be kept: its values with number and version in them, and its text."""

    shop: Shop
    text: NoticeText
    values: Values
    rendered: texts.Rendered


@dataclass(frozen=True, slots=True)
class Skipped:
    """A notice that could not be drafted: which value stands in the way."""

    shop: Shop
    kind: NoticeKind
    code: str
    field: str


@dataclass(frozen=True, slots=True)
class Run:
    """What issuing in bulk did."""

    issued: Sequence[Notice]
    skipped: Sequence[Skipped]


def issue(
    session: Session, act: Act, shop: Shop, kind: NoticeKind, values: Mapping[str, Any]
) -> Notice:
    """Issue one notice; it supersedes the unsettled one of its kind.

    `values` add to what the register knows (`suggesting.suggested`). Raises InvalidInput naming the
    fields at fault, RuleBroken `shop.closed`, NotFound `text.none_in_force`.
    """
    if shop.closed_on is not None:
        raise RuleBroken("shop.closed")
    text = publishing.text_in_force(session, kind, act.day)
    order = Order(shop, kind, values)
    known = haulers.known(session, [order.hauler_name])
    issued = _counts(session, {shop.premises_id})
    return _store(session, act, [_draft(act, order, text, known, issued)])[0]


def issue_missing(
    session: Session,
    act: Act,
    shops: Sequence[Shop],
    kinds: Iterable[NoticeKind],
    shared: Mapping[NoticeKind, Mapping[str, Any]] | None = None,
) -> Run:
    """Issue to every open shop what its slots lack and nobody has sent yet.

    `shared` gives values that all of them have in common, such as the vote on a covenant.
    """
    return issue_orders(session, act, missing_orders(session, shops, kinds, act.day, shared))


def missing_orders(
    session: Session,
    shops: Sequence[Shop],
    kinds: Iterable[NoticeKind],
    today: date,
    shared: Mapping[NoticeKind, Mapping[str, Any]] | None = None,
) -> list[Order]:
    """Return what to issue so that every open shop has been sent what its slots lack."""
    in_force = publishing.texts_in_force(session, today)
    open_shops = [shop for shop in shops if shop.closed_on is None]
    stands = slots(session, [shop.tenancy_id for shop in open_shops], today)
    wanted = [kind for kind in NoticeKind if kind in set(kinds) and kind in in_force]
    return [
        Order(shop, kind, (shared or {}).get(kind, {}))
        for shop in open_shops
        for kind in wanted
        if stands[shop.tenancy_id][kind].standing in NEEDS_A_NEW_ONE
    ]


def issue_orders(session: Session, act: Act, orders: Sequence[Order]) -> Run:
    """Issue what can be drafted, each from the text in force today; name the rest."""
    in_force = publishing.texts_in_force(session, act.day)
    known = haulers.known(session, {order.hauler_name for order in orders})
    issued = _counts(session, {order.shop.premises_id for order in orders})
    drafts: list[Draft] = []
    skipped: list[Skipped] = []
    for order in orders:
        try:
            drafts.append(_draft(act, order, in_force[order.kind], known, issued))
        except InvalidInput as lack:
            field, code = next(iter(lack.fields.items()))
            skipped.append(Skipped(order.shop, order.kind, code, field))
    return Run(_store(session, act, drafts), skipped)


def _draft(
    act: Act,
    order: Order,
    text: NoticeText,
    known: Mapping[str, WasteHauler],
    issued: dict[tuple[str, NoticeKind], int],
) -> Draft:
    """Return what `order` asks for under the door's next number, which is then taken."""
    shop, given = order.shop, dict(order.given)
    hauler = known.get(order.hauler_name)
    place = (shop.premises_id, order.kind)
    running = issued.get(place, 0) + 1
    automatic = {
        "number": f"{NUMBER_LETTERS[order.kind]}-{_door(shop)}-{act.day.year}-{running}",
        "version": text.version,
        "rule_version": text.rule_version,
    }
    values = complete(
        OF_KIND[order.kind],
        suggesting.suggested(order.kind, shop, act.day, hauler) | given | automatic,
        catering=suggesting.is_catering(shop),
    )
    rendered = texts.render(text.body, values.placeholders())
    issued[place] = running
    return Draft(shop, text, values, rendered)


def next_number(session: Session, act: Act, shop: Shop, kind: NoticeKind) -> str:
    """Return the number the next notice of a kind gets at a shop's door."""
    running = _counts(session, {shop.premises_id}).get((shop.premises_id, kind), 0) + 1
    return f"{NUMBER_LETTERS[kind]}-{_door(shop)}-{act.day.year}-{running}"


def _door(shop: Shop) -> str:
    """Return the township letters and running number of a door: `DY00123` of `MTG-DY00123-K`."""
    return shop.number.split("-")[1]


def _store(session: Session, act: Act, drafts: Sequence[Draft]) -> list[Notice]:
    if not drafts:
        return []
    former = _supersede_unsettled(session, drafts)
    contractors = _haulers(session, act, drafts)
    made: list[Notice] = []
    for draft in drafts:
        replaces = former.get((draft.shop.tenancy_id, draft.text.kind), [])
        made.append(_notice(act, draft, contractors))
        _record(session, act, draft, made[-1], replaces)
    session.execute(sa.insert(notice_table), [notice.model_dump() for notice in made])
    _tell(session, act, drafts)
    return [session.get_one(Notice, made[0].id)] if len(made) == 1 else made


def _notice(act: Act, draft: Draft, contractors: Mapping[str, WasteHauler]) -> Notice:
    values, text = draft.values, draft.rendered.text
    valid_from, valid_to = values.term
    hauler = contractors.get(getattr(values, "hauler_name", ""))
    return Notice(
        id=act.new_id(),
        number=values.number,
        tenancy_id=draft.shop.tenancy_id,
        kind=draft.text.kind,
        text_id=draft.text.id,
        hauler_id=hauler.id if hauler else None,
        fields=values.model_dump(mode="json"),
        content=text,
        text_hash=texts.text_hash(text),
        state=NoticeState.SENT,
        issued_at=act.at,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _record(
    session: Session, act: Act, draft: Draft, notice: Notice, replaces: Sequence[str]
) -> None:
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(notice.tenancy_id),
        kind="notice.issued",
        ref=notice.id,
        fact={
            "number": notice.number,
            "kind": notice.kind.value,
            "version": draft.text.version,
            "text_hash": notice.text_hash,
            "valid_from": notice.valid_from.isoformat(),
            "valid_to": notice.valid_to.isoformat(),
            "supersedes": list(replaces),
        },
    )


def _counts(session: Session, premises: set[str]) -> dict[tuple[str, NoticeKind], int]:
    """Return how many of each kind were ever issued at a door: the running number follows."""
    query = (
        sa.select(tenancy_table.c.premises_id, notice_table.c.kind, sa.func.count())
        .join(tenancy_table, tenancy_table.c.id == notice_table.c.tenancy_id)
        .where(tenancy_table.c.premises_id.in_(premises))
        .group_by(tenancy_table.c.premises_id, notice_table.c.kind)
    )
    return {(place, kind): count for place, kind, count in session.execute(query)}


def _supersede_unsettled(
    session: Session, drafts: Sequence[Draft]
) -> dict[tuple[str, NoticeKind], list[str]]:
    """End what the drafts replace; return the numbers by shop and kind."""
    wanted = {(draft.shop.tenancy_id, draft.text.kind) for draft in drafts}
    waiting = session.exec(
        select(Notice)
        .where(
            col(Notice.tenancy_id).in_({tenancy for tenancy, _ in wanted}),
            col(Notice.state).in_(UNSETTLED),
        )
        .with_for_update()
    )
    ended: dict[tuple[str, NoticeKind], list[str]] = {}
    for notice in waiting:
        if (notice.tenancy_id, notice.kind) in wanted:
            notice.state = NoticeState.SUPERSEDED
            session.add(notice)
            ended.setdefault((notice.tenancy_id, notice.kind), []).append(notice.number)
    session.flush()
    return ended


def _haulers(session: Session, act: Act, drafts: Sequence[Draft]) -> dict[str, WasteHauler]:
    contracts = {
        draft.values.hauler_name: draft.values
        for draft in drafts
        if isinstance(draft.values, ContractValues)
    }
    return {
        name: haulers.keep(session, act, name, values.hauler_permit_no, values.permit_valid_to)
        for name, values in contracts.items()
    }


def _tell(session: Session, act: Act, drafts: Sequence[Draft]) -> None:
    """Queue one message to each shop, naming what waits to be read and signed."""
    waiting: dict[str, tuple[Shop, list[str]]] = {}
    for draft in drafts:
        waiting.setdefault(draft.shop.tenancy_id, (draft.shop, []))[1].append(draft.text.title)
    for tenancy_id, (shop, titles) in waiting.items():
        notifications.queue(
            session,
            act,
            phone=shop.phone,
            tenancy_id=tenancy_id,
            template="notice.waiting",
            dedup_key=f"notices:{tenancy_id}:{act.day.isoformat()}",
            params={"shop": shop.name, "names": "、".join(titles)},
        )
