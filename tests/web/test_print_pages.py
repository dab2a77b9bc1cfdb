"""Printing at the desk: small orders come at once, large ones as a job that says how far it is."""

import asyncio
import re

import pytest
from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from compliance.merchants import codes, shops
from compliance.print_jobs import running, service
from compliance.print_jobs.models import JobStage
from compliance.print_jobs.service import Order
from merchants_app import pressroom
from qr import verify_codes
from tests.browsing import Browser
from tests.factories import LONGQUAN, World
from tests.people import Street
from tests.sittings import issue_all, sign_all


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


@pytest.fixture
def desk(street: Street, client: TestClient) -> Browser:
    return Browser(street.world, client, street.desk)


def send(desk: Browser, path: str, status: int = 303, **typed: str):
    """Post a form of the desk and return the answer."""
    answer = desk.client.post(path, data={"form_token": desk.viewer.csrf, **typed})
    assert answer.status_code == status, answer.text[:2000]
    return answer


def doors(*found) -> list[str]:
    return [f"HTTP://TESTSERVER.LOCAL/Q/{shop.door}" for shop in found]


def queued(street: Street):
    """Return a job that waits for a worker."""
    return street.world.write(service.order, street.desk, Order(), by=street.desk)


def work(street: Street) -> None:
    """Do what a worker does with the next job."""
    job = street.world.write(running.take)
    asyncio.run(pressroom.run(street.world.context, job))


def test_a_small_order_is_counted_and_comes_at_once(street, desk):
    second = street.world.shop("隔壁药房")
    street.world.shop("别的街", lane="向阳路")
    place = f"lane={street.shop.lane_id}&layout=indoor"

    counted = desk.open(f"/codes?{place}")
    lane = {"lane": street.shop.lane_id, "layout": "indoor", "covers": "yes"}
    sent = send(desk, "/codes", **lane)
    answer = desk.client.get(sent.headers["location"])

    assert "2 户，1 张" in counted
    assert answer.headers["content-type"] == "application/pdf"
    assert "attachment" in answer.headers["content-disposition"]
    found = sorted((street.shop, second), key=lambda shop: int(shop.number[6:11]) % 2 == 0)
    verify_codes(answer.content, doors(*found))


def test_the_form_of_the_page_itself_orders_a_whole_pack_of_a_shop(street, desk):
    issue_all(street.world, street.shop)
    sign_all(street.world, street.shop)
    desk.open(f"/codes?tenancy={street.shop.tenancy_id}&what=pack")

    answer = desk.client.post("/codes", data=desk._forms[-1].values)
    file = desk.client.get(answer.headers["location"])

    assert file.content.startswith(b"%PDF")
    assert "1 户" in desk.text
    assert "5 张" in desk.text


def test_a_shops_file_prints_its_pack_with_one_press(street, desk):
    desk.open(f"/merchants/{street.shop.tenancy_id}")

    sent = send(desk, f"/merchants/{street.shop.tenancy_id}/print", do="pack")
    answer = desk.client.get(sent.headers["location"])

    assert "打印整套" in desk.text
    verify_codes(answer.content, doors(street.shop))


def test_a_name_the_font_cannot_draw_is_named_and_the_others_are_printed(street, desk):
    street.world.shop("𪚥记饺子馆")

    sent = send(desk, "/codes", covers="yes")
    told = desk.open(sent.headers["location"])
    answer = desk.client.get(f"{sent.headers['location']}/file.pdf")

    assert "没有打印的商户" in told
    assert "“𪚥记饺子馆”里的“𪚥”字库里没有" in told
    verify_codes(answer.content, doors(street.shop))


