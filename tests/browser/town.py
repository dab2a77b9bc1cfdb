"""A small town in which every page has something to show, and the addresses of all its pages.

The addresses are those of the program's own routes with the ids of this town put in, so a new page
is looked at without being listed here.
"""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from litestar.handlers import HTTPRouteHandler
from sqlmodel import Session, col, select

from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import TABLE, Role, Viewer
from compliance.act import Act
from compliance.contracts import service as uploads
from compliance.erasures import service as erasures
from compliance.erasures.gathering import Asked
from compliance.erasures.kinds import Basis
from compliance.findings.models import Finding
from compliance.merchants import binding, blanks
from compliance.merchants import service as merchants
from compliance.merchants.shops import Shop
from compliance.notices import checking, drafting, publishing
from compliance.notices import service as notices
from compliance.notices.consent import CONSENT
from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import Notice, NoticeText, WasteHauler
from compliance.notices.resigning import Plan
from compliance.print_jobs import service as print_jobs
from compliance.print_jobs.service import Order
from compliance.red_list.models import RedListing
from compliance.reviews.models import Panel, Review
from compliance.suspect_codes import service as suspect_codes
from compliance.suspect_codes.models import Remedy
from merchants_app import desk, originals, sealing
from merchants_app.access import Access
from merchants_app.questions import QUESTIONS
from merchants_app.routes import ROUTES
from tests import contracts, lists
from tests.colours import coloured
from tests.draws import drawn_by_lot, plan
from tests.factories import DAYU, World
from tests.messages import told_on_paper
from tests.panels import nominated
from tests.people import Street
from tests.phones import phones_of
from tests.polls import Poll
from tests.sittings import begin, finish, issue_all, merchant_of, prove
from tests.suspects import report, suspect
from tests.troubles import fresh_findings, overdue_findings
from tests.visits import body, fault, log

NOT_PAGES = re.compile(
    r"^/(C|api|static|metrics|health|photos|find|notices/sign/resume)\b|\.(js|pdf|svg|xlsx|zip|pem)$"
    r"|/(pages|originals|photos)/"
)
"""Addresses that answer with data or files, or only lead on."""

PATROL, SELF_CHECK = "c" * 32, "d" * 32

QUERIES = {
    "/q/{token}": ["?public"],
    "/q/{token}/sign-in": ["", "?sent=1"],
    "/coverage": ["", f"?township={DAYU}"],
    "/findings": ["", "?due=open", "?due=overdue", "?due=referred", "?due=asked"],
    "/reviews": ["", "?state=decided"],
    "/red-list": ["", "?stage=nominated", "?stage=over"],
    "/merchants": ["", "?missing=any&q=五金"],
    "/patrols": ["", "?need=overdue"],
    "/patrols/door/{token}": [
        "",
        "?step=details&code=H01&code=O02",
        "?kind=inspection&step=details&code=W01",
        "?kind=self_check&step=details",
    ],
    "/notices": ["", "?care=submitted", "?care=new_tenant", "?care=expiring_60"],
    "/contracts/upload": ["?tenancy={tenancy_id}"],
    "/notices/sign/refuse": ["?place=1"],
    "/notices/issue": ["?tenancy={tenancy_id}"]
    + [f"?tenancy={{tenancy_id}}&kind={kind.value}" for kind in NoticeKind],
    "/notices/issue-missing": ["", f"?township={DAYU}&lane={{lane}}"],
    "/suspect-codes": ["", "?stage=closed"],
    "/quarantine": ["", "?pile=photos", "?pile=decided"],
    "/codes": ["", f"?township={DAYU}"],
    "/messages": ["", "?box=letters", "?box=sent"],
    "/erasures/new": ["?tenancy={tenancy_id}", "?notice={notice_id}"],
    "/imports/{upload}": ["?file=list.xlsx&lanes=yes"],
    "/imports/{upload}/result": ["?file=list.xlsx&lanes=yes"],
}
"""Pages that ask for more than their path, or look different with it."""

STATES = ("verb", "kind", "place")
"""Parts of an address that make another page of it; of ids, one that can be seen is enough."""


@dataclass(frozen=True)
class Town:
    """The ids of a town by the names that addresses give them, and the cookies of its people."""

    ids: dict[str, list[str]]
    secrets: dict[Role | None, str | None]

    def pages(self, *roles: Role | None) -> Iterator[tuple[str, list[str]]]:
        """Give each page that one of `roles` may see: its name, and addresses that may show it."""
        for path, access in page_paths().items():
            if any(may_see(access, role) for role in roles):
                for query in QUERIES.get(path, [""]):
                    yield from self._named(path + query)

    def _named(self, address: str) -> Iterator[tuple[str, list[str]]]:
        names = re.findall(r"{(\w+)}", address)
        ways: dict[str, list[str]] = {}
        for values in product(*(self.ids[name] for name in names)):
            chosen = dict(zip(names, values, strict=True))
            states = {name: chosen[name] if name in STATES else "*" for name in names}
            ways.setdefault(address.format(**states), []).append(address.format(**chosen))
        yield from ways.items()


