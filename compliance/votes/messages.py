"""What the shops of a street are told of a vote: each thing once, by the key of vote and shop."""

from sqlmodel import Session

from compliance.act import LOCAL, Act
from compliance.merchants.shops import Shop
from compliance.notifications import service as notifications
from compliance.votes.models import Vote


def tell(session: Session, act: Act, vote: Vote, shop: Shop, template: str) -> None:
    """Queue one message of a kind to one shop."""
    closes = vote.closes_at.astimezone(LOCAL)
    notifications.queue(
        session,
        act,
        phone=shop.phone,
        tenancy_id=shop.tenancy_id,
        template=template,
        dedup_key=f"{template}:{vote.id}:{shop.tenancy_id}",
        params={
            "shop": shop.name,
            "street": vote.street_name,
            "closes": f"{closes.month}月{closes.day}日 {closes:%H:%M}",
        },
    )
