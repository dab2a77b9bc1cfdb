"""Where personal data lies: every column that has to be emptied, table by table.

One list, so that nobody has to remember. A table that is not named here holds nothing that belongs
to one shop's people; a test asks for a decision about every new one. Names of businesses, addresses
and credit codes are public registers and stay, as does the exact text that was signed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from compliance.accounts.models import Account, AuthSession, OneTimeCode
from compliance.contracts.models import ContractUpload
from compliance.erasures.kinds import ErasedKind, Scope
from compliance.findings.models import Finding, FindingEvent, FindingSighting
from compliance.grades.models import GradeOverride
from compliance.merchants.models import Merchant, Tenancy
from compliance.notices.models import Notice, Party, Signature, SigningEvent, Sitting
from compliance.notifications.models import OutboxMessage
from compliance.patrols.models import Patrol, PatrolItem
from compliance.pauses.models import ClockPause
from compliance.red_list.models import RedListing
from compliance.reviews.models import Panel, PanelVote, Review
from compliance.suspect_codes.models import SuspectCode

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Target:
    """What an erasure is about, with the ids of everything that belongs to it."""

    scope: Scope
    tenancy_id: str
    notice_ids: tuple[str, ...]
    party: Party | None = None
    sitting_ids: tuple[str, ...] = ()
    code_ids: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return self.scope is Scope.TENANCY

    @property
    def of_merchant(self) -> bool:
        """Whether the merchant's own way to the signature is part of it."""
        return self.party in {None, Party.MERCHANT}


@dataclass(frozen=True, slots=True)
class Holding:
    """Columns of one table that hold one kind, which rows belong to a target, what empties them."""

    kind: ErasedKind
    table: sa.Table
    belongs: Callable[[Target], Condition]
    empty: Mapping[str, Any]

    def held(self, target: Target) -> Condition:
        """Return the condition on rows of the target that are not empty yet."""
        full = [_differs(self.table.c[name], value) for name, value in self.empty.items()]
        return sa.and_(self.belongs(target), sa.or_(*full))


def _differs(column: sa.ColumnElement[Any], value: Any) -> Condition:
    if value is None:
        return column.is_not(None)
    plain = json.dumps(value) if isinstance(value, dict | list) else value
    compared = sa.cast(column, sa.Text) if isinstance(value, dict | list) else column
    return sa.not_(compared == plain)


def _table(model: Any) -> sa.Table:
    found: sa.Table = model.__table__
    return found


SIGNATURE, SITTING, STEP = _table(Signature), _table(Sitting), _table(SigningEvent)
NOTICE, CODE, MESSAGE = _table(Notice), _table(OneTimeCode), _table(OutboxMessage)
TENANCY, MERCHANT = _table(Tenancy), _table(Merchant)
ACCOUNT, SESSION = _table(Account), _table(AuthSession)
FINDING, EVENT = _table(Finding), _table(FindingEvent)
SIGHTING = _table(FindingSighting)
UPLOAD = _table(ContractUpload)
PAUSE = _table(ClockPause)
OVERRIDE = _table(GradeOverride)
PATROL, ITEM, REVIEW = _table(Patrol), _table(PatrolItem), _table(Review)
SUSPECT = _table(SuspectCode)
PANEL, VOTE, LISTING = _table(Panel), _table(PanelVote), _table(RedListing)


def signatures_of(target: Target) -> Condition:
    """Return which signatures belong to the target."""
    mine = SIGNATURE.c.notice_id.in_(target.notice_ids)
    return mine if target.party is None else sa.and_(mine, SIGNATURE.c.party == target.party)


def _sat(target: Target) -> Condition:
    return SITTING.c.id.in_(target.sitting_ids)


def _stepped(target: Target) -> Condition:
    at_table = STEP.c.sitting_id.in_(target.sitting_ids)
    return sa.or_(at_table, STEP.c.notice_id.in_(target.notice_ids if target.of_merchant else ()))


def _noted(target: Target) -> Condition:
    return NOTICE.c.id.in_(target.notice_ids if target.party is None else ())


def uploads_of(target: Target) -> Condition:
    """Return which uploaded contracts belong to the target."""
    if target.whole:
        return UPLOAD.c.tenancy_id == target.tenancy_id
    return UPLOAD.c.notice_id.in_(target.notice_ids if target.of_merchant else ())


def _coded(target: Target) -> Condition:
    return (
        CODE.c.tenancy_id == target.tenancy_id if target.whole else CODE.c.id.in_(target.code_ids)
    )


def _told(target: Target) -> Condition:
    return MESSAGE.c.id.in_(target.message_ids)


def _only_whole(column: sa.ColumnElement[Any], wanted: Callable[[str], Any]) -> Any:
    """Return what belongs to a tenancy alone: nothing of it goes with a single notice."""

    def belongs(target: Target) -> Condition:
        return column.in_(wanted(target.tenancy_id)) if target.whole else sa.false()

    return belongs


def _merchant(tenancy_id: str) -> Any:
    return sa.select(TENANCY.c.merchant_id).where(TENANCY.c.id == tenancy_id)


def _accounts(tenancy_id: str) -> Any:
    return sa.select(ACCOUNT.c.id).where(ACCOUNT.c.name == f"shop:{tenancy_id}")


def _findings(tenancy_id: str) -> Any:
    return sa.select(FINDING.c.id).where(FINDING.c.tenancy_id == tenancy_id)


def _panels(tenancy_id: str) -> Any:
    return sa.select(PANEL.c.id).where(PANEL.c.tenancy_id == tenancy_id)


