"""What a shop's notices say unless the desk says otherwise, taken from the register (pure)."""

from datetime import date
from typing import Any

from compliance.merchants.categories import Category
from compliance.merchants.shops import Shop
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import WasteHauler
from compliance.notices.terms import last_day
from compliance.notices.values import Stream

CATERING = frozenset({Category.CATERING, Category.SNACK, Category.DRINKS, Category.BAR})
"""Division 62 of GB/T 4754: who must have kitchen waste collected separately."""

NO_USCC = "暂未登记"


def is_catering(shop: Shop) -> bool:
    return shop.category in CATERING


def issuer_of(township: str) -> str:
    """Return the authority that notifies in its own name (北京市街道办事处条例 11, 49)."""
    if township.endswith("街道"):
        return f"北京市门头沟区人民政府{township}办事处"
    return f"北京市门头沟区{township}人民政府"


def suggested(
    kind: NoticeKind, shop: Shop, today: date, hauler: WasteHauler | None = None
) -> dict[str, Any]:
    """Return the values that follow from the register; what nobody knows yet is left out."""
    maker = {
        NoticeKind.COVENANT: _covenant,
        NoticeKind.PLEDGE: _pledge,
        NoticeKind.RESPONSIBILITY_STATEMENT: _statement,
        NoticeKind.WASTE_CONTRACT: _contract,
    }[kind]
    known = maker(shop, today)
    if kind is NoticeKind.WASTE_CONTRACT and hauler is not None:
        known |= {
            "hauler_name": hauler.name,
            "hauler_permit_no": hauler.permit_no,
            "permit_valid_to": hauler.permit_valid_to,
        }
    return {name: value for name, value in known.items() if value not in {None, ""}}


def _covenant(shop: Shop, today: date) -> dict[str, Any]:
    return {
        "street_name": shop.lane,
        "association_name": f"{shop.lane}商户联合会",
        "scope_desc": f"{shop.lane}沿街",
        "effective_on": today,
        "enforcement_team_name": _team(shop),
    }


def _pledge(shop: Shop, today: date) -> dict[str, Any]:
    return {
        "shop_name": shop.name,
        "uscc": shop.uscc or NO_USCC,
        "address": shop.address,
        "catering": is_catering(shop),
        "signed_on": today,
        "valid_to": last_day(today, 1),
    }


def _statement(shop: Shop, today: date) -> dict[str, Any]:
    return {
        "issuer_name": issuer_of(shop.township),
        "shop_name": shop.name,
        "uscc": shop.uscc or NO_USCC,
        "address": shop.address,
        "frontage_m": shop.frontage_m,
        "lane_chief_title": f"{shop.lane}街巷长",
        "enforcement_team_name": _team(shop),
        "valid_from": today,
        "valid_to": last_day(today, 1),
    }


def _contract(shop: Shop, today: date) -> dict[str, Any]:
    streams = (Stream.KITCHEN, Stream.OTHER) if is_catering(shop) else (Stream.OTHER,)
    bins = "厨余垃圾桶、其他垃圾桶各1只，每只120升" if is_catering(shop) else "其他垃圾桶1只，120升"
    until = shop.contract_until
    return {
        "party_a": shop.name,
        "hauler_name": shop.hauler_name,
        "service_address": shop.address,
        "streams": tuple(streams),
        "bin_list": bins,
        "mediator_name": f"{shop.township}人民调解委员会",
        "valid_from": today,
        "valid_to": until if until and until > today else last_day(today, 1),
    }


def team_of(township: str) -> str:
    return f"{township}综合行政执法队"


def _team(shop: Shop) -> str:
    return team_of(shop.township)
