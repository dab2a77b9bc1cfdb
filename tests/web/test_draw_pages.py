"""Plans and draws on pages: published, declared, drawn before a witness, recomputed without us."""

import json
import re
import subprocess
import sys
from datetime import date
from html import unescape
from pathlib import Path

from compliance.accounts.permissions import Role
from merchants_app import checker
from tests.draws import declare, draw_lots, officers, plan
from tests.factories import DAYU, LONGQUAN, World

CHECKER = Path(checker.__file__).with_name("draw.py")


def signed_in(world, client, role, township=DAYU):
    client.cookies.clear()
    return world.sign_in(client, world.viewer(role, ("township", township)))


def post(client, viewer, address, **typed):
    return client.post(address, data={"form_token": viewer.csrf, **typed})


def test_a_desk_publishes_a_plan_and_withdraws_it_with_a_reason(client, world: World):
    desk = signed_in(world, client, Role.TOWNSHIP_DESK)
    typed = {
        "township": DAYU,
        "ref": "大峪检〔2026〕7号",
        "title": "餐饮门店专项检查",
        "authority": "样例街道办事处",
        "cap": "3",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
    }
    assert post(client, desk, "/plans/new", **typed).headers["location"] == "/plans"
    again = post(client, desk, "/plans/new", **typed)
    assert again.status_code == 409
    assert "这个编号已经有了" in again.text
    late = post(client, desk, "/plans/new", **typed | {"ref": "x", "ends_on": "2027-01-01"})
    assert late.status_code == 422
    elsewhere = post(client, desk, "/plans/new", **typed | {"ref": "y", "township": LONGQUAN})
    assert elsewhere.status_code == 404
    listed = client.get("/plans").text
    assert "大峪检〔2026〕7号" in listed
    assert "执行中" in listed

    (address,) = re.findall(r"/plans/\w+/withdraw", listed)
    assert "写明为什么撤回" in post(client, desk, address).text
    assert post(client, desk, address, reason="重新制定").status_code == 303
    assert "重新制定" in client.get("/plans").text


def test_a_draw_goes_from_the_desk_over_a_witness_to_the_officers(client, world: World, tmp_path):
    for number in range(7):
        world.shop(f"样例店{number}")
    team = officers(world, 3)
    desk = signed_in(world, client, Role.TOWNSHIP_DESK)
    ref = plan(world, desk)
    typed = {"title": "十二月抽查", "plan": ref.id, "shops": "3", "officers": "2"}
    typed["due_on"] = "2026-12-10"
    address = f"/draws/new?township={DAYU}"
    refused = post(client, desk, address, **typed | {"shops": "8"})
    assert refused.status_code == 422
    assert "最少 1 户，最多 7 户" in refused.text
    draw = post(client, desk, address, **typed).headers["location"]
    assert "等另一个人来抽" in client.get(draw).text
    own = post(client, desk, f"{draw}/draw", word="123456")
    assert own.status_code == 403
    assert "登记的人不能自己抽" in own.text

    witness = signed_in(world, client, Role.ASSOCIATION_REVIEWER)
    assert client.get(f"/api/v1{draw}").json()["secret"] is None
    assert "报 4 到 10 位数字" in post(client, witness, f"{draw}/draw", word="abc").text
    assert post(client, witness, f"{draw}/draw", word="12 34 56").status_code == 303
    shown = client.get(draw).text
    told = client.get(f"/api/v1{draw}").json()
    assert all(number in shown for number in told["drawn"]["shops"])
    assert told["seed"] in shown
    assert ref.ref in shown

    client.cookies.clear()
    world.sign_in(client, team[0])
    assert "还没有去" in client.get(draw).text
    assert CHECKER.read_text("utf-8").strip() in unescape(shown)
    assert check(told, tmp_path) == 0
    for part, other in (
        ("seed", "0" * 64),
        ("word", "999999"),
        ("secret", "0" * 32),
        ("pool", {"shops": told["pool"]["shops"][1:], "officers": told["pool"]["officers"]}),
        ("drawn", told["drawn"] | {"shops": told["drawn"]["shops"][::-1]}),
        ("drawn", told["drawn"] | {"officers": told["drawn"]["officers"][::-1]}),
        ("drawn", told["drawn"] | {"pairs": told["drawn"]["pairs"][:1]}),
        ("entry", told["entry"][:-4] + "AAAA"),
    ):
        assert check(told | {part: other}, tmp_path) == 1, part


def check(told: dict, folder: Path) -> int:
    """Return how the checker ends that the page shows, run as a program of its own."""
    file = folder / "draw.json"
    file.write_text(json.dumps(told), "utf-8")
    command = [sys.executable, "-I", str(CHECKER), str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_draw_is_called_off_on_its_page_with_a_reason(client, world: World):
    world.shop()
    desk = signed_in(world, client, Role.TOWNSHIP_DESK)
    draw = f"/draws/{declare(world, desk).id}"
    assert "写明为什么取消" in post(client, desk, f"{draw}/call-off").text
    assert post(client, desk, f"{draw}/call-off", reason="名单录错了").status_code == 303
    shown = client.get(f"{draw}?lang=en").text
    assert "This was called off" in shown
    assert "名单录错了" in shown


def test_every_role_has_what_is_its_own(client, world: World):
    world.shop()
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    done = draw_lots(
        world, world.viewer(Role.DISTRICT_DESK), declare(world, desk, due_on=date(2026, 12, 1))
    )
    for role, reads, declares in (
        (Role.DISTRICT_DESK, 200, 200),
        (Role.ASSOCIATION_REVIEWER, 200, 403),
        (Role.ENFORCEMENT_OFFICER, 200, 403),
        (Role.AUDITOR, 200, 403),
        (Role.LANE_CHIEF, 403, 403),
        (Role.MERCHANT, 403, 403),
    ):
        signed_in(world, client, role)
        for address in ("/draws", f"/draws/{done.id}", "/plans"):
            assert client.get(address).status_code == reads, (role, address)
        for address in ("/draws/new", "/plans/new"):
            assert client.get(address).status_code == declares, (role, address)