def page_paths() -> dict[str, Access]:
    """Return the path of every page of the program, and who may see it."""
    paths = {
        re.sub(r":[a-z]+}", "}", path): handler.opt["access"]
        for handler in ROUTES
        if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods
        for path in handler.paths
    }
    return {path: paths[path] for path in sorted(paths) if not NOT_PAGES.search(path)}


def may_see(access: Access, role: Role | None) -> bool:
    """Return whether a page is one of a role's own; those open to all belong to nobody."""
    if role is None:
        return not access.signed_in
    return access.signed_in and not (access.actions and access.actions.isdisjoint(TABLE[role]))


def enter(world: World, viewer: Viewer) -> tuple[Viewer, str]:
    """Open a session; return the viewer in it and the cookie's value."""

    def opened(session: Session, act: Act) -> str:
        return sessions.open_session(
            session, act, session.get_one(Account, viewer.account_id)
        ).secret

    secret = world.write(opened)
    found = world.read(sessions.viewer_of_session, world.act(), secret)
    assert found is not None
    return found[0], secret


def build(world: World) -> Town:
    """Return a town with shops, notices in several states, findings on every road, reviews."""
    erasure = erased_shop(world)
    street = Street(world)
    shop, quiet = street.shop, world.shop("京西样例五金店", category="hardware")
    overdue_findings(street)
    world.clock.forward(days=4)
    fresh_findings(street)
    log(world, street.chief, body(world, shop, fault("H03", note="油污", cause="merchant")), PATROL)
    vote = voted(street)
    merchant, merchant_secret = enter(world, merchant_of(world, shop))
    log(world, merchant, body(world, shop, kind="self_check"), SELF_CHECK)
    sittings = signed_and_waiting(world, street, merchant)
    world.write(notices.issue, quiet, NoticeKind.RESPONSIBILITY_STATEMENT, {})
    pictures = sent_in(street, merchant, quiet)
    batch, plates = hung_plates(street, quiet)
    coloured(street, quiet)
    nominated(world, quiet, street.desk)
    viewers = everyone(world, street)
    entered = {role: enter(world, viewer) for role, viewer in viewers.items()}
    ids = ids_of(world) | {
        "tenancy_id": [shop.tenancy_id, quiet.tenancy_id],
        "token": [shop.door],
        "lane": [shop.lane_id],
        "batch_id": [batch],
        "blank": plates,
        "upload_id": pictures,
        "patrol_id": [PATROL, SELF_CHECK],
        "sitting_id": sittings,
        "version": [CONSENT.version],
        "code": [sealed_code(world)],
        "erasure_id": [erasure],
        "job_id": [ordered_print(street)],
        "report_id": reported_codes(street),
        "draw_id": drawn_by_lot(street),
        "plan_id": [plan(world, street.desk).id],
        "letters_id": [told_on_paper(world, street)],
        **phones_of(street),
        **planned_text(world),
        "vote_id": [vote],
        "verb": list(QUESTIONS),
        "kind": [kind.value for kind in NoticeKind],
        "place": ["1"],
        "upload": [uploaded(world, viewer) for viewer, _ in entered.values()],
    }
    secrets = {role: secret for role, (_, secret) in entered.items()}
    secrets |= {None: None, Role.MERCHANT: merchant_secret}
    return Town(ids, secrets)


def erased_shop(world: World) -> str:
    """Erase a shop that closed long ago; return the erasure."""
    world.clock.forward(days=-800)
    shop, desk = world.shop("京西样例旧书店"), world.viewer(Role.DISTRICT_DESK)
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)
    world.clock.forward(days=800)
    why = {"basis": Basis.SERVICE_ENDED, "reason": "闭店多年"}
    return world.write(erasures.erase, desk, Asked(shop.tenancy_id), by=desk, **why).id


def voted(street: Street) -> str:
    """Let the street vote on its covenant, and its first shop say yes; return the running vote."""
    poll = Poll(street.world, 1, lane=street.shop.lane)
    vote_id = poll.start()
    poll.cast(vote_id, street.shop)
    return vote_id


def hung_plates(street: Street, shop: Shop) -> tuple[str, list[str]]:
    """Order two blank plates and hang one; return their batch, and the two."""
    world, desk = street.world, street.desk
    batch = world.write(blanks.order, desk, township=DAYU, count=2, by=desk)
    plates = [plate.token for plate in world.read(blanks.plates, batch)]
    world.write(binding.bind, desk, plates[0], shop.tenancy_id, door=shop.door, by=desk)
    return batch, plates


def signed_and_waiting(world: World, street: Street, merchant: Viewer) -> list[str]:
    """Sign all four, then lay a renewed one on the table; return the finished sitting."""
    shop = street.shop
    issue_all(world, shop)
    sitting = begin(world, shop, merchant)
    finish(world, merchant, sitting, prove(world, shop, sitting))
    world.clock.forward(minutes=2)
    world.write(notices.issue, shop, NoticeKind.PLEDGE, {})
    begin(world, shop, merchant)
    return [sitting.id]


