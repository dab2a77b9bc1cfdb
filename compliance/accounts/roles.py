"""Who may do what, and how far: roles, actions, and the one table between them.

`Reach` says over which shops an action extends for a role; `permissions` asks this table.
"""

from enum import StrEnum


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
    PANEL_WIDEN = "panel.widen"
    RED_LIST_READ = "red_list.read"
    RED_LIST_NOMINATE = "red_list.nominate"
    PLAN_READ = "plan.read"
    PLAN_KEEP = "plan.keep"
    DRAW_READ = "draw.read"
    DRAW_DECLARE = "draw.declare"
    DRAW_WITNESS = "draw.witness"
    SUSPECT_CODE_REPORT = "suspect_code.report"
    SUSPECT_CODE_HANDLE = "suspect_code.handle"
    LEDGER_READ = "ledger.read"
    EVIDENCE_EXPORT = "evidence.export"
    PERSONAL_DATA_ERASE = "personal_data.erase"
    COVERAGE_READ = "coverage.read"
    GRADE_READ = "grade.read"
    GRADE_OVERRIDE = "grade.override"
    GRADE_RULES_PUBLISH = "grade_rules.publish"
    PAUSE_DECLARE = "pause.declare"
    CALENDAR_KEEP = "calendar.keep"
    MESSAGE_READ = "message.read"
    MESSAGE_SEND = "message.send"
    ACCOUNT_MANAGE = "account.manage"
    QUARANTINE_DECIDE = "quarantine.decide"


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
    Action.PLAN_READ,
    Action.PLAN_KEEP,
    Action.DRAW_READ,
    Action.DRAW_DECLARE,
    Action.DRAW_WITNESS,
    Action.SUSPECT_CODE_HANDLE,
    Action.REVIEW_READ,
    Action.PANEL_WIDEN,
    Action.RED_LIST_READ,
    Action.RED_LIST_NOMINATE,
    Action.COVERAGE_READ,
    Action.GRADE_READ,
    Action.GRADE_OVERRIDE,
    Action.PAUSE_DECLARE,
    Action.MESSAGE_READ,
    Action.MESSAGE_SEND,
    Action.ACCOUNT_MANAGE,
    Action.QUARANTINE_DECIDE,
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
        Action.GRADE_READ,
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
        Action.SUSPECT_CODE_REPORT,
        Action.FINDING_RECHECK,
        Action.FINDING_DISPATCH,
        Action.RED_LIST_READ,
        Action.RED_LIST_NOMINATE,
        Action.COVERAGE_READ,
        Action.GRADE_READ,
    ),
    Role.ENFORCEMENT_OFFICER: _at(
        Reach.TOWNSHIP,
        *_READ,
        Action.CODE_BIND,
        Action.CONTRACT_READ,
        Action.PHOTO_STORE,
        Action.PATROL_LOG,
        Action.INSPECTION_LOG,
        Action.SUSPECT_CODE_REPORT,
        Action.FINDING_RECHECK,
        Action.FINDING_DISPATCH,
        Action.FINDING_ENFORCE,
        Action.PLAN_READ,
        Action.DRAW_READ,
        Action.COVERAGE_READ,
        Action.GRADE_READ,
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
        Action.RED_LIST_READ,
        Action.RED_LIST_NOMINATE,
        Action.PLAN_READ,
        Action.DRAW_READ,
        Action.DRAW_WITNESS,
        Action.COVERAGE_READ,
    ),
    Role.TOWNSHIP_DESK: _at(Reach.TOWNSHIP, *_DESK, Action.NOTICE_COUNTERSIGN),
    Role.DISTRICT_DESK: _at(
        Reach.DISTRICT,
        *_DESK,
        Action.TEXT_PUBLISH,
        Action.GRADE_RULES_PUBLISH,
        Action.CALENDAR_KEEP,
        Action.PERSONAL_DATA_ERASE,
    ),
    Role.AUDITOR: _at(
        Reach.DISTRICT,
        *_READ,
        Action.TEXT_READ,
        Action.VOTE_READ,
        Action.PLAN_READ,
        Action.DRAW_READ,
        Action.REVIEW_READ,
        Action.RED_LIST_READ,
        Action.COVERAGE_READ,
        Action.GRADE_READ,
        Action.MESSAGE_READ,
    ),
}
