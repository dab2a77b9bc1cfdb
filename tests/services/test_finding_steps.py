"""More time, opening again, the shop's reply, the authority's papers: steps with more to them."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.catalogue import service as catalogue
from compliance.errors import InvalidInput
from compliance.findings import queries
from compliance.findings.clocks import computed
from compliance.findings.lifecycle import FindingState, Step
from compliance.findings.models import Finding
from tests.factories import World
from tests.people import Street

S, T = FindingState, Step
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def test_more_time_is_counted_from_the_old_deadline_and_only_for_who_asked(
    world: World, street: Street
):
    by_hours, by_days = street.fault("O02"), street.fault("A02")
    for opened in (by_hours, by_days):
        street.step(opened.id, T.ASK_TIME, by=street.merchant, words="等配件", days=3)
    asked = queries.reached_by(street.chief)
    assert world.read(queries.counts, asked, world.clock())["asked"] == 2

    granted = street.step(by_hours.id, T.GRANT_TIME, by=street.chief, days=2)
    longer = street.step(by_days.id, T.GRANT_TIME, by=street.chief, days=3)

    assert (granted.asked, granted.due_basis) == ("", "due.extended")
    assert granted.due_at == datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)
    assert longer.due_value == by_days_value(street) + 3
    assert longer.due_from == world.clock()
    assert clocks_days(world, longer) == longer.due_value
    told = [each.template for each in street.messages()]
    assert told.count("finding.time_granted") == 2


def by_days_value(street: Street) -> int:
    """Return the working days that the catalogue gives for an unlit sign."""
    return street.world.read(
        lambda session: (
            catalogue.catalogue(session, catalogue.edition_on(session, street.world.clock().date()))
            .items["A02"]
            .limit_value
        )
    )


def clocks_days(world: World, finding: Finding) -> int:
    """Return how many days the page counts for a deadline."""
    days = world.read(lambda session: computed(session, finding, catalogue.calendar(session)))
    return sum(day.counted for day in days)


def test_a_refusal_leaves_the_deadline_and_says_why(street: Street):
    opened = street.fault("H02")
    street.step(opened.id, T.ASK_TIME, by=street.merchant, words="今天忙", days=1)

    refused = street.step(opened.id, T.REFUSE_TIME, by=street.chief, words="垃圾当天清")

    assert (refused.asked, refused.due_at, refused.state) == ("", opened.due_at, S.REMINDED)


def test_what_was_closed_is_opened_again_with_the_full_time_and_the_end_forgotten(
    world: World, street: Street
):
    opened = street.fault("H02")
    closed = street.step(opened.id, T.PASS, by=street.chief)
    assert (closed.ended_by, closed.ended_at) == ("pass", world.clock())
    world.clock.forward(days=2)

    again = street.step(opened.id, T.REOPEN, by=street.desk, words="晚上又堆上了")

    assert (again.state, again.ended_at, again.ended_by) == (S.REMINDED, None, "")
    assert again.due_at == world.clock() + timedelta(hours=4)


def test_a_third_partys_doing_comes_back_as_a_third_partys(street: Street):
    opened = street.fault("O02", cause="third_party")
    left = street.step(opened.id, T.GIVE_UP, by=street.chief, words="企业不回应")
    assert (left.state, left.ended_by) == (S.UNRESOLVED, "give_up")

    again = street.step(opened.id, T.REOPEN, by=street.chief, words="企业派人了")

    assert (again.state, again.counted, again.due_at) == (S.THIRD_PARTY, False, None)


def test_the_shops_reply_stands_until_it_is_changed_or_taken_down(world: World, street: Street):
    opened = street.fault("H01", fixed_on_spot=True)
    with pytest.raises(InvalidInput):
        street.step(opened.id, T.REPLY, by=street.merchant)
    ended_at = street.view(opened.id).ended_at
    world.clock.forward(days=1)

    street.step(opened.id, T.REPLY, by=street.merchant, words="当时正在收摊")
    street.step(opened.id, T.REPLY, by=street.merchant, words="当场就扫了")

    assert world.read(queries.reply_of, opened.id) == "当场就扫了"
    assert street.view(opened.id).ended_at == ended_at
    street.step(opened.id, T.REPLY, by=street.merchant)
    assert world.read(queries.reply_of, opened.id) == ""


def test_a_case_is_noted_paper_by_paper_until_it_is_annulled(world: World, street: Street):
    opened = street.fault("O05")
    street.step(opened.id, T.ACCEPT, by=street.officer)
    for number, taken in enumerate((T.FILE_CASE, T.NOTIFY, T.PENALISE, T.CONTEST, T.ANNUL)):
        paper = {"document": f"京门样〔2026〕{number}号", "dated": world.clock().date()}
        fine = {"fen": 50000} if taken is T.PENALISE else {}
        moved = street.step(opened.id, taken, by=street.officer, words="…", **paper, **fine)
        if taken is T.NOTIFY:
            street.step(opened.id, T.DEFEND, by=street.merchant, words="不是我们", hearing=True)

    assert (moved.state, moved.counted, moved.ended_by) == (S.REVOKED, False, "annul")
    told = world.read(queries.events, opened.id)
    (penalty,) = [event for event in told if event.step == "penalise"]
    assert penalty.detail == {"document": "京门样〔2026〕2号", "dated": "2026-11-23", "fen": 50000}
    fact = next(each for each in street.entries() if each["kind"] == "finding.penalise")["fact"]
    assert fact["fen"] == 50000
