"""What of a former notice still holds in the next one (pure).

What the register knows is taken from the register, which may have been corrected since; what was
agreed or set for this shop alone is carried over; numbers, votes and days are never. A waste
contract with another hauler than the register's carries nothing: it was agreed with somebody else.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from compliance.notices.kinds import NoticeKind

NEVER = frozenset({"number", "version", "rule_version"})

DAYS_AND_VOTES = {
    NoticeKind.COVENANT: {"adopted_on", "effective_on", "eligible", "yes", "no", "abstain"},
    NoticeKind.PLEDGE: {"signed_on", "valid_to"},
    NoticeKind.RESPONSIBILITY_STATEMENT: {"valid_from", "valid_to"},
    NoticeKind.WASTE_CONTRACT: {"valid_from", "valid_to"},
}

AGREED = {
    NoticeKind.COVENANT: {"street_name", "association_name", "scope_desc"},
    NoticeKind.PLEDGE: set[str](),
    NoticeKind.RESPONSIBILITY_STATEMENT: set[str](),
    NoticeKind.WASTE_CONTRACT: {"party_a", "holder_type", "streams", "bin_list", "mediator_name"},
}
"""What holds as it was settled, whatever the register would suggest."""


def carried(
    kind: NoticeKind, former: Mapping[str, Any], suggested: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """Return the values of `former` that the next notice takes over beside what is `suggested`."""
    if kind is NoticeKind.WASTE_CONTRACT and _another_hauler(former, suggested):
        return {}
    kept = {
        name: value
        for name, value in former.items()
        if name not in NEVER | DAYS_AND_VOTES[kind] and value not in (None, "")
        if name in AGREED[kind] or name not in suggested
    }
    last = former.get("valid_to")
    if kind is NoticeKind.WASTE_CONTRACT and last and date.fromisoformat(str(last)) > today:
        kept["valid_to"] = last
    return kept


def _another_hauler(former: Mapping[str, Any], suggested: Mapping[str, Any]) -> bool:
    now = suggested.get("hauler_name")
    return bool(now) and now != former.get("hauler_name")
