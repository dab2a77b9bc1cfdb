"""A draft as a real shop would get it, from the register and its former notice, gaps left open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.merchants.shops import OPEN, SHOPS, Shop, listed, merchant_table, premises_table
from compliance.notices import carrying, haulers, suggesting, texts
from compliance.notices.kinds import ENDED, NoticeKind
from compliance.notices.models import Notice, NoticeDraft, NoticeText, TextSource
from compliance.notices.suggesting import CATERING
from compliance.notices.values import OF_KIND, STREAM_NAMES, Stream

SAMPLE_NUMBER = "××-×××××××-××××-×"


@dataclass(frozen=True, slots=True)
class Preview:
    """The text with a shop's values, and the names for which nothing is known yet."""

    shop: Shop
    catering: bool
    rendered: texts.Rendered
    closing: tuple[str, ...]
    lacking: tuple[str, ...]


def samples(session: Session) -> tuple[Shop | None, Shop | None]:
    """Return a catering shop and one that is none, the first of each by door number."""
    inside = merchant_table.c.category.in_(CATERING)
    found = [
        next(iter(listed(session, _OPEN_SHOPS.where(which).limit(1))), None)
        for which in (inside, ~inside)
    ]
    return found[0], found[1]


_OPEN_SHOPS = SHOPS.where(OPEN).order_by(premises_table.c.number)


def shop_named(session: Session, asked: str) -> Shop | None:
    """Return the open shop of a door number, or the first whose name holds these words."""
    exact = premises_table.c.number == asked.upper()
    named = merchant_table.c.name.contains(asked, autoescape=True)
    query = SHOPS.where(OPEN, sa.or_(exact, named)).order_by(~exact, premises_table.c.number)
    return next(iter(listed(session, query.limit(1))), None)


def preview(session: Session, act: Act, draft: NoticeDraft, shop: Shop) -> Preview:
    """Return how a draft without faults would read at a shop."""
    former = _former(session, draft.kind, shop)
    name = shop.hauler_name or str(former.get("hauler_name", ""))
    hauler = haulers.known(session, [name]).get(name)
    suggested = suggesting.suggested(draft.kind, shop, act.day, hauler)
    given = {
        **suggested,
        **carrying.carried(draft.kind, former, suggested, act.day),
        "number": SAMPLE_NUMBER,
        "version": draft.version,
        "rule_version": draft.rule_version,
    }
    rendered, lacking = texts.preview(draft.body, _named(draft.kind, given))
    closing = texts.closing(draft.body, {})
    return Preview(shop, suggesting.is_catering(shop), rendered, closing, lacking)


def _former(session: Session, kind: NoticeKind, shop: Shop) -> dict[str, Any]:
    """Return the values of the shop's last notice of the kind on a model text; none without one."""
    query = (
        select(Notice)
        .join(NoticeText, col(NoticeText.id) == Notice.text_id)
        .where(
            Notice.tenancy_id == shop.tenancy_id,
            Notice.kind == kind,
            col(Notice.state).not_in(ENDED),
            NoticeText.source == TextSource.MODEL,
        )
        .order_by(col(Notice.issued_at).desc())
    )
    notice = session.exec(query).first()
    return OF_KIND[kind].model_validate(notice.fields).model_dump() if notice else {}


def _named(kind: NoticeKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every name the kind has with its value, as far as there is one."""
    model = OF_KIND[kind]
    made = model.model_construct(**given)
    known: dict[str, Any] = {}
    for name in model.names():
        try:
            known[name] = getattr(made, name)
        except AttributeError:  # neither given nor with a default, or reckoned from such a one
            continue
    if streams := known.get("streams"):
        known["streams"] = [STREAM_NAMES[each] for each in Stream if each in streams]
    return known
