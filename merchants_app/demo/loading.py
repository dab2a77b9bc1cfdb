"""Loading a district whole or not at all: one transaction from first shop to last visit."""

from random import Random

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.models import Account
from compliance.act import Act
from compliance.merchants.models import Tenancy
from compliance.notices import reminding
from compliance.notifications.models import MessageState, OutboxMessage
from merchants_app.context import Context
from merchants_app.demo import (
    colours,
    district,
    notices,
    oversight,
    panels,
    patrols,
    shops,
    telling,
    visits,
    votes,
)
from merchants_app.demo.album import Album
from merchants_app.demo.guide import Guide, guide
from merchants_app.demo.names import Namer
from merchants_app.demo.plan import Plan
from merchants_app.demo.timeline import Told

_message = OutboxMessage.__table__  # type: ignore[attr-defined]


def is_empty(session: Session) -> bool:
    """Return whether there is no shop and no account."""
    return not any(
        session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
        for table in (Tenancy, Account)
    )


def load(context: Context, plan: Plan, told: Told) -> Guide:
    """Tell the whole story of a district into an empty database; return the way into it."""
    rng = Random(plan.seed)
    namer = Namer(rng)
    streets, new = colours.hold_back(plan, rng, shops.streets(plan, rng, namer))
    album = Album(context, plan, streets)

    def tell(session: Session) -> Guide:
        made = district.found(session, plan, rng, namer, streets, album)
        panels.introduce(made)
        for part in (oversight, notices, votes, patrols, visits, telling):
            part.schedule(made)
        colours.schedule(made, new)
        made.timeline.play(told)
        made.ink.dry()
        colours.colour(made)
        reminding.remind(session, Act(at=plan.end, chance=rng.randbytes))
        _silence(session)
        return guide(made)

    return context.database.write_now(tell)


def _silence(session: Session) -> None:
    """Mark every message as sent: the phones are invented, and somebody may have one like it."""
    session.execute(
        sa.update(_message)
        .where(_message.c.state == MessageState.QUEUED)
        .values(state=MessageState.SENT, sent_at=_message.c.due_at, attempts=1)
    )
