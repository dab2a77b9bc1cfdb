"""Four kinds of visit with different rights: patrol, inspection, self check, peer check.

A patrol (巡查) sees what can be seen from public space; anyone appointed may do it. An inspection
(行政检查) enters or asks for papers: two certified officers who show their certificates, under a
published plan (行政处罚法 42, 55; 京政办发〔2025〕10号). Waste papers and kitchens are therefore
for inspections, and for a shop's own check of itself.
"""

from compliance.accounts.permissions import Action, Viewer
from compliance.catalogue.service import Catalogue
from compliance.errors import InvalidInput
from compliance.patrols.models import PatrolKind
from compliance.patrols.payload import Payload

MAY_LOG: dict[PatrolKind, Action] = {
    PatrolKind.PATROL: Action.PATROL_LOG,
    PatrolKind.INSPECTION: Action.INSPECTION_LOG,
    PatrolKind.SELF_CHECK: Action.SELF_CHECK_LOG,
    PatrolKind.PEER_CHECK: Action.PEER_CHECK_LOG,
}

VISITS = (PatrolKind.PATROL, PatrolKind.INSPECTION)
"""The kinds by which a shop counts as seen: not what it, or its neighbour, says of it."""

OPENS_FINDINGS = frozenset({PatrolKind.PATROL, PatrolKind.INSPECTION, PatrolKind.PEER_CHECK})
"""A shop that checks itself is not held to what it finds."""

LOOKS_INSIDE = frozenset({PatrolKind.INSPECTION, PatrolKind.SELF_CHECK})

ADVICE = 0
"""The severity that is spoken of and never held against a shop."""


def offered_to(viewer: Viewer, certificate: str | None) -> list[PatrolKind]:
    """Return the kinds that a person may log, the usual one first; nobody inspects uncertified."""
    may_log = [kind for kind, action in MAY_LOG.items() if viewer.may(action)]
    return [kind for kind in may_log if kind is not PatrolKind.INSPECTION or certificate]


def check(payload: Payload, catalogue: Catalogue) -> None:
    """Raise InvalidInput `patrol.invalid` naming every field that breaks the rules of its kind."""
    faults = _inspection_faults(payload)
    seen: set[str] = set()
    for number, item in enumerate(payload.items):
        place = f"items.{number}"
        known = catalogue.find(item.code)
        if known is None:
            faults[f"{place}.code"] = "patrol.unknown_item"
        elif known.officer_only and payload.kind not in LOOKS_INSIDE:
            faults[f"{place}.code"] = "patrol.officers_only"
        elif item.code in seen:
            faults[f"{place}.code"] = "patrol.repeated_item"
        if item.fixed_on_spot and not item.is_fault:
            faults[f"{place}.fixed_on_spot"] = "patrol.nothing_to_fix"
        if (item.again or item.separate) and not item.is_fault:
            faults[f"{place}.again"] = "patrol.nothing_seen_again"
        elif item.again and item.separate:
            faults[f"{place}.separate"] = "patrol.again_or_separate"
        seen.add(item.code)
    if faults:
        raise InvalidInput("patrol.invalid", fields=faults)


def _inspection_faults(payload: Payload) -> dict[str, str]:
    if payload.kind is not PatrolKind.INSPECTION:
        given = {
            "officers": bool(payload.officers),
            "plan_ref": payload.plan_ref is not None,
            "credentials_shown": payload.credentials_shown is not None,
        }
        return {name: "inspection.only" for name, there in given.items() if there}
    faults = {}
    if len(set(payload.officers)) != 2:
        faults["officers"] = "inspection.two_officers"
    if payload.plan_ref is None:
        faults["plan_ref"] = "inspection.plan_needed"
    if payload.credentials_shown is not True:
        faults["credentials_shown"] = "inspection.credentials_needed"
    return faults
