"""Issuing the new notices of a re-signing, chunk by chunk, with what of the former still holds.

A shop that cannot be issued to is kept with the value that is missing and tried again the next day.
Many workers may do this at once: each chunk locks its shops and passes over those that another has
in hand; a run that was broken off goes on where it stopped.

A covenant is adopted street by street. What was adopted comes in from above (`Adopted`), since
votes know notices and not the other way round; a street that has not voted is the reason why its
shops wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import LOCAL, Act
from compliance.merchants.shops import (
    OPEN,
    SHOPS,
    Shop,
    listed,
    premises_table,
    tenancy_table,
)
from compliance.notices import carrying, haulers, issuing, suggesting
from compliance.notices.issuing import Order, Skipped
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Notice, ResignCampaign, ResignShop
from compliance.notices.resigning import campaign_of, has_new, running

Adopted = Mapping[str, Mapping[str, Any]]
"""By lane id: the values that a street's vote gives to the covenants issued there."""

CHUNK = 50
"""Shops issued to in one transaction: a few hundredths of a second on the one writer."""

NOT_VOTED = "resigning.street_not_voted"


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one round of issuing did; `taken` is 0 when nothing was left to try."""

    taken: int
    issued: int
    skipped: Sequence[Skipped]


def issue_next(
    session: Session, act: Act, campaign_id: str, adopted: Adopted, limit: int = CHUNK
) -> Chunk:
    """Issue the new notice to the next shops of the roll that nobody has tried today.

    Shops that closed, or that hold a notice of the new text already, are passed over.
    """
    campaign = campaign_of(session, campaign_id)
    if campaign not in running(session, act.day):
        return Chunk(0, 0, ())
    rows = session.exec(
        _untried(campaign, act, adopted).limit(limit).with_for_update(skip_locked=True)
    ).all()
    by_tenancy = {row.tenancy_id: row for row in rows}
    shops = listed(session, SHOPS.where(OPEN, tenancy_table.c.id.in_(by_tenancy)))
    orders, skipped = _orders(session, act, campaign, shops, by_tenancy, adopted)
    run = issuing.issue_orders(session, act, orders)
    for row in rows:
        row.tried_at, row.code, row.field = act.at, "", ""
    for lack in (*skipped, *run.skipped):
        row = by_tenancy[lack.shop.tenancy_id]
        row.code, row.field = lack.code, lack.field
    session.add_all(rows)
    return Chunk(len(rows), len(run.issued), (*skipped, *run.skipped))


def _untried(campaign: ResignCampaign, act: Act, adopted: Adopted) -> Any:
    """Return the query for rows without a notice of the new text that are to be tried now.

    Those are: never tried, held up since yesterday or longer, or on a street that has voted since.
    """
    midnight = act.at.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    in_streets = (
        sa.select(tenancy_table.c.id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(premises_table.c.lane_id.in_(adopted))
    )
    return (
        select(ResignShop)
        .where(
            ResignShop.campaign_id == campaign.id,
            sa.or_(
                col(ResignShop.tried_at).is_(None),
                sa.and_(col(ResignShop.code) != "", col(ResignShop.tried_at) < midnight),
                sa.and_(
                    col(ResignShop.code) == NOT_VOTED, col(ResignShop.tenancy_id).in_(in_streets)
                ),
            ),
            ~has_new(campaign),
        )
        .order_by(col(ResignShop.tenancy_id))
    )


def _orders(
    session: Session,
    act: Act,
    campaign: ResignCampaign,
    shops: Sequence[Shop],
    rows: Mapping[str, ResignShop],
    adopted: Adopted,
) -> tuple[list[Order], list[Skipped]]:
    """Return what to issue, with what each shop carries over, and the streets that hold it up."""
    wanted = {row.former_id for row in rows.values()}
    held = session.exec(select(Notice).where(col(Notice.id).in_(wanted)))
    former = {notice.tenancy_id: notice.fields for notice in held}
    names = {shop.tenancy_id: _hauler_of(shop, former[shop.tenancy_id]) for shop in shops}
    known = haulers.known(session, names.values())
    orders, skipped = [], []
    for shop in shops:
        vote: Mapping[str, Any] = adopted.get(shop.lane_id, {})
        if campaign.kind is NoticeKind.COVENANT and not vote:
            skipped.append(Skipped(shop, campaign.kind, NOT_VOTED, "adopted_on"))
            continue
        hauler = known.get(names[shop.tenancy_id])
        suggested = suggesting.suggested(campaign.kind, shop, act.day, hauler)
        kept = carrying.carried(campaign.kind, former[shop.tenancy_id], suggested, act.day)
        orders.append(Order(shop, campaign.kind, {**kept, **vote}))
    return orders, skipped


def _hauler_of(shop: Shop, former: Mapping[str, Any]) -> str:
    return shop.hauler_name or str(former.get("hauler_name", ""))
