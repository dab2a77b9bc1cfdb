"""Who may do what, and how far: one table, role × action × reach, asked by every route and query.

`Reach` says over which shops an action extends for a role; the account's own places (townships,
lanes, a tenancy, a hauler) fill it in. What lies outside answers as if it did not exist.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from compliance.errors import NotAllowed, NotFound


class Role(StrEnum):
    MERCHANT = "merchant"
    WASTE_HAULER = "waste_hauler"
    LANE_CHIEF = "lane_chief"
    ENFORCEMENT_OFFICER = "enforcement_officer"
    ASSOCIATION_REVIEWER = "association_reviewer"
    TOWNSHIP_DESK = "township_desk"
    DISTRICT_DESK = "district_desk"
    AUDITOR = "auditor"


class Reach(StrEnum):
    """How far an action extends: each value names the kind of place the account must hold."""

    TENANCY = "tenancy"
    HAULER = "hauler"
    LANE = "lane"
    TOWNSHIP = "township"
    DISTRICT = "district"


class Action(StrEnum):
    SHOP_READ = "shop.read"
    SHOP_IMPORT = "shop.import"
    SHOP_HAND_OVER = "shop.hand_over"
    PHONE_CHANGE = "phone.change"
    PHONE_REVEAL = "phone.reveal"
    CODE_PRINT = "code.print"
    CODE_REISSUE = "code.reissue"
    CODE_BIND = "code.bind"
    TEXT_READ = "text.read"
    TEXT_PUBLISH = "text.publish"
    NOTICE_READ = "notice.read"
    NOTICE_ISSUE = "notice.issue"
    NOTICE_SIGN = "notice.sign"
    NOTICE_SERVE = "notice.serve"
    NOTICE_COUNTERSIGN = "notice.countersign"
    CONTRACT_READ = "contract.read"
    CONTRACT_UPLOAD = "contract.upload"
    CONTRACT_CHECK = "contract.check"
    HAULER_KEEP = "hauler.keep"
    VOTE_READ = "vote.read"
    VOTE_PREPARE = "vote.prepare"
    VOTE_OPEN = "vote.open"
    VOTE_CAST = "vote.cast"
    VOTE_ENTER = "vote.enter"
    PHOTO_STORE = "photo.store"
    PATROL_LOG = "patrol.log"
    INSPECTION_LOG = "inspection.log"
    SELF_CHECK_LOG = "self_check.log"
    PEER_CHECK_LOG = "peer_check.log"
    FINDING_READ = "finding.read"
    FINDING_ANSWER = "finding.answer"
    FINDING_OBJECT = "finding.object"
    FINDING_RECHECK = "finding.recheck"
    FINDING_DISPATCH = "finding.dispatch"
    FINDING_ENFORCE = "finding.enforce"
    REVIEW_READ = "review.read"
    REVIEW_DECIDE = "review.decide"
    LEDGER_READ = "ledger.read"
    EVIDENCE_EXPORT = "evidence.export"
    PERSONAL_DATA_ERASE = "personal_data.erase"
    COVERAGE_READ = "coverage.read"
    ACCOUNT_MANAGE = "account.manage"


_READ = (Action.SHOP_READ, Action.NOTICE_READ, Action.FINDING_READ, Action.LEDGER_READ)


def _at(reach: Reach, *actions: Action) -> dict[Action, Reach]:
    return dict.fromkeys(actions, reach)


_DESK = (
    *_READ,
    Action.SHOP_IMPORT,
    Action.SHOP_HAND_OVER,
    Action.PHONE_CHANGE,
    Action.PHONE_REVEAL,
    Action.CODE_PRINT,
    Action.CODE_REISSUE,
    Action.CODE_BIND,
    Action.TEXT_READ,
    Action.NOTICE_ISSUE,
    Action.NOTICE_SERVE,
    Action.EVIDENCE_EXPORT,
    Action.CONTRACT_READ,
    Action.CONTRACT_UPLOAD,
    Action.CONTRACT_CHECK,
    Action.HAULER_KEEP,
    Action.VOTE_READ,
    Action.VOTE_PREPARE,
    Action.VOTE_ENTER,
    Action.FINDING_DISPATCH,
    Action.REVIEW_READ,
    Action.COVERAGE_READ,
    Action.ACCOUNT_MANAGE,
)

TABLE: dict[Role, dict[Action, Reach]] = {
    Role.MERCHANT: _at(
        Reach.TENANCY,
        *_READ,
        Action.NOTICE_SIGN,
        Action.EVIDENCE_EXPORT,
        Action.CONTRACT_READ,
        Action.CONTRACT_UPLOAD,
        Action.VOTE_CAST,
        Action.PHOTO_STORE,
        Action.SELF_CHECK_LOG,
        Action.FINDING_ANSWER,
        Action.FINDING_OBJECT,
        Action.REVIEW_READ,
        Action.COVERAGE_READ,
    ),
    Role.WASTE_HAULER: _at(
        Reach.HAULER,
        Action.NOTICE_READ,
        Action.NOTICE_COUNTERSIGN,
        Action.CONTRACT_READ,
        Action.CONTRACT_UPLOAD,
    ),
    Role.LANE_CHIEF: _at(
        Reach.LANE,
        *_READ,
        Action.PHONE_CHANGE,
        Action.CODE_BIND,
        Action.NOTICE_SERVE,
        Action.PHOTO_STORE,
        Action.PATROL_LOG,
        Action.FINDING_RECHECK,
        Action.FINDING_DISPATCH,
        Action.COVERAGE_READ,
    ),
    Role.ENFORCEMENT_OFFICER: _at(
        Reach.TOWNSHIP,
        *_READ,
        Action.CODE_BIND,
        Action.CONTRACT_READ,
        Action.PHOTO_STORE,
        Action.PATROL_LOG,
        Action.INSPECTION_LOG,
        Action.FINDING_RECHECK,
        Action.FINDING_DISPATCH,
        Action.FINDING_ENFORCE,
        Action.COVERAGE_READ,
    ),
    Role.ASSOCIATION_REVIEWER: _at(
        Reach.TOWNSHIP,
        *_READ,
        Action.PHOTO_STORE,
        Action.NOTICE_COUNTERSIGN,
        Action.VOTE_READ,
        Action.VOTE_PREPARE,
        Action.VOTE_OPEN,
        Action.PEER_CHECK_LOG,
        Action.REVIEW_READ,
        Action.REVIEW_DECIDE,
        Action.COVERAGE_READ,
    ),
    Role.TOWNSHIP_DESK: _at(Reach.TOWNSHIP, *_DESK, Action.NOTICE_COUNTERSIGN),
    Role.DISTRICT_DESK: _at(
        Reach.DISTRICT, *_DESK, Action.TEXT_PUBLISH, Action.PERSONAL_DATA_ERASE
    ),
    Role.AUDITOR: _at(
        Reach.DISTRICT,
        *_READ,
        Action.TEXT_READ,
        Action.VOTE_READ,
        Action.REVIEW_READ,
        Action.COVERAGE_READ,
    ),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person as rules see one: role and the places the account holds."""

    account_id: str
    role: Role
    display_name: str = ""
    townships: frozenset[str] = frozenset()
    lanes: frozenset[str] = frozenset()
    tenancies: frozenset[str] = frozenset()
    haulers: frozenset[str] = frozenset()
    session_key: str = ""
    csrf: str = field(default="", repr=False)

    def reach(self, action: Action) -> Reach | None:
        return TABLE[self.role].get(action)

    def may(self, action: Action) -> bool:
        return self.reach(action) is not None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing belongs; None for what does not apply to it."""

    township: str | None = None
    lane: str | None = None
    tenancy: str | None = None
    hauler: str | None = None


def require(viewer: Viewer, action: Action) -> Reach:
    """Return the reach of `action`; raise NotAllowed when the role has none."""
    reach = viewer.reach(action)
    if reach is None:
        raise NotAllowed("account.not_allowed")
    return reach


def reaches(viewer: Viewer, action: Action, place: Place) -> bool:
    """Return whether `viewer` may do `action` to something at `place`."""
    match viewer.reach(action):
        case Reach.DISTRICT:
            return True
        case Reach.TOWNSHIP:
            return place.township in viewer.townships
        case Reach.LANE:
            return place.lane in viewer.lanes
        case Reach.TENANCY:
            return place.tenancy in viewer.tenancies
        case Reach.HAULER:
            return place.hauler in viewer.haulers
        case _:
            return False


def require_at(
    viewer: Viewer, action: Action, place: Place, *, unknown: str = "account.out_of_reach"
) -> None:
    """Raise NotAllowed when the role never may, NotFound `unknown` when it may but not there.

    `unknown` is the code for a thing that is not there at all, where its being there is nobody's
    business: then both look the same.
    """
    require(viewer, action)
    if not reaches(viewer, action, place):
        raise NotFound(unknown)
