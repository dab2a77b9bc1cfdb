"""Contracts on the official form: what is noted of one, and the text that records it (pure).

Caterers and other kitchens have to use the city's own model contract (BF—2020—2721 and what
followed it), so no text of ours takes its place. It is signed on paper; what the platform keeps is
this record, the hashes of the pictures that were uploaded, and that the desk compared the two.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import Field

from compliance.notices.kinds import NoticeKind
from compliance.notices.texts_2026 import ModelText
from compliance.notices.values import STREAM_NAMES, Line, Some, Stream, Values

KIND = NoticeKind.WASTE_CONTRACT
VERSION = "BF-2020-2721"
EFFECTIVE_FROM = date(2020, 9, 1)


class HolderType(StrEnum):
    """Who holds the contract: the shop itself, or who manages the place it is in."""

    OPERATOR = "operator"
    MALL = "mall"
    MARKET = "market"
    PROPERTY = "property"
    VILLAGE = "village"


HOLDER_NAMES = {
    HolderType.OPERATOR: "经营者",
    HolderType.MALL: "商场",
    HolderType.MARKET: "市场",
    HolderType.PROPERTY: "物业服务人",
    HolderType.VILLAGE: "村（居）委会",
}


class Every(StrEnum):
    """The period in which a number of collections is promised."""

    DAY = "日"
    WEEK = "周"
    MONTH = "月"


class OfficialValues(Values):
    """What is noted of a contract on the official form; `files` are the hashes of its pictures."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"holder", "collection"})
    PRIVATE: ClassVar[frozenset[str]] = frozenset({"official_no", "files"})
    PUBLIC_FACTS: ClassVar[tuple[str, ...]] = (
        "hauler_name",
        "hauler_permit_no",
        "permit_valid_to",
        "streams",
        "collection",
        "destination",
    )

    official_no: Annotated[str, Field(min_length=1, max_length=40)]
    party_a: Line
    holder_type: HolderType = HolderType.OPERATOR
    hauler_name: Annotated[str, Field(min_length=1, max_length=80)]
    hauler_permit_no: Annotated[str, Field(min_length=1, max_length=40)]
    permit_valid_to: date
    service_address: Line
    streams: Annotated[list[Stream], Field(min_length=1)]
    freq_unit: Every = Every.DAY
    freq_count: Some = 1
    time_window: Line
    destination: Line
    valid_from: date
    valid_to: date
    files: Annotated[list[str], Field(min_length=1)]

    @property
    def holder(self) -> str:
        return HOLDER_NAMES[self.holder_type]

    @property
    def collection(self) -> str:
        """How often and when, in one line for the door."""
        return f"每{self.freq_unit.value}{self.freq_count}次，{self.time_window}"

    @property
    def term(self) -> tuple[date, date]:
        return self.valid_from, self.valid_to

    @property
    def permit_ends_first(self) -> bool:
        """Whether the hauler's permit, as noted, ends before the contract does.

        A warning for whoever checks it, not a fault: permits are renewed from year to year.
        """
        return self.permit_valid_to < self.valid_to

    def placeholders(self) -> dict[str, Any]:
        named = [STREAM_NAMES[stream] for stream in Stream if stream in self.streams]
        return super().placeholders() | {"streams": named}

    def faults(self, *, catering: bool) -> dict[str, str]:
        wrong = super().faults(catering=catering)
        if self.permit_valid_to < self.valid_from:
            wrong["permit_valid_to"] = "notice.permit_ended_before"
        if catering and Stream.KITCHEN not in self.streams:
            wrong["streams"] = "notice.kitchen_missing"
        return wrong


OFFICIAL_TEXT = ModelText(
    kind=KIND,
    title="垃圾收运合同（官方示范文本）登记",
    summary="本店用的是市里统一的收运合同。这里登记由谁收、收什么、几点收；合同原件交镇街核对，不公开。",
    summary_en=(
        "This shop uses the city's own collection contract. Noted here: who collects, what and "
        "when. The township compares it with the original, which is not shown to the public."
    ),
    emphasis="",
    body="""\
《垃圾收运合同（官方示范文本）登记》  编号 {number}
一、合同 双方使用市主管部门发布的合同示范文本，合同编号 {official_no}，已在纸面签字盖章。
二、双方 甲方（产生单位或管理单位）{party_a}（{holder}）；乙方（收运单位）{hauler_name}，\
收运许可证号 {hauler_permit_no}，有效期至 {permit_valid_to}。
三、收运 {service_address}产生的{streams}，{collection}，运至{destination}。
四、期限 自{valid_from}至{valid_to}。
五、原件 上传文件的 SHA-256：{files}。
甲方 {signature_a}    乙方 {signature_b}    校验码 {doc_hash_short}
""",
)