def _patrols(tenancy_id: str) -> Any:
    return sa.select(PATROL.c.id).where(PATROL.c.tenancy_id == tenancy_id)


_tenancy = _only_whole(TENANCY.c.id, lambda tenancy_id: [tenancy_id])
_finding = _only_whole(FINDING.c.tenancy_id, lambda tenancy_id: [tenancy_id])
_patrol = _only_whole(PATROL.c.tenancy_id, lambda tenancy_id: [tenancy_id])
_suspect = _only_whole(SUSPECT.c.tenancy_id, lambda tenancy_id: [tenancy_id])

HOLDINGS = (
    Holding(ErasedKind.SIGNER_NAME, SIGNATURE, signatures_of, {"signer_name": ""}),
    Holding(ErasedKind.SIGNER_NAME, SITTING, _sat, {"signer_name": "", "typed": ""}),
    Holding(ErasedKind.HANDWRITING, SIGNATURE, signatures_of, {"strokes": None}),
    Holding(ErasedKind.HANDWRITING, SITTING, _sat, {"strokes": None}),
    Holding(ErasedKind.SIGNING_EVIDENCE, SIGNATURE, signatures_of, {"evidence": {}}),
    Holding(ErasedKind.SIGNING_EVIDENCE, SITTING, _sat, {"helper": {}}),
    Holding(ErasedKind.SIGNING_EVIDENCE, STEP, _stepped, {"details": {}}),
    Holding(
        ErasedKind.SIGNING_EVIDENCE,
        SESSION,
        _only_whole(SESSION.c.account_id, _accounts),
        {"user_agent": ""},
    ),
    Holding(
        ErasedKind.OPERATOR_NAME,
        MERCHANT,
        _only_whole(MERCHANT.c.id, _merchant),
        {"operator_name": ""},
    ),
    Holding(ErasedKind.PHONE, TENANCY, _tenancy, {"phone": None}),
    Holding(ErasedKind.PHONE, CODE, _coded, {"phone": "", "details": {}}),
    Holding(ErasedKind.MESSAGE, MESSAGE, _told, {"phone": "", "params": {}, "last_error": None}),
    Holding(ErasedKind.REMARK, NOTICE, _noted, {"settled_note": ""}),
    Holding(ErasedKind.REMARK, TENANCY, _tenancy, {"note": "", "listed": {}}),
    Holding(ErasedKind.REMARK, UPLOAD, uploads_of, {"reason": "", "files": []}),
    Holding(ErasedKind.REMARK, FINDING, _finding, {"note": ""}),
    Holding(ErasedKind.REMARK, EVENT, _only_whole(EVENT.c.finding_id, _findings), {"words": ""}),
    Holding(
        ErasedKind.REMARK, SIGHTING, _only_whole(SIGHTING.c.finding_id, _findings), {"note": ""}
    ),
    Holding(
        ErasedKind.REMARK, REVIEW, _only_whole(REVIEW.c.finding_id, _findings), {"grounds": None}
    ),
    Holding(ErasedKind.REMARK, VOTE, _only_whole(VOTE.c.panel_id, _panels), {"grounds": ""}),
    Holding(
        ErasedKind.REMARK,
        LISTING,
        _only_whole(LISTING.c.tenancy_id, lambda tenancy_id: [tenancy_id]),
        {"words": ""},
    ),
    Holding(
        ErasedKind.REMARK,
        OVERRIDE,
        _only_whole(OVERRIDE.c.tenancy_id, lambda tenancy_id: [tenancy_id]),
        {"reason": ""},
    ),
    Holding(
        ErasedKind.REMARK,
        PAUSE,
        _only_whole(PAUSE.c.ref, lambda tenancy_id: [tenancy_id]),
        {"reason": ""},
    ),
    Holding(ErasedKind.REMARK, PATROL, _patrol, {"note": ""}),
    Holding(ErasedKind.REMARK, ITEM, _only_whole(ITEM.c.patrol_id, _patrols), {"note": ""}),
    Holding(
        ErasedKind.WHEREABOUTS,
        PATROL,
        _patrol,
        {"lat": None, "lng": None, "accuracy_m": None, "distance_m": None, "presence": {}},
    ),
    Holding(
        ErasedKind.WHEREABOUTS,
        SUSPECT,
        _suspect,
        {"lat": None, "lng": None, "accuracy_m": None},
    ),
    Holding(ErasedKind.REMARK, SUSPECT, _suspect, {"words": ""}),
)
"""What is emptied; besides it, bodies of the ledger and files of the store go (`service.erase`)."""

BY_OTHERS = frozenset({"ledger_body", "sealed_paper"})
"""Tables whose own slices erase: bodies of entries, sealed files."""

NOTHING_TO_ERASE = frozenset(
    """
    account account_place association_member bearer_token blank_batch blank_plate calendar_day
    check_item device device_session door_code draw draw_officer draw_shop erasure grade grade_rules
    lane ledger_entry ledger_head letter_batch notice_draft notice_text panel panel_seat panel_tie
    patrol_photo photo plan premises print_job print_line reminder resign_campaign resign_shop
    schedule sealed_item sign_in_failure township vote vote_ballot vote_lane vote_roll
    waste_hauler
    """.split()
)
"""Tables without data of a shop's people: places, texts, staff, businesses, counts, dates.

Photos show a door, faces blurred, and have a period of their own; a ballot is the shop's, and what
was said with it stands in the ledger's bodies. What phones sealed (`sealed_item`) goes 30 days
after a decision, which falls within 180: years before the shop it speaks of may be erased.
"""