def planned_text(world: World) -> dict[str, list[str]]:
    """Plan a pledge of next month, and leave a covenant half written; return campaign and draft."""

    def write(session: Session, act: Act) -> tuple[str, str]:
        begun = {
            kind: drafting.begin(session, act, publishing.latest(session, kind))
            for kind in (NoticeKind.PLEDGE, NoticeKind.COVENANT)
        }
        session.flush()
        pledge = begun[NoticeKind.PLEDGE]
        day = act.day + timedelta(days=30)
        words = {name: getattr(pledge, name) for name in drafting.WRITTEN}
        words |= {"version": "2026.9", "effective_from": day}
        saved = drafting.save(session, act, pledge.id, pledge.revision, words)
        plan = Plan(deadline=day + timedelta(days=30), steps=(7, 1))
        _, campaign = drafting.publish(session, act, saved.id, saved.revision, plan)
        return campaign, begun[NoticeKind.COVENANT].id

    campaign, draft = world.write(write)
    return {"campaign_id": [campaign], "draft_id": [draft]}


def ordered_print(street: Street) -> str:
    """Order the plates of the township; return the job, which waits for a worker."""
    wanted = Order(township=DAYU)
    return street.world.write(print_jobs.order, street.desk, wanted, by=street.desk).id


def reported_codes(street: Street) -> list[str]:
    """Report a foreign code and a look-alike at a door, the second one dealt with already."""
    world, chief = street.world, street.chief
    waiting, done = (
        report(world, chief, suspect(world, street.shop, text), digit * 32)
        for digit, text in (("1", "https://pay.example.com/x"), ("2", "https://mq.example.com/q/1"))
    )
    remedy = {"remedy": Remedy.REMOVED, "words": "已撕下，转派出所"}
    world.write(suspect_codes.close, street.desk, done, by=street.desk, **remedy)
    return [waiting, done]


def sent_in(street: Street, merchant: Viewer, other: Shop) -> list[str]:
    """Upload a contract whose particulars are missing, and one of another shop to be checked."""
    world = street.world
    kept = [originals.keep(world.context.blobs, contracts.pdf(2))]
    begun = world.write(uploads.begin, merchant, street.shop.tenancy_id, kept, by=merchant)
    second = world.write(uploads.begin, street.desk, other.tenancy_id, kept, by=street.desk)
    given = contracts.particulars(world.act().day)
    world.write(uploads.submit, street.desk, second.id, given, by=street.desk)
    return [begun.id, second.id]


def sealed_code(world: World) -> str:
    """Seal a signed notice; return its check code."""
    query = select(Notice).where(Notice.state == NoticeState.SIGNED)
    notice = world.read(lambda session: session.exec(query).first())
    paper = world.read(notices.paper_of, world.act(), notice.id)
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        aside.submit(asyncio.run, sealing.sealed(world.context, world.act(), paper)).result()
    return checking.check_code(notice.text_hash)


def everyone(world: World, street: Street) -> dict[Role, Viewer]:
    """Return one person of every role but the merchant."""
    hauler = world.read(lambda session: session.exec(select(WasteHauler.id)).first())
    officer = world.viewer(
        Role.ENFORCEMENT_OFFICER, ("township", DAYU), officer_certificate="京门执0001(样例)"
    )
    return {
        Role.LANE_CHIEF: street.chief,
        Role.ENFORCEMENT_OFFICER: officer,
        Role.ASSOCIATION_REVIEWER: street.colleague,
        Role.TOWNSHIP_DESK: street.desk,
        Role.DISTRICT_DESK: world.viewer(Role.DISTRICT_DESK),
        Role.AUDITOR: world.viewer(Role.AUDITOR),
        Role.WASTE_HAULER: world.viewer(Role.WASTE_HAULER, ("hauler", hauler)),
    }


def uploaded(world: World, viewer: Viewer) -> str:
    """Return the name of a list that `viewer` has uploaded and not yet confirmed."""
    held = world.context.blobs.put(lists.merchant_list(shops=24).xlsx())
    return desk.upload_name(world.context, viewer, held)


def ids_of(world: World) -> dict[str, list[str]]:
    """Return what the services made, newest first."""

    def collect(session: Session) -> dict[str, list[str]]:
        notes = session.exec(select(Notice.id).order_by(col(Notice.issued_at).desc())).all()
        return {
            "notice_id": list(notes),
            "name": list(notes),
            "finding_id": list(session.exec(select(Finding.id)).all()),
            "review_id": list(session.exec(select(Review.id)).all()),
            "panel_id": list(session.exec(select(Panel.id)).all()),
            "listing_id": list(session.exec(select(RedListing.id)).all()),
            "text_id": list(session.exec(select(NoticeText.id)).all()),
            "hauler_id": list(session.exec(select(WasteHauler.id)).all()),
        }

    return world.read(collect)
