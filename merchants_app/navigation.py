"""What stands in the navigation of a signed-in page: each role's rooms, in the order of its day.

A desk has more rooms than a line holds: those it enters daily stand in the line, the others on the
page behind 更多, by what they are about. What a role may not do is not offered to it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from compliance.accounts.permissions import Action, Reach, Role, Viewer


class Link(NamedTuple):
    """One entry of the navigation: the msgid of its word and where it leads."""

    text: str
    href: str


class Room(NamedTuple):
    """One entry of the page of all rooms: a link with what is done there, and who may.

    `whole` rooms are for those who may it in the whole district.
    """

    text: str
    href: str
    hint: str
    action: Action
    whole: bool = False


class Wing(NamedTuple):
    """Rooms that belong together."""

    text: str
    rooms: Sequence[Room]


MORE = Link("更多", "/more")

_SHOP = (Link("我的店", "/shop"), Link("公示", "/notices"), Link("整改", "/findings"))
_COLOURS = Link("颜色", "/grades")
_DRAWS = Link("抽查", "/draws")
_ROUND = (Link("巡查", "/patrols"), Link("复查", "/findings"), _COLOURS, Link("手机", "/devices"))
_DESK = (
    Link("总览", "/coverage"),
    Link("商户", "/merchants"),
    Link("公示", "/notices"),
    Link("问题", "/findings"),
    Link("评议", "/reviews"),
    Link("门码", "/codes"),
    Link("告知", "/messages"),
    MORE,
)

BY_ROLE: dict[Role, tuple[Link, ...]] = {
    Role.MERCHANT: _SHOP,
    Role.WASTE_HAULER: (Link("收运协议", "/contracts"),),
    Role.LANE_CHIEF: _ROUND,
    Role.ENFORCEMENT_OFFICER: (*_ROUND, _DRAWS),
    Role.ASSOCIATION_REVIEWER: (
        Link("评议", "/reviews"),
        Link("表决", "/votes"),
        _DRAWS,
        Link("商户", "/merchants"),
        Link("总览", "/coverage"),
    ),
    Role.TOWNSHIP_DESK: _DESK,
    Role.DISTRICT_DESK: _DESK,
    Role.AUDITOR: (
        Link("总览", "/coverage"),
        Link("商户", "/merchants"),
        _COLOURS,
        _DRAWS,
        Link("台账", "/ledger"),
        MORE,
    ),
}

WINGS = (
    Wing(
        "街面",
        (
            Room("颜色", "/grades", "每家店的颜色和理由", Action.GRADE_READ),
            Room("检查计划", "/plans", "检查依据的年度计划和上限", Action.PLAN_READ),
            Room("抽查", "/draws", "双随机抽店、抽人，人人可以重算", Action.DRAW_READ),
            Room("暂停计时", "/pauses", "停业、恶劣天气，和工作日历", Action.PAUSE_DECLARE),
            Room("可疑门码", "/suspect-codes", "街上报来的假码", Action.SUSPECT_CODE_HANDLE),
        ),
    ),
    Wing(
        "文书",
        (
            Room("表决", "/votes", "一条街的公约由商户表决", Action.VOTE_READ),
            Room("文本", "/texts", "公约、承诺书、责任书、协议的文本", Action.TEXT_READ),
            Room("收运单位", "/haulers", "收运单位和许可证", Action.HAULER_KEEP),
        ),
    ),
    Wing(
        "纸张和底册",
        (
            Room("印制", "/print-jobs", "门牌和公示成批印出来", Action.CODE_PRINT),
            Room("空白门牌", "/blanks", "先印好，到现场再绑到店", Action.CODE_PRINT),
            Room("导入", "/imports/new", "把镇街的底册收进来", Action.SHOP_IMPORT),
        ),
    ),
    Wing(
        "人和手机",
        (
            Room("人员", "/accounts", "账号和各自管的地方", Action.ACCOUNT_MANAGE),
            Room("手机", "/devices", "巡查用的手机，丢了就停用", Action.ACCOUNT_MANAGE),
            Room("待核记录", "/quarantine", "停用的手机交出来的记录", Action.QUARANTINE_DECIDE),
            Room("台账", "/ledger", "全区的台账和校验", Action.LEDGER_READ, whole=True),
        ),
    ),
)
"""Every room of the desk that is not in its line."""


def links_for(viewer: Viewer | None) -> tuple[Link, ...]:
    """Return the navigation of a signed-in person; nothing for passers-by."""
    return BY_ROLE[viewer.role] if viewer else ()


def wings_for(viewer: Viewer) -> list[Wing]:
    """Return the rooms somebody may enter, in their wings."""
    opened = (
        Wing(wing.text, [room for room in wing.rooms if _opens(viewer, room)]) for wing in WINGS
    )
    return [wing for wing in opened if wing.rooms]


def _opens(viewer: Viewer, room: Room) -> bool:
    reach = viewer.reach(room.action)
    return reach is Reach.DISTRICT if room.whole else reach is not None
