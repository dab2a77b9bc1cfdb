"""What stands in the navigation of a signed-in page: each role's rooms, in the order of its day."""

from typing import NamedTuple

from compliance.accounts.permissions import Role, Viewer


class Link(NamedTuple):
    """One entry of the navigation: the msgid of its word and where it leads."""

    text: str
    href: str


_SHOP = (Link("我的店", "/shop"), Link("公示", "/notices"), Link("整改", "/findings"))
_ROUND = (Link("巡查", "/patrols"), Link("复查", "/findings"))
_DESK = (
    Link("总览", "/coverage"),
    Link("商户", "/merchants"),
    Link("公示", "/notices"),
    Link("问题", "/findings"),
    Link("评议", "/reviews"),
    Link("表决", "/votes"),
    Link("门码", "/codes"),
    Link("导入", "/imports/new"),
)

BY_ROLE: dict[Role, tuple[Link, ...]] = {
    Role.MERCHANT: _SHOP,
    Role.WASTE_HAULER: (Link("收运协议", "/contracts"),),
    Role.LANE_CHIEF: _ROUND,
    Role.ENFORCEMENT_OFFICER: _ROUND,
    Role.ASSOCIATION_REVIEWER: (
        Link("评议", "/reviews"),
        Link("表决", "/votes"),
        Link("商户", "/merchants"),
        Link("总览", "/coverage"),
    ),
    Role.TOWNSHIP_DESK: (*_DESK, Link("文本", "/texts")),
    Role.DISTRICT_DESK: (*_DESK, Link("文本", "/texts"), Link("人员", "/accounts")),
    Role.AUDITOR: (Link("总览", "/coverage"), Link("商户", "/merchants"), Link("台账", "/ledger")),
}


def links_for(viewer: Viewer | None) -> tuple[Link, ...]:
    """Return the navigation of a signed-in person; nothing for passers-by."""
    return BY_ROLE[viewer.role] if viewer else ()
