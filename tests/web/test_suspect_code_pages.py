"""Suspect codes from the phone to the desk and back: sent, looked at, dealt with, told."""

import json

import pytest

from compliance.accounts.permissions import Role
from tests.browsing import Browser
from tests.factories import DAYU, LONGQUAN, World
from tests.suspects import suspect
from tests.visits import chief_of, picture, sha256

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ADDRESS = f"/api/v1/suspect-codes/{'a' * 32}"


def put(client, viewer, sent, address=ADDRESS):
    content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return client.put(address, content=content, headers={"x-form-token": viewer.csrf})


def test_a_report_with_its_photo_reaches_the_desk_and_the_answer_reaches_the_reporter(
    client, world: World
):
    shop, photo = world.shop(), picture()
    chief = Browser(world, client, chief_of(world, shop))
    assert put(client, chief.viewer, photo, f"/api/v1/photos/{sha256(photo)}").status_code == 201
    sent = suspect(
        world,
        shop,
        "http://<b>mq</b>.example.com",
        verdict="lookalike",
        why="spelling",
        photos=[sha256(photo)],
    )

    answers = [put(client, chief.viewer, sent).json() for _ in range(2)]

    assert answers[0]["receipt"] == answers[1]["receipt"]
    assert answers[0]["receipt"]["merchant"] == "MTG-DY"
    assert [each["replayed"] for each in answers] == [False, True]

    stranger = Browser(world, client, world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN)))
    assert shop.name not in stranger.open("/suspect-codes")
    assert client.get(f"/photos/{sha256(photo)}").status_code == 404

    desk = Browser(world, client, world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)))
    assert shop.name in desk.open("/suspect-codes")
    shown = desk.open(f"/suspect-codes/{'a' * 32}")
    assert "冒充我们的码 网址和我们的差一两个字" in " ".join(shown.split()).replace("</strong>", "")
    assert "http://<b>mq</b>.example.com" in shown
    assert "&lt;b&gt;mq" in client.get(f"/suspect-codes/{'a' * 32}").text
    assert client.get(f"/photos/{sha256(photo)}").headers["content-type"] == "image/jpeg"
    assert "请填写" in desk.send(status=422, remedy="removed", words="")
    assert "处理结果已记下" in desk.send(remedy="removed", words="已撕下，转派出所")

    told = Browser(world, client, chief.viewer).open("/suspect-codes?stage=closed")
    assert "假码已清除" in told


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"content": ""}, 422, "suspect_code.invalid"),
        ({"verdict": "ours"}, 422, "suspect_code.invalid"),
        ({"shop": "MTG-1"}, 422, "suspect_code.invalid"),
        ({"more": 1}, 422, "suspect_code.invalid"),
        ({"photos": ["a" * 64]}, 422, "patrol.photo_missing"),
        ({"origin": {"device": "b" * 32, "order": 1, "scan": "camera"}}, 403, "device.unknown"),
    ],
)
def test_what_is_wrong_with_a_report_is_said_and_nothing_is_stored(
    client, world: World, changed, status, code
):
    shop = world.shop()
    chief = world.sign_in(client, chief_of(world, shop))

    answer = put(client, chief, suspect(world, shop) | changed)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert put(client, chief, suspect(world, shop)).json()["replayed"] is False
