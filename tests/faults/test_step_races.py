"""Many edits of the same findings at once: each is kept or shown as a conflict, and none is lost."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest

from compliance.errors import Conflict
from compliance.findings import queries
from compliance.findings.lifecycle import Step
from compliance.ledger import service as ledger
from tests.factories import World
from tests.people import Street

FINDINGS = 5
THREADS = 8
OUTDATED = 5
"""Of so many edits one is made on a version that is known to be old."""


@pytest.mark.parametrize("edits", [200, pytest.param(2000, marks=pytest.mark.faults)])
def test_every_edit_is_kept_or_shown_as_a_conflict_and_none_is_lost(world: World, edits: int):
    street = Street(world)
    opened = [street.fault("N01").id for _ in range(FINDINGS)]
    for finding_id in opened:
        street.step(finding_id, Step.REPLY, by=street.merchant, words="开头")

    def edit(number: int) -> tuple[str, str, bool]:
        finding_id, words = opened[number % FINDINGS], f"第{number}次"
        seen = street.version(finding_id) - (number % (FINDINGS * OUTDATED) < FINDINGS)
        try:
            street.step(finding_id, Step.REPLY, by=street.merchant, words=words, version=seen)
        except Conflict:
            return finding_id, words, False
        return finding_id, words, True

    with ThreadPoolExecutor(THREADS) as threads:
        told = list(threads.map(edit, range(edits)))

    kept = defaultdict(set)
    for finding_id, words, taken in told:
        kept[finding_id] |= {words} if taken else set()
    conflicts = [words for _, words, taken in told if not taken]
    assert len(conflicts) >= edits // OUTDATED
    assert sum(len(words) for words in kept.values()) == edits - len(conflicts)
    for finding_id in opened:
        events = world.read(queries.events, finding_id)
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert {event.words for event in events[2:]} == kept[finding_id]
        assert len(events) == len(kept[finding_id]) + 2 == street.version(finding_id)
    replies = [each for each in street.entries() if each["kind"] == "finding.reply"]
    assert len(replies) == edits - len(conflicts) + FINDINGS
    assert world.read(ledger.verify)[1] == []
