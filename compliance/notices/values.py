"""What each kind of notice says besides its model text, with the defaults of the house (pure).

Defaults are proposals, not law; the desk may change each of them before a notice is issued. Numbers
and versions are set when a notice is issued. What names a price, an account or a way of payment is
never shown to the public.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from compliance.errors import InvalidInput
from compliance.notices.kinds import NoticeKind
from compliance.notices.terms import last_day

Line = Annotated[str, Field(min_length=1, max_length=120)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Some = Annotated[int, Field(ge=1, le=3_650)]
Metres = Annotated[float, Field(gt=0, le=2_000)]


class Values(BaseModel):
    """What all kinds share. `placeholders` gives every name the model texts of the kind may use."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    DERIVED: ClassVar[frozenset[str]] = frozenset()
    PRIVATE: ClassVar[frozenset[str]] = frozenset()
    PUBLIC_FACTS: ClassVar[tuple[str, ...]] = ()

    number: str = ""
    version: str = ""
    rule_version: str = ""

    @classmethod
    def names(cls) -> frozenset[str]:
        return frozenset(cls.model_fields) | cls.DERIVED

    @property
    def term(self) -> tuple[date, date]:
        """First and last day on which the notice holds."""
        raise NotImplementedError

    def placeholders(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.names()}

    def faults(self, *, catering: bool) -> dict[str, str]:
        """Return field → error code for what is wrong between the values."""
        first, last = self.term
        return {} if first < last else {"valid_to": "notice.dates_reversed"}


class CovenantValues(Values):
    DERIVED = frozenset({"valid_to"})
    PUBLIC_FACTS = ("association_name", "scope_desc", "adopted_on")

    street_name: Line
    association_name: Line
    scope_desc: Line
    adopted_on: date
    effective_on: date
    eligible: Count
    yes: Count
    no: Count = 0
    abstain: Count = 0
    amend_ratio: Line = "三分之二"
    enforcement_team_name: Line
    sign_fix_days: Some = 3
    watch_days: Some = 30
    panel_min: Some = 3
    appeal_days: Some = 5
    good_months: Some = 6
    valid_years: Annotated[int, Field(ge=1, le=5)] = 2
    renew_notice_days: Some = 60

    @property
    def valid_to(self) -> date:
        return last_day(self.effective_on, self.valid_years)

    @property
    def term(self) -> tuple[date, date]:
        return self.effective_on, self.valid_to

    def faults(self, *, catering: bool) -> dict[str, str]:
        counted = self.yes + self.no + self.abstain
        carried = counted <= self.eligible < 2 * self.yes
        wrong = {} if carried else {"yes": "notice.not_carried"}
        return super().faults(catering=catering) | wrong


class PledgeValues(Values):
    DERIVED = frozenset({"pledge_no"})

    shop_name: Line
    uscc: Line
    address: Line
    catering: bool = False
    complaint_reply_hours: Some = 24
    clean_times: Some = 2
    change_report_days: Some = 7
    signed_on: date
    valid_to: date

    @property
    def pledge_no(self) -> str:
        return self.number

    @property
    def term(self) -> tuple[date, date]:
        return self.signed_on, self.valid_to


class StatementValues(Values):
    DERIVED = frozenset({"statement_no"})
    PUBLIC_FACTS = ("issuer_name", "lane_chief_title", "enforcement_team_name")

    issuer_name: Line
    shop_name: Line
    uscc: Line
    address: Line
    frontage_m: Metres
    depth_m: Metres = 3.0
    line_desc: Line = "临街建筑外墙"
    depth_ref_desc: Line = "便道道牙"
    left_neighbour: Line = "店铺"
    right_neighbour: Line = "店铺"
    zone_map_ref: Line = "见平台责任区图"
    lane_chief_title: Line
    enforcement_team_name: Line
    objection_days: Some = 3
    reply_days: Some = 5
    valid_from: date
    valid_to: date

    @property
    def statement_no(self) -> str:
        return self.number

    @property
    def term(self) -> tuple[date, date]:
        return self.valid_from, self.valid_to


