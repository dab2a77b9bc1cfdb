"""Notices for tests: what a desk types in, issuing all four to a shop, and sitting down to sign."""

from datetime import date, timedelta

import sqlalchemy as sa

from compliance.accounts import merchants as merchant_accounts
from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import Viewer
from compliance.merchants.shops import Shop
from compliance.notices import service, signing, sittings, steps
from compliance.notices.drawing import Mark, read_mark
from compliance.notices.evidence import Device
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Notice, Sitting
from compliance.notices.steps import SignerRole
from compliance.notifications.models import OutboxMessage
from tests.factories import World

STROKES = "M120 60Q140 80 160 90Q180 100 200 70L220 64M300 40L310 120"
DRAWN = read_mark(STROKES, "")
TYPED = read_mark("", "张样例")


def vote(today: date) -> dict[str, object]:
    """Return how a lane voted on its covenant."""
    return {"adopted_on": today - timedelta(days=20), "eligible": 30, "yes": 26, "no": 1}


def permit(today: date) -> dict[str, object]:
    """Return the permit of the hauler that `World.shop` names."""
    return {
        "hauler_permit_no": "京门环许2026-001(样例)",
        "permit_valid_to": today + timedelta(days=800),
    }


def given(kind: NoticeKind, today: date) -> dict[str, object]:
    """Return what the register does not know of a kind."""
    return {
        NoticeKind.COVENANT: vote(today),
        NoticeKind.WASTE_CONTRACT: permit(today),
    }.get(kind, {})


def issue_all(world: World, shop: Shop) -> dict[NoticeKind, Notice]:
    """Issue all four notices to a shop."""
    today = world.clock().date()
    return {kind: world.write(service.issue, shop, kind, given(kind, today)) for kind in NoticeKind}


def merchant_of(world: World, shop: Shop) -> Viewer:
    """Return the shop's operator, signed in."""
    account = world.write(merchant_accounts.account_of_tenancy, shop.tenancy_id, shop.name)
    return session_of(world, account)


def session_of(world: World, account: Account) -> Viewer:
    """Return `account` in a new browser."""
    opened = world.write(sessions.open_session, account)
    found = world.read(sessions.viewer_of_session, world.act(), opened.secret)
    assert found is not None
    return found[0]


def last_code(world: World, phone: str) -> str:
    """Return the digits of the newest code sent to a phone."""
    query = (
        sa.select(OutboxMessage)
        .where(OutboxMessage.phone == phone, OutboxMessage.template.startswith("code."))
        .order_by(OutboxMessage.queued_at.desc())
    )
    return str(world.read(lambda s: s.scalars(query).first()).params["code"])


def begin(
    world: World, shop: Shop, viewer: Viewer, only: str | None = None, mark: Mark = DRAWN
) -> Sitting:
    """Sit down, read everything, agree, sign; return the sitting with a code on its way."""
    sitting = world.write(sittings.open_sitting, viewer, shop, only, by=viewer)
    for place in range(1, len(sittings.laid_out(sitting)) + 1):
        world.write(steps.read_one, sitting, place, by=viewer)

    def agree(session, act):
        own = sittings.own(session, viewer, sitting.id)
        steps.name_signer(session, act, own, "张样例", SignerRole.OPERATOR)
        steps.agree(session, act, own)
        steps.put_mark(session, act, own, mark)
        steps.send_code(session, act, own, shop)
        return own

    return world.write(agree, by=viewer)


def prove(world: World, shop: Shop, sitting: Sitting) -> str:
    """Type the code that was sent; return its id."""
    code = world.write(steps.try_code, sitting, last_code(world, shop.phone or ""))
    assert code is not None
    return code.id


def finish(world: World, viewer: Viewer, sitting: Sitting, code_id: str, **named) -> Sitting:
    """Put the signature under everything on the table."""
    asked = {
        "hashes": [text_hash for _, text_hash in sittings.laid_out(sitting)],
        "code_id": code_id,
        "device": Device.of("Test/1.0", "203.0.113.77"),
    }
    return world.write(signing.sign, viewer, sitting.id, by=viewer, **(asked | named))


def sign_all(world: World, shop: Shop, viewer: Viewer | None = None, mark: Mark = DRAWN) -> Sitting:
    """Sign everything that waits, from sitting down to the signature."""
    viewer = viewer or merchant_of(world, shop)
    sitting = begin(world, shop, viewer, mark=mark)
    return finish(world, viewer, sitting, prove(world, shop, sitting))
