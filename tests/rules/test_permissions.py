"""The table of who may do what, and how far each role reaches."""

import pytest

from compliance.accounts.permissions import (
    TABLE,
    Action,
    Place,
    Reach,
    Role,
    Viewer,
    reaches,
    require_at,
)
from compliance.errors import NotAllowed, NotFound

HERE = Place(township="t1", lane="l1", tenancy="s1", hauler="h1")
THERE = Place(township="t2", lane="l2", tenancy="s2", hauler="h2")


def viewer(role: Role) -> Viewer:
    return Viewer(
        "a",
        role,
        townships=frozenset({"t1"}),
        lanes=frozenset({"l1"}),
        tenancies=frozenset({"s1"}),
        haulers=frozenset({"h1"}),
    )


def test_every_role_has_its_line():
    assert set(TABLE) == set(Role)


def test_every_action_belongs_to_somebody():
    granted = {action for row in TABLE.values() for action in row}

    assert granted == set(Action)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_reach_ends_where_the_accounts_places_end(role: Role, action: Action):
    reach = TABLE[role].get(action)

    assert reaches(viewer(role), action, HERE) is (reach is not None)
    assert reaches(viewer(role), action, THERE) is (reach is Reach.DISTRICT)


def test_what_is_out_of_reach_looks_as_if_it_did_not_exist():
    with pytest.raises(NotFound):
        require_at(viewer(Role.LANE_CHIEF), Action.PATROL_LOG, THERE)
    with pytest.raises(NotAllowed):
        require_at(viewer(Role.MERCHANT), Action.PATROL_LOG, HERE)


def test_seen_and_judged_are_different_hands():
    patrols = {role for role in Role if Action.PATROL_LOG in TABLE[role]}
    decides = {role for role in Role if Action.REVIEW_DECIDE in TABLE[role]}
    inspects = {role for role in Role if Action.INSPECTION_LOG in TABLE[role]}

    assert not patrols & decides
    assert inspects == {Role.ENFORCEMENT_OFFICER}


def test_the_auditor_changes_nothing():
    assert all(action.value.endswith(".read") for action in TABLE[Role.AUDITOR])
