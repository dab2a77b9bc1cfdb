"""Messages in every box: given up, waiting to be printed, printed."""

from sqlmodel import Session, select

from compliance.act import Act
from compliance.merchants.shops import Shop
from compliance.messages import service as letters
from compliance.notifications import service as notifications
from compliance.notifications.models import MessageState, OutboxMessage
from tests.factories import World
from tests.people import Street


def told_on_paper(world: World, street: Street) -> str:
    """Give up messages, and print a letter for a shop without a phone; return its batch."""
    other = world.shop("京西样例裁缝铺", phone=None)
    for shop in (other, other, street.shop):
        world.write(tell, shop)
    world.write(lambda session, _act: give_up(session, street.shop))
    batch = world.write(letters.print_letters, street.desk, by=street.desk)
    world.write(tell, other)
    return batch.id


def tell(session: Session, act: Act, shop: Shop) -> None:
    notifications.queue(
        session,
        act,
        phone=shop.phone,
        template="reminder.expiring",
        dedup_key=act.new_id(),
        params={"name": shop.name, "papers": "《商户承诺书》2026年12月1日到期"},
        tenancy_id=shop.tenancy_id,
    )


def give_up(session: Session, shop: Shop) -> None:
    query = select(OutboxMessage).where(OutboxMessage.tenancy_id == shop.tenancy_id)
    for message in session.exec(query.limit(2)):
        message.state, message.attempts = MessageState.DEAD, 8
        message.last_error = "SmsRefused: isv.MOBILE_NUMBER_ILLEGAL: 号码不合法"
        session.add(message)
