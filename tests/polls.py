"""A street that votes on its covenant, for tests: shops, association, desk, and votes by phone."""

import json
from datetime import timedelta
from typing import Any

from sqlmodel import select

from compliance.accounts.permissions import Role, Viewer
from compliance.act import Act
from compliance.ledger import service as ledger
from compliance.merchants.shops import Shop
from compliance.notices.kinds import NoticeKind
from compliance.notices.publishing import text_in_force
from compliance.notifications.models import OutboxMessage
from compliance.votes import casting, proposing, service
from compliance.votes.counting import Base, Choice, Ratio, Stage, Terms
from compliance.votes.models import Ballot, Vote
from compliance.votes.proposing import Proposal
from tests.factories import DAYU, World
from tests.sittings import last_code, merchant_of

GIVEN = {
    "street_name": "月季园路",
    "association_name": "月季园路商户联合会",
    "scope_desc": "月季园路沿街",
    "enforcement_team_name": "大峪街道综合行政执法队",
    "watch_days": 20,
}
USUAL = Terms(50, Ratio.TWO_THIRDS, Base.ELIGIBLE)


class Poll:
    """A street of `size` shops with different phones, and the people who run its vote."""

    def __init__(
        self, world: World, size: int = 3, *, township: str = DAYU, lane: str = "月季园路"
    ) -> None:
        self.world = world
        self.township = township
        self.shops = [
            world.shop(f"样例{n}号店", township=township, lane=lane, phone=f"1380000{n:04d}")
            for n in range(1, size + 1)
        ]
        self.reviewer = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", township))
        self.desk = world.viewer(Role.TOWNSHIP_DESK, ("township", township))
        self._merchants: dict[str, Viewer] = {}

    def merchant(self, shop: Shop) -> Viewer:
        """Return the shop's operator, always in the same browser."""
        if shop.tenancy_id not in self._merchants:
            self._merchants[shop.tenancy_id] = merchant_of(self.world, shop)
        return self._merchants[shop.tenancy_id]

    def proposal(self, **named: Any) -> Proposal:
        """Return a vote of ten days from now on the covenant in force."""
        now = self.world.clock()
        usual: dict[str, Any] = {
            "township_code": self.township,
            "lane_ids": [self.shops[0].lane_id],
            "text_id": self.world.read(text_in_force, NoticeKind.COVENANT, Act(at=now).day).id,
            "given": GIVEN,
            "terms": USUAL,
            "opens_at": now,
            "closes_at": now + timedelta(days=10),
            "effective_on": Act(at=now + timedelta(days=11)).day,
        }
        return Proposal(**(usual | named))

    def prepare(self, *, by: Viewer | None = None, **named: Any) -> str:
        viewer = by or self.desk
        return self.world.write(proposing.prepare, viewer, self.proposal(**named), by=viewer).id

    def start(self, **named: Any) -> str:
        """Prepare by the desk, open by the association; return the vote's id."""
        vote_id = self.prepare(**named)
        self.world.write(service.approve, self.reviewer, vote_id, by=self.reviewer)
        return vote_id

    def prove(self, vote_id: str, shop: Shop) -> str:
        """Have a code sent to the shop's phone and typed in; return its id."""
        viewer, world = self.merchant(shop), self.world
        world.write(casting.send_code, viewer, vote_id, shop.tenancy_id, by=viewer)
        digits = last_code(world, shop.phone or "")
        place = (viewer, vote_id, shop.tenancy_id)
        code = world.write(casting.try_code, *place, digits, by=viewer)
        assert code is not None
        return code.id

    def cast(self, vote_id: str, shop: Shop, said: Choice = Choice.YES) -> Ballot:
        """Vote on the phone, a minute and a second later: codes are that far apart."""
        code_id, viewer = self.prove(vote_id, shop), self.merchant(shop)
        place = (viewer, vote_id, shop.tenancy_id)
        ballot = self.world.write(casting.cast, *place, said=said, code_id=code_id, by=viewer)
        self.world.clock.forward(seconds=61)
        return ballot

    def vote(self, vote_id: str) -> Vote:
        found: Vote = self.world.read(lambda session: session.get_one(Vote, vote_id))
        return found

    def stage(self, vote_id: str) -> Stage:
        return self.vote(vote_id).stage

    def tick(self) -> None:
        """Do what falls due now, as the worker would."""
        for step in (service.open_due, service.remind_due, service.close_due):
            self.world.write(step)

    def end(self, vote_id: str) -> Vote:
        """Wait for the closing moment; return the counted vote."""
        self.world.clock.at = self.vote(vote_id).closes_at
        self.tick()
        return self.vote(vote_id)

    def entries(self, subject: str, kind: str) -> list[tuple[dict, dict | None]]:
        """Return content and erasable body of the entries of a kind."""
        stored = self.world.read(lambda s: list(ledger.stored_entries(s, subject)))
        told = [(json.loads(e.content), json.loads(e.body) if e.body else None) for e in stored]
        return [each for each in told if each[0]["kind"] == kind]

    def messages(self, template: str) -> list[OutboxMessage]:
        query = select(OutboxMessage).where(OutboxMessage.template == template)
        return list(self.world.read(lambda session: session.exec(query).all()))
