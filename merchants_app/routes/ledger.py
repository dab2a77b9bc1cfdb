"""The ledger as people and programs read it: one shop's entries in order, and whether they hold."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from sqlmodel import Session

from compliance.accounts.permissions import Action, Place, Viewer, require_at
from compliance.ledger import chain, service
from compliance.ledger.erasing import Bodies
from compliance.merchants import identifiers, shops
from compliance.merchants.shops import Shop
from merchants_app.access import may
from merchants_app.context import context_of, signed_in_viewer
from merchants_app.pages import page

PAGE = 50


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry as shown: what the bytes say, and their hash."""

    seq: int
    kind: str
    at: datetime
    role: str
    ref: str
    fact: dict[str, Any]
    prev_hash: str
    entry_hash: str
    content: bytes

    @classmethod
    def of(cls, entry: chain.Stored) -> "EntryLine":
        told = json.loads(entry.content)
        return cls(
            seq=entry.seq,
            kind=told["kind"],
            at=datetime.fromisoformat(told["at"]),
            role=told["actor"]["role"],
            ref=told["ref"],
            fact=told["fact"],
            prev_hash=entry.prev_hash,
            entry_hash=entry.entry_hash,
            content=entry.content,
        )


@dataclass(frozen=True, slots=True)
class ShopLedger:
    """A shop's chain, newest first, and its first break if it has one."""

    shop: Shop
    entries: list[EntryLine]
    total: int
    page: int
    size: int
    broken: chain.Break | None


def read_chain(session: Session, shop: Shop) -> tuple[list[EntryLine], chain.Break | None]:
    """Return all entries of a shop in order, and the first break found by recomputing them."""
    subject = service.tenancy_subject(shop.tenancy_id)
    stored, bodies = list(service.stored_entries(session, subject)), Bodies()
    found = next(chain.breaks(stored, {subject: service.head_of(session, subject)}), None)
    for entry in stored:
        bodies.see(entry)
    found = found or next(bodies.lost(), None)
    return [EntryLine.of(entry) for entry in stored], found


@get("/ledger/{tenancy_id:str}", opt=may(Action.LEDGER_READ), include_in_schema=False)
async def shop_ledger(request: Request, tenancy_id: FromPath[str]) -> Response:
    viewer = signed_in_viewer(request)
    number = max(1, int(request.query_params.get("page", "1") or 1))

    def collect(session: Session) -> ShopLedger:
        shop = shops.seen_by(session, viewer, Action.LEDGER_READ, tenancy_id)
        entries, broken = read_chain(session, shop)
        newest = entries[::-1][(number - 1) * PAGE : number * PAGE]
        return ShopLedger(shop, newest, len(entries), number, PAGE, broken)

    return page(request, "ledger/shop.html", await context_of(request).database.read(collect))


@dataclass(frozen=True, slots=True)
class DistrictLedger:
    """How much was recomputed, and every chain that does not hold."""

    total: int
    breaks: list[chain.Break]
    recent: list[EntryLine]


@get("/ledger", opt=may(Action.LEDGER_READ), include_in_schema=False)
async def district_ledger(request: Request) -> Response:
    """Recompute every chain for those who see the whole district."""
    viewer = signed_in_viewer(request)

    def collect(session: Session) -> DistrictLedger:
        require_at(viewer, Action.LEDGER_READ, Place())
        total, breaks = service.verify(session)
        recent = list(service.stored_entries(session, service.DISTRICT_SUBJECT))[-20:]
        return DistrictLedger(total, breaks, [EntryLine.of(entry) for entry in recent[::-1]])

    return page(request, "ledger/district.html", await context_of(request).database.read(collect))


def as_data(session: Session, viewer: Viewer, number: str) -> dict[str, Any]:
    """Return a shop's chain as the contract names things."""
    found = shops.by_number(session, identifiers.parse_door_number(number))
    shop = shops.seen_by(session, viewer, Action.LEDGER_READ, found.tenancy_id)
    entries, broken = read_chain(session, shop)
    return {
        "merchant": shop.number,
        "subject": service.tenancy_subject(shop.tenancy_id),
        "holds": broken is None,
        "entries": [
            {
                "seq": entry.seq,
                "prev_hash": entry.prev_hash,
                "entry_hash": entry.entry_hash,
                "entry": base64.urlsafe_b64encode(entry.content).decode().rstrip("="),
            }
            for entry in entries
        ],
    }


@get("/api/v1/merchants/{number:str}/ledger", opt=may(Action.LEDGER_READ))
async def ledger_of_merchant(request: Request, number: FromPath[str]) -> dict[str, Any]:
    """Entries of a shop in order, each with its canonical bytes (base64url) and hashes."""
    viewer = signed_in_viewer(request)
    return await context_of(request).database.read(lambda s: as_data(s, viewer, number))


ROUTES = [shop_ledger, district_ledger, ledger_of_merchant]
