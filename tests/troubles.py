"""What goes wrong in the town: findings on every road, and what the association said to some."""

from sqlmodel import select

from compliance.findings.lifecycle import Step
from compliance.findings.models import Agency
from compliance.reviews import service as reviews
from compliance.reviews.models import Review
from compliance.reviews.outcomes import Outcome
from tests.people import Street


def overdue_findings(street: Street) -> None:
    """Faults whose time passes: a legal matter, and two of the covenant, one before the council."""
    street.fault("O02", note="门口堆着纸箱")
    street.fault("N01")
    before_council = street.fault("N02").id
    street.world.clock.forward(days=30)
    version = street.version(before_council)
    street.world.write(
        reviews.send_overdue, street.desk, before_council, version=version, by=street.desk
    )


def fresh_findings(street: Street) -> None:
    """Faults in every state in which somebody has something to do."""
    street.fault("H01")
    street.fault("O08", cause="third_party")
    sent_on = street.fault("O07", cause="third_party").id
    street.step(sent_on, Step.DISPATCH, by=street.chief, to=Agency.COURIER_COMPANY)
    claimed = street.fault("H02").id
    street.step(claimed, Step.CLAIM, by=street.merchant, words="扫干净了")
    street.fault("H04")
    for code, decided in (("O01", False), ("O04", True)):
        disputed = street.fault(code).id
        street.world.write(
            reviews.object_to,
            street.merchant,
            disputed,
            version=street.version(disputed),
            words="不是本店的东西",
            by=street.merchant,
        )
        if decided:
            decide(street, disputed)
    with_the_team(street)
    asked_and_answered(street)


def with_the_team(street: Street) -> None:
    """One that the team has accepted, and one of which the authority has given notice."""
    accepted, noticed = street.fault("O05").id, street.fault("O05").id
    for finding_id in (accepted, noticed):
        street.step(finding_id, Step.ACCEPT, by=street.officer)
    for number, taken in enumerate((Step.FILE_CASE, Step.NOTIFY)):
        paper = {"document": f"京门样〔2026〕{number}号", "dated": street.world.clock().date()}
        street.step(noticed, taken, by=street.officer, words="现场核查属实", **paper)


def asked_and_answered(street: Street) -> None:
    """More time asked for, one closed that may come back, an objection that was not shared."""
    waiting, closed, upheld = (street.fault(code).id for code in ("A02", "H06", "A07"))
    street.step(waiting, Step.ASK_TIME, by=street.merchant, words="新字已经订做", days=3)
    street.step(closed, Step.PASS, by=street.chief)
    version, words = street.version(upheld), "滴水的是楼上的空调"
    street.world.write(
        reviews.object_to, street.merchant, upheld, version=version, words=words, by=street.merchant
    )
    decide(street, upheld, Outcome.UPHOLD)


def decide(street: Street, finding_id: str, outcome: Outcome = Outcome.REVOKE) -> None:
    query = select(Review.id).where(Review.finding_id == finding_id)
    review_id = street.world.read(lambda session: session.exec(query).one())
    street.decide(review_id, outcome, grounds="现场量过，照片和位置都看了")
