"""The desk's messages through the pages: what did not arrive is seen, tried again, or printed."""

import re

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from compliance.notifications.models import Channel, MessageState, OutboxMessage
from tests.factories import World
from tests.messages import give_up, tell
from tests.people import Street
from tests.plain_browser import Browser


@pytest.fixture
def street(world: World) -> Street:
    return Street(world, name="甲样例店")


@pytest.fixture
def desk(street: Street, client: TestClient) -> Browser:
    return Browser(street.world, client, street.desk)


def states(world: World) -> list[tuple[Channel, MessageState]]:
    found = world.read(lambda session: session.exec(select(OutboxMessage)).all())
    return sorted((each.channel, each.state) for each in found)


def test_what_did_not_arrive_is_tried_again_or_printed(desk, street, world: World):
    world.write(tell, street.shop)
    world.write(tell, street.shop)
    world.write(lambda session, _act: give_up(session, street.shop))
    page = desk.get("/messages")
    assert "isv.MOBILE_NUMBER_ILLEGAL" in page
    again, letter = (
        re.findall(rf'action="(/messages/\w+/{verb})"', page) for verb in ("retry", "letter")
    )

    desk.post(again[0])
    desk.post(letter[1])

    assert states(world) == [
        (Channel.LETTER, MessageState.QUEUED),
        (Channel.SMS, MessageState.QUEUED),
    ]
    assert "甲样例店" in desk.get("/messages?box=letters")
    batch = desk.post("/messages/letters")
    assert "1 封信" in desk.get(batch)
    paper = desk.client.get(f"{batch}/letters.pdf")
    assert paper.content.startswith(b"%PDF")
    assert "没有告知" in desk.get("/messages?box=letters")
    desk.post(again[0], status=409)


def test_the_phone_is_masked_and_a_lane_chief_sees_no_messages(desk, street, client, world: World):
    world.write(tell, street.shop)
    page = desk.get("/messages?box=waiting")
    assert street.shop.phone not in page
    assert "138****" in page
    assert "Messages" in desk.get("/messages?lang=en")
    Browser(world, client, street.chief).get("/messages", status=403)
