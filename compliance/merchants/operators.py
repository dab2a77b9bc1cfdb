"""One operator, several shops: who proved a phone at one door may go to the others of it.

Each shop keeps an account and a session of its own, so what is signed is signed for one shop. A new
number on file ends the sessions opened with the old one (`phones.change`), so the number on file of
the shop one is in is the number that was proved.
"""

from sqlmodel import Session

from compliance.accounts import merchants, sessions
from compliance.accounts.permissions import Action, Viewer, require
from compliance.accounts.sessions import Opened
from compliance.act import Act
from compliance.errors import NotFound
from compliance.merchants import shops
from compliance.merchants.shops import OPEN, SHOPS, Shop, premises_table, tenancy_table


def shops_of(session: Session, viewer: Viewer) -> list[Shop]:
    """Return every open shop with the phone on file that this operator proved, own one included."""
    require(viewer, Action.NOTICE_SIGN)
    own = [shops.by_tenancy(session, each) for each in sorted(viewer.tenancies)]
    phones = {shop.phone for shop in own if shop.phone and shop.closed_on is None}
    if not phones:
        return own
    query = SHOPS.where(OPEN, tenancy_table.c.phone.in_(phones)).order_by(premises_table.c.number)
    return list(shops.listed(session, query))


def enter(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, user_agent: str = ""
) -> Opened:
    """Leave the shop one is in for another one of the same phone; both sessions stay apart.

    Raises NotFound `shop.unknown` for any other shop.
    """
    found = {shop.tenancy_id: shop for shop in shops_of(session, viewer)}
    if tenancy_id not in found:
        raise NotFound("shop.unknown")
    sessions.end_session(session, act, viewer.session_key)
    account = merchants.account_of_tenancy(session, act, tenancy_id, found[tenancy_id].name)
    return sessions.open_session(session, act, account, user_agent)
