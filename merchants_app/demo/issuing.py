"""Issuing to whole lanes in bulk: the very rows and entries `compliance.notices.issuing` writes.

What a notice says comes from there: the register's suggestions, the checks, the exact text. Only
storing is done here, a lane at once. No messages are queued: nobody's phone rings for a
demonstration.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.act import Act
from compliance.errors import InvalidInput
from compliance.ledger import service as ledger
from compliance.notices import haulers, publishing, suggesting, texts
from compliance.notices.issuing import NUMBER_LETTERS, Order
from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import NoticeText, WasteHauler
from compliance.notices.slots import notice_table
from compliance.notices.values import OF_KIND, complete
from merchants_app.demo.district import District, Issued


def issue(district: District, at: datetime, orders: Sequence[Order]) -> dict[str, list[Issued]]:
    """Issue to shops of one township what they never had; return what was issued by tenancy.

    A notice for which the register lacks a value, such as the hauler, is left out.
    """
    issued: dict[str, list[Issued]] = {}
    if not orders:
        return issued
    act = district.act(at, district.cast.staff[orders[0].shop.township_code].desk)
    in_force = publishing.texts_in_force(district.session, act.day)
    known = haulers.known(district.session, {order.shop.hauler_name for order in orders})
    rows = []
    for order in orders:
        contract = order.kind is NoticeKind.WASTE_CONTRACT
        hauler = known.get(order.shop.hauler_name) if contract else None
        row = _row(act, order, in_force[order.kind], hauler)
        if row:
            rows.append(row)
    if rows:
        district.session.connection().execute(sa.insert(notice_table), rows)
        ledger.append_many(district.session, act, [_entry(row) for row in rows])
    for row in rows:
        issued.setdefault(row["tenancy_id"], []).append(Issued.of(row))
    return issued


def _row(
    act: Act, order: Order, text: NoticeText, hauler: WasteHauler | None
) -> dict[str, Any] | None:
    shop, door = order.shop, order.shop.number.split("-")[1]
    automatic = {
        "number": f"{NUMBER_LETTERS[order.kind]}-{door}-{act.day.year}-1",
        "version": text.version,
        "rule_version": text.rule_version,
    }
    told = suggesting.suggested(order.kind, shop, act.day, hauler)
    try:
        values = complete(
            OF_KIND[order.kind],
            told | dict(order.given) | automatic,
            catering=suggesting.is_catering(shop),
        )
    except InvalidInput:
        return None
    content = texts.render(text.body, values.placeholders()).text
    valid_from, valid_to = values.term
    return {
        "id": act.new_id(),
        "number": values.number,
        "tenancy_id": shop.tenancy_id,
        "kind": order.kind,
        "text_id": text.id,
        "hauler_id": hauler.id if hauler else None,
        "fields": values.model_dump(mode="json"),
        "content": content,
        "text_hash": texts.text_hash(content),
        "state": NoticeState.SENT,
        "issued_at": act.at,
        "viewed_at": None,
        "settled_at": None,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "settled_note": "",
    }


def _entry(row: Mapping[str, Any]) -> ledger.Draft:
    return ledger.Draft(
        subject=ledger.tenancy_subject(row["tenancy_id"]),
        kind="notice.issued",
        ref=row["id"],
        fact={
            "number": row["number"],
            "kind": row["kind"].value,
            "version": row["fields"]["version"],
            "text_hash": row["text_hash"],
            "valid_from": row["valid_from"].isoformat(),
            "valid_to": row["valid_to"].isoformat(),
            "supersedes": [],
        },
    )
