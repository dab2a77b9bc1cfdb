"""Every state × every step × everybody: exactly what the table says is possible, and nothing else."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import TABLE, Role, Viewer
from compliance.act import Act
from compliance.errors import ComplianceError
from compliance.findings import service as findings
from compliance.findings.lifecycle import STEPS, FindingState, Step, who
from compliance.findings.models import Agency, Finding
from tests.factories import DAYU, World
from tests.people import Street

S, T = FindingState, Step
NOT_FOR_YOU = {"account.not_allowed", "finding.unknown"}


def everybody(world: World, street: Street) -> dict[Role, Viewer]:
    """Return one person of each role, all of them at this shop."""
    here = ("township", DAYU)
    return {
        Role.MERCHANT: street.merchant,
        Role.LANE_CHIEF: street.chief,
        Role.ENFORCEMENT_OFFICER: street.officer,
        Role.ASSOCIATION_REVIEWER: street.reviewer,
        Role.TOWNSHIP_DESK: street.desk,
        Role.DISTRICT_DESK: world.viewer(Role.DISTRICT_DESK),
        Role.AUDITOR: world.viewer(Role.AUDITOR),
        Role.WASTE_HAULER: world.viewer(Role.WASTE_HAULER, here),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_what_the_table_says_is_possible_and_only_for_those_it_names(world: World):
    street = Street(world)
    opened = street.fault("O02")
    street.step(opened.id, T.OBJECT, by=street.merchant, words="不是我家的")
    world.clock.forward(hours=5)  # the time to put it right is over, the time to object is not
    people = everybody(world, street)
    paper = {"document": "京门样罚〔2026〕3号", "dated": world.clock().date()}
    given = {"words": "说明", "to": Agency.HOTLINE, "days": 2, "into": "f", "patrol": "p", **paper}

    def attempt(session: Session, state: FindingState, step: Step, viewer: Viewer) -> str:
        """Take a step from a state, all other conditions being met, and undo it again."""
        facts = {"state": state, "asked": "ask_time", "ended_by": "pass", "ended_at": world.clock()}
        facts["covenant_only"] = step is T.SEND_TO_ASSOCIATION
        undone = session.begin_nested()
        act = world.act(viewer)
        try:
            session.execute(sa.update(Finding).where(Finding.id == opened.id).values(**facts))
            return findings.step(
                session, act, viewer, opened.id, step, version=2, **given
            ).state.value
        except ComplianceError as refusal:
            return refusal.code
        finally:
            undone.rollback()

    def all_pairs(session: Session, _act: Act) -> None:
        for state in S:
            for step in T:
                for role, viewer in people.items():
                    theirs = who(state, step) in TABLE[role]
                    if not theirs and (state, step) not in STEPS:
                        continue  # neither the table nor the person: refused twice over
                    told = attempt(session, state, step, viewer)
                    named = (state.value, step.value, role.value, told)
                    if not theirs:
                        assert told in NOT_FOR_YOU, named
                    elif (state, step) in STEPS:
                        assert told == STEPS[state, step].value, named
                    else:
                        assert told == "finding.step_not_possible", named

    world.write(all_pairs)
    assert street.version(opened.id) == 2
