"""A street with one shop and everybody who has to do with it, for tests of findings and reviews."""

import json
from typing import Any

from sqlmodel import select

from compliance.accounts.permissions import Role, Viewer
from compliance.catalogue import service as catalogue
from compliance.findings import queries
from compliance.findings import service as findings
from compliance.findings.lifecycle import Step
from compliance.findings.models import Finding
from compliance.findings.opening import Opened
from compliance.findings.public import PublicFinding, public_findings
from compliance.ledger import service as ledger
from compliance.notifications.models import OutboxMessage
from compliance.reviews.models import Review
from compliance.reviews.outcomes import Outcome
from tests import panels
from tests.factories import DAYU, World
from tests.panels import REASONS


class Street:
    """One shop, its merchant, lane chief, officer, desk and three reviewers of the association."""

    def __init__(
        self,
        world: World,
        *,
        township: str = DAYU,
        lane: str = "月季园路",
        name: str = "京西样例饺子馆",
    ) -> None:
        self.world = world
        self.shop = world.shop(name, township=township, lane=lane)
        here = ("township", township)
        self.merchant = world.viewer(Role.MERCHANT, ("tenancy", self.shop.tenancy_id))
        self.chief = world.viewer(Role.LANE_CHIEF, ("lane", self.shop.lane_id))
        self.officer = world.viewer(Role.ENFORCEMENT_OFFICER, here)
        self.desk = world.viewer(Role.TOWNSHIP_DESK, here)
        self.reviewer = world.viewer(Role.ASSOCIATION_REVIEWER, here)
        self.colleague = world.viewer(Role.ASSOCIATION_REVIEWER, here)
        self.third = world.viewer(Role.ASSOCIATION_REVIEWER, here)

    def fault(
        self,
        code: str,
        *,
        by: Viewer | None = None,
        cause: str = "merchant",
        fixed_on_spot: bool = False,
        note: str = "",
        photos: tuple[str, ...] = (),
    ) -> Opened:
        """Record a fault at the shop, by its lane chief unless said otherwise."""

        def open_it(session: Any, act: Any) -> Opened:
            edition = catalogue.edition_on(session, act.at.date())
            return findings.open_finding(
                session,
                act,
                tenancy_id=self.shop.tenancy_id,
                patrol_id=act.new_id(),
                patrol_kind="patrol",
                item=catalogue.catalogue(session, edition).items[code],
                cause=cause,
                fixed_on_spot=fixed_on_spot,
                note=note,
                photos=photos,
                calendar=catalogue.calendar(session),
            )

        return self.world.write(open_it, by=by or self.chief)

    def version(self, finding_id: str) -> int:
        return self.world.read(lambda session: session.get_one(Finding, finding_id).version)

    def step(
        self, finding_id: str, taken: Step, *, by: Viewer, version: int | None = None, **given: Any
    ) -> Finding:
        """Take a step on what the person sees now, unless an older version is named."""
        seen = self.version(finding_id) if version is None else version
        return self.world.write(findings.step, by, finding_id, taken, version=seen, by=by, **given)

    def decide(
        self, review_id: str, outcome: Outcome, *, grounds: str = REASONS, days: int | None = None
    ) -> Review:
        """Let the members of a review's panel vote for one outcome, each after reading the file."""
        return panels.decided(self.world, review_id, outcome, grounds=grounds, days=days)

    def view(self, finding_id: str) -> queries.FindingView:
        return self.world.read(queries.one, self.merchant, finding_id)

    def public(self) -> list[PublicFinding]:
        return self.world.read(public_findings, self.shop.tenancy_id, self.world.clock())

    def entries(self) -> list[dict[str, Any]]:
        """Return the shop's ledger entries."""
        subject = ledger.tenancy_subject(self.shop.tenancy_id)
        stored = self.world.read(lambda session: list(ledger.stored_entries(session, subject)))
        return [json.loads(entry.content) for entry in stored]

    def messages(self) -> list[OutboxMessage]:
        """Return the messages queued so far, by template."""
        query = select(OutboxMessage).order_by(OutboxMessage.template)
        return list(self.world.read(lambda session: session.exec(query).all()))
