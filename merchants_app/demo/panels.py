"""The association at work: its members tell which shops they run, panels read and vote."""

from datetime import datetime, time

from compliance.accounts.permissions import Viewer
from compliance.act import LOCAL
from compliance.reviews import casting, members, panels, seating
from compliance.reviews.members import OwnShop
from compliance.reviews.outcomes import Outcome
from merchants_app.demo.district import District


def introduce(district: District) -> None:
    """Let every reviewer tell of a shop in the township, each in another lane where there are."""
    at = datetime.combine(district.plan.opening, time(9), LOCAL)
    for code, staff in district.cast.staff.items():
        lanes = [lane for lane in district.lanes if lane.town.code == code and lane.shops]
        for number, member in enumerate(staff.reviewers):
            lane = lanes[number % len(lanes)]
            category = lane.shops[number % len(lane.shops)].category
            own = [OwnShop(lane.id, category)]
            members.tell(district.session, district.act(at, member), member, shops=own)


def decide(
    district: District,
    at: datetime,
    review_id: str,
    outcome: Outcome,
    *,
    grounds: str,
    version: int,
    days: int | None,
) -> bool:
    """Let the panel of a review read the file and vote as one; return whether it could decide."""
    decided = False
    for member in _sitting(district, review_id):
        act = district.act(at, member)
        casting.open_file(district.session, act, member, review_id)
        review = panels.vote(
            district.session,
            act,
            member,
            review_id,
            outcome=outcome,
            grounds=grounds,
            version=version,
            days=days,
        )
        decided = review.decided_at is not None
    return decided


def _sitting(district: District, review_id: str) -> list[Viewer]:
    everyone = {
        member.account_id: member
        for staff in district.cast.staff.values()
        for member in staff.reviewers
    }
    seats = seating.seats(district.session, review_id)
    return [everyone[seat.account_id] for seat in seats]