def test_new_codes_need_a_reason_and_withdraw_the_old_with_the_file(street, desk, client):
    shop = street.shop
    refused = send(desk, "/codes", status=422, tenancy=shop.tenancy_id, renew="yes")
    kept = street.world.read(shops.by_tenancy, shop.tenancy_id).door

    sent = send(desk, "/codes", tenancy=shop.tenancy_id, renew="yes", reason="门牌褪色")
    file = desk.client.get(sent.headers["location"]).content

    new = street.world.read(shops.by_tenancy, shop.tenancy_id)
    assert 'href="#reason"' in refused.text
    assert kept == shop.door != new.door
    verify_codes(file, doors(new))
    client.cookies.clear()
    assert client.get(f"/q/{shop.door}").status_code == 410
    assert client.get(f"/q/{new.door}").status_code == 200


def test_a_large_order_becomes_a_job_with_progress_and_a_file(street, desk, monkeypatch):
    monkeypatch.setattr(pressroom, "SMALL", 0)
    desk.open("/codes")
    assert "交给后台打印" in desk.text

    path = send(desk, "/codes").headers["location"]
    waiting = desk.open(path)
    early = desk.client.get(f"{path}/file.pdf")
    work(street)
    ready = desk.open(path)
    listed = desk.open("/print-jobs")

    assert "排队中" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert early.status_code == 404
    assert "可以下载" in ready
    assert "hx-trigger" not in ready
    assert f'href="{path}/file.pdf"' in listed
    verify_codes(desk.client.get(f"{path}/file.pdf").content, doors(street.shop))


def test_a_running_job_shows_how_far_it_is_and_can_be_stopped(street, desk):
    job = queued(street)
    taken = street.world.write(running.take)
    street.world.write(running.tell, taken, JobStage.SETTING, 1234, 10640)

    shown = desk.open(f"/print-jobs/{job.id}")
    stopped = desk.send()

    assert "正在排版" in shown
    assert "1,234 / 10,640" in shown
    assert "已停止" in stopped
    assert "再打一次" in stopped
    send(desk, f"/print-jobs/{job.id}/cancel", status=409)


def test_a_file_whose_codes_were_withdrawn_says_so(street, desk):
    shop = street.shop
    path = send(desk, f"/merchants/{shop.tenancy_id}/print").headers["location"]
    why = {"door": shop.door, "reason": "丢失"}
    street.world.write(codes.reissue, street.desk, shop.tenancy_id, by=street.desk, **why)

    assert "有 1 个码后来作废了" in desk.open(path.removesuffix("/file.pdf"))


def test_a_file_is_gone_after_its_time(street, desk, clock):
    path = send(desk, f"/merchants/{street.shop.tenancy_id}/print").headers["location"]
    clock.forward(days=13)
    Browser(street.world, desk.client, street.desk)
    there = desk.client.get(path).status_code
    clock.forward(days=2)
    Browser(street.world, desk.client, street.desk)

    gone = desk.client.get(path)

    assert (there, gone.status_code) == (200, 404)
    assert "文件已不在" in gone.text


def test_what_cannot_be_printed_is_said_on_the_page_itself(street, desk):
    desk.open("/codes?layout=label&label=7x3", status=422)
    desk.open("/codes?what=notices")
    assert "没有可以打印的" in desk.text

    refused = send(desk, "/codes", status=422, what="notices")

    assert "选中的范围里没有可以打印的" in refused.text


def test_other_townships_jobs_and_files_do_not_exist(street, desk):
    far = street.world.shop(township=LONGQUAN, lane="中门寺街")
    other = street.world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    job = street.world.write(service.order, other, Order(), by=other)

    for path in (f"/print-jobs/{job.id}", f"/print-jobs/{job.id}/file.pdf"):
        desk.open(path, status=404)
    send(desk, f"/print-jobs/{job.id}/cancel", status=404)
    send(desk, f"/merchants/{far.tenancy_id}/print", status=404)
    send(desk, "/codes", status=404, lane=far.lane_id)
    assert "中门寺街" not in desk.open("/print-jobs")


def test_the_pages_speak_english(street, desk):
    job = queued(street)
    for path in ("/codes", "/print-jobs", f"/print-jobs/{job.id}"):
        heading = desk.open(f"{path}?lang=en").split("<h1")[1].split("</h1>")[0]
        assert not re.search("[\u4e00-\u9fff]", heading), heading