class Stream(StrEnum):
    """The four streams of Beijing's sorting rule."""

    KITCHEN = "kitchen"
    OTHER = "other"
    RECYCLABLE = "recyclable"
    HAZARDOUS = "hazardous"


STREAM_NAMES = {
    Stream.KITCHEN: "厨余垃圾",
    Stream.OTHER: "其他垃圾",
    Stream.RECYCLABLE: "可回收物",
    Stream.HAZARDOUS: "有害垃圾",
}


class ContractValues(Values):
    DERIVED = frozenset({"contract_no"})
    PRIVATE = frozenset({"price_basis", "settle_cycle", "payment_method", "late_rate"})
    PUBLIC_FACTS = ("hauler_name", "hauler_permit_no", "permit_valid_to", "streams", "collection")

    party_a: Line
    holder_type: Line = "经营者"
    hauler_name: Annotated[str, Field(min_length=1, max_length=80)]
    hauler_permit_no: Annotated[str, Field(min_length=1, max_length=40)]
    permit_valid_to: date
    service_address: Line
    streams: Annotated[list[Stream], Field(min_length=1)]
    extra_streams_clause: Line = "另行约定，不混入上述类别"
    bin_list: Line
    bin_owner: Line = "乙方"
    bin_fix_days: Some = 3
    freq_unit: Line = "日"
    freq_count: Some = 1
    time_window: Line = "20:00–22:00"
    handover_point: Line = "店门前"
    holiday_clause: Line = "照常收运"
    change_notice_hours: Some = 24
    measure_basis: Line = "容积"
    price_basis: Line = "（京发改〔2013〕2662号、京发改〔2021〕1277号）"
    settle_cycle: Line = "每月一次"
    payment_method: Line = "银行转账"
    destination: Line = "政府指定的生活垃圾处理设施"
    miss_limit: Some = 3
    late_rate: Line = "万分之五"
    renew_notice_days: Some = 30
    mediator_name: Line
    dispute_forum: Line = "门头沟区人民法院起诉"
    valid_from: date
    valid_to: date

    @property
    def contract_no(self) -> str:
        return self.number

    @property
    def collection(self) -> str:
        """How often and when, in one line for the door."""
        return f"每{self.freq_unit}{self.freq_count}次，{self.time_window}"

    @property
    def term(self) -> tuple[date, date]:
        return self.valid_from, self.valid_to

    def placeholders(self) -> dict[str, Any]:
        named = [STREAM_NAMES[stream] for stream in Stream if stream in self.streams]
        return super().placeholders() | {"streams": named}

    def faults(self, *, catering: bool) -> dict[str, str]:
        wrong = super().faults(catering=catering)
        if self.valid_to > self.permit_valid_to:
            wrong["valid_to"] = "notice.permit_ends_first"
        if catering and Stream.KITCHEN not in self.streams:
            wrong["streams"] = "notice.kitchen_missing"
        return wrong


OF_KIND: dict[NoticeKind, type[Values]] = {
    NoticeKind.COVENANT: CovenantValues,
    NoticeKind.PLEDGE: PledgeValues,
    NoticeKind.RESPONSIBILITY_STATEMENT: StatementValues,
    NoticeKind.WASTE_CONTRACT: ContractValues,
}

V = TypeVar("V", bound=Values)


def complete(model: type[V], given: dict[str, Any], *, catering: bool) -> V:
    """Return `given` as values of a kind.

    Raises InvalidInput `notice.value_missing` naming the first that is not there or not possible,
    or the code of the first rule that is broken between them, with every field at fault.
    """
    try:
        values = model.model_validate(given)
    except ValidationError as error:
        faults = {str(each["loc"][0]): _code_of(each["type"]) for each in error.errors()}
        name = next(iter(faults))
        raise InvalidInput(faults[name], fields=faults, name=name) from None
    if faults := values.faults(catering=catering):
        raise InvalidInput(next(iter(faults.values())), fields=faults)
    return values


def _code_of(pydantic_type: str) -> str:
    return "notice.value_missing" if pydantic_type == "missing" else "notice.value_impossible"
