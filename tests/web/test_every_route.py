"""Every address, asked for by every role: what belongs to others answers as if it did not exist.

Two streets in two townships. Everything of the far street (its shop, notices, findings, reviews,
visits, photos, people) is asked for by everyone of the near one, by every method, and compared with
the answer to an id that was never given out: the two must be the same to the letter. Pages without
an id must not name the far shop. A new kind of id in an address must be taught to `Far`.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from compliance.accounts.permissions import TABLE, Reach, Role, Viewer
from compliance.contracts import service as contracts
from compliance.findings import pausing
from compliance.findings.pausing import Wanted
from compliance.merchants import blanks
from compliance.merchants.identifiers import door_number
from compliance.merchants.shops import Shop
from compliance.messages import service as letters
from compliance.notices import issuing
from compliance.notices.kinds import NoticeKind
from compliance.notifications.models import MessageState, OutboxMessage
from compliance.pauses.models import PauseArea, PauseCause
from compliance.reviews import service as reviews
from compliance.reviews.models import Review
from tests.contracts import submit
from tests.draws import declare, plan
from tests.factories import DAYU, LONGQUAN, World
from tests.messages import give_up, tell
from tests.panels import nominated
from tests.people import Street
from tests.phones import Phone
from tests.polls import Poll
from tests.suspects import report, suspect
from tests.visits import body, fault, log, picture, sha256

FAR_NAME = "远处样例药房"
NOBODY = "0123456789abcdef0123456789abcdef"
ABSENT = {"number": door_number("LQ", 88888), "sha256": "a" * 64, "upload": "b" * 64}
OPEN_TO_ALL = (
    "/q/",
    "/c/",
    "/C/",
    "/check",
    "/consents/",
    "/patrols/door/",
    "/static",
    "/api/v1/door",
    "/schema",
    "/sign-in",
    "/sign-out",
    "/metrics",
    "/api/v1/devices/{device_id}",
)
"""Addresses of doors, which are public, or that show nothing of any shop."""

PUBLISHED = {("GET", "/votes/{vote_id}")}
"""What anybody may read by its id, and that names no shop."""

OWN_WORDS = {"verb": "claim", "kind": "pledge", "place": "1"}
"""Parts of an address that are words of ours, not ids."""


@dataclass(frozen=True)
class Far:
    """What lies on the far street, by the names that addresses give to ids."""

    tenancy_id: str
    number: str
    account_id: str
    patrol_id: str
    finding_id: str
    review_id: str
    panel_id: str
    listing_id: str
    vote_id: str
    notice_id: str
    sha256: str
    door: str
    batch_id: str
    letters_id: str
    pause_id: str
    message_id: str
    draw_id: str
    plan_id: str
    report_id: str
    device_id: str
    item_id: str
    blank: str
    upload_id: str

    def find(self, name: str, path: str) -> str | None:
        """Return the far id for the part `name` of an address, None for what belongs to all."""
        if name == "name":
            return self.notice_id if path.startswith("/notices/") else None
        if name == "token":
            return self.door
        return getattr(self, name, None)


def build_far(world: World, client: TestClient) -> Far:
    """Fill the far street with everything a street can have."""
    street = Street(world, township=LONGQUAN, lane="琉璃渠大街", name=FAR_NAME)
    shop, photo = street.shop, picture()
    world.sign_in(client, street.chief)
    headers = {"x-form-token": world.sign_in(client, street.chief).csrf}
    assert client.put(f"/api/v1/photos/{sha256(photo)}", content=photo, headers=headers).is_success
    sent = body(world, shop, fault("O02", photos=[sha256(photo)]))
    logged = log(world, street.chief, sent, "c" * 32)
    finding = logged.findings[0].id
    version = street.version(finding)
    world.write(
        reviews.object_to,
        street.merchant,
        finding,
        version=version,
        words="不是本店的东西",
        by=street.merchant,
    )
    notice = world.write(issuing.issue, shop, NoticeKind.PLEDGE, {})
    review = world.read(lambda session: session.exec(select(Review)).one())
    vote_id = Poll(world, 1, township=LONGQUAN, lane=shop.lane).start()
    desk = street.desk
    batch_id = world.write(
        blanks.order, desk, township=LONGQUAN, lane=shop.lane_id, count=1, by=desk
    )
    (blank,) = world.read(blanks.plates, batch_id)
    client.cookies.clear()
    letters_id, message_id = told_far(world, street)
    contract = submit(world, shop, street.merchant)
    upload = world.read(contracts.of_notice, contract.id)
    assert upload is not None
    return Far(
        tenancy_id=shop.tenancy_id,
        number=shop.number,
        account_id=street.chief.account_id,
        patrol_id="c" * 32,
        finding_id=finding,
        review_id=review.id,
        panel_id=review.id,
        listing_id=nominated(world, world.shop(FAR_NAME, township=LONGQUAN), street.desk),
        vote_id=vote_id,
        notice_id=notice.id,
        sha256=sha256(photo),
        upload_id=upload.id,
        door=shop.door,
        report_id=report(world, street.chief, suspect(world, shop, FAR_NAME), "e" * 32),
        batch_id=batch_id,
        draw_id=declare(world, desk, township=LONGQUAN).id,
        plan_id=plan(world, desk, township=LONGQUAN, title=FAR_NAME).id,
        letters_id=letters_id,
        pause_id=paused_far(world, street),
        message_id=message_id,
        blank=blank.token,
        **far_phone(world, street.chief, shop),
    )


def paused_far(world: World, street: Street) -> str:
    """Let the clocks of the far shop stand still from tomorrow on."""
    at = world.clock() + timedelta(days=1)
    shop = street.shop.tenancy_id
    closed = Wanted(PauseArea.TENANCY, shop, PauseCause.CLOSURE, at, None, "装修")
    return world.write(pausing.declare, street.desk, closed, by=street.desk).id


def told_far(world: World, street: Street) -> tuple[str, str]:
    """Print a letter for a shop of the far street; return its batch, and a message given up."""
    silent = world.shop("远处样例书店", township=LONGQUAN, lane=street.shop.lane, phone=None)
    world.write(tell, silent)
    world.write(tell, street.shop)
    batch = world.write(letters.print_letters, street.desk, by=street.desk)
    world.write(lambda session, _act: give_up(session, street.shop))
    query = select(OutboxMessage.id).where(OutboxMessage.state == MessageState.DEAD)
    return batch.id, world.read(lambda session: session.exec(query).first())


def far_phone(world: World, chief: Viewer, shop: Shop) -> dict[str, str]:
    """Enrol a phone that has handed over a sealed visit."""
    phone = Phone(world, chief)
    phone.enrol()
    phone.record(body(world, shop), shop)
    return {"device_id": phone.id, "item_id": phone.hand_over()[0]}


def near_viewers(world: World) -> dict[Role, Viewer]:
    """Return one person of every role whose reach ends on the near street."""
    shop = world.shop("近处样例面馆", township=DAYU, phone="13900001111")
    held = {
        Role.MERCHANT: ("tenancy", shop.tenancy_id),
        Role.LANE_CHIEF: ("lane", shop.lane_id),
        Role.WASTE_HAULER: ("hauler", NOBODY),
    }
    return {
        role: world.viewer(role, held.get(role, ("township", DAYU)))
        for role in Role
        if Reach.DISTRICT not in TABLE[role].values()
    }


def addresses(client: TestClient) -> list[tuple[str, str]]:
    """Return method and path of every route but those open to all."""
    found = {
        (method, re.sub(r":[a-z]+}", "}", route.path))
        for route in client.app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in getattr(handler, "http_methods", ())
        if method in {"GET", "POST", "PUT"}
    }
    return sorted(each for each in found if not each[1].startswith(OPEN_TO_ALL))


def filled(path: str, far: Far | None) -> str | None:
    """Return the address of the far thing, or of one that never was; None when it holds no id."""
    names = [name for name in re.findall(r"{(\w+)}", path) if name not in OWN_WORDS]
    if not names:
        return None
    values = dict(OWN_WORDS)
    for name in names:
        known = far.find(name, path) if far else None
        values[name] = known or ABSENT.get(name, NOBODY)
    return path.format(**values)


def ask(client: TestClient, method: str, address: str, csrf: str) -> tuple[int, str]:
    """Return status and body, with what differs by address and time taken out."""
    headers = {"x-form-token": csrf}
    sent = {"form_token": csrf} if method == "POST" else None
    answer = client.request(method, address, headers=headers, data=sent)
    text = answer.text if "pdf" not in answer.headers.get("content-type", "") else "pdf"
    return answer.status_code, text


def blurred(text: str, address: str) -> str:
    for part in sorted(address.split("?", maxsplit=1)[0].split("/"), key=len, reverse=True):
        if len(part) >= 12:
            text = text.replace(part.removesuffix(".pdf"), "…")
    return text


def test_what_belongs_to_others_answers_as_if_it_did_not_exist(client: TestClient, world: World):
    far = build_far(world, client)
    told = []
    for role, viewer in near_viewers(world).items():
        client.cookies.clear()
        csrf = world.sign_in(client, viewer).csrf
        for method, path in addresses(client):
            there, nowhere = filled(path, far), filled(path, None)
            if there is None or nowhere is None or (method, path) in PUBLISHED:
                continue
            status, text = ask(client, method, there, csrf)
            status_of_none, text_of_none = ask(client, method, nowhere, csrf)
            same = (status, blurred(text, there)) == (
                status_of_none,
                blurred(text_of_none, nowhere),
            )
            if not same or status < 300:
                told.append(f"{role.value} {method} {path}: {status}, of nothing {status_of_none}")

    assert not told, "\n".join(told)


def test_no_page_without_an_id_names_a_shop_out_of_reach(client: TestClient, world: World):
    far = build_far(world, client)
    told = []
    for role, viewer in near_viewers(world).items():
        client.cookies.clear()
        csrf = world.sign_in(client, viewer).csrf
        for method, path in addresses(client):
            if "{" in path or method != "GET":
                continue
            for query in (
                "",
                f"?tenancy={far.tenancy_id}&township={LONGQUAN}&finding={far.finding_id}",
            ):
                status, text = ask(client, method, path + query, csrf)
                if status >= 500 or FAR_NAME in text:
                    told.append(f"{role.value} {method} {path}{query}: {status}")

    assert not told, "\n".join(told)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_nobody_passes_without_an_account(client: TestClient, world: World, method: str):
    far = build_far(world, client)
    passed = []
    for each, path in addresses(client):
        if each != method or path in PUBLIC or (each, path) in PUBLISHED:
            continue
        status, text = ask(client, method, filled(path, far) or path.format(**OWN_WORDS), "")
        if status not in {303, 401, 403} or FAR_NAME in text:
            passed.append(f"{method} {path}: {status}")

    assert not passed, "\n".join(passed)


PUBLIC = {"/", "/find", "/privacy", "/health", "/patrols/app", "/patrols/worker.js"}
