"""Panels: who may sit, who is drawn, what votes come to; and what the association never says."""

import hashlib
from io import BytesIO
from itertools import product

import pytest
from babel.messages.pofile import read_po

from compliance.reviews import panel
from compliance.reviews.outcomes import OUTCOMES, ReviewReason
from compliance.reviews.panel import Case, LeftWhy, Member, Tally, bar, chosen, tally
from merchants_app import paths

HERE, NEXT_DOOR = "110109001000", "110109007000"
CASE = Case(township=HERE, lane="lane-1", category="catering")
NAMES = ["chen", "li", "sun", "wang", "zhao"]
MILD = ["dismiss", "mediate", "talk", "criticise", "list", "refer"]


def member(name: str = "li", *shops: tuple[str, str], township: str = HERE) -> Member:
    return Member(name, frozenset({township}), frozenset(shops))


@pytest.mark.parametrize(
    ("who", "case", "why"),
    [
        (member(), CASE, None),
        (member("li", ("lane-1", "pharmacy"), ("lane-2", "catering")), CASE, None),
        (member("li", ("lane-1", "catering")), CASE, LeftWhy.SAME_TRADE),
        (member(township=NEXT_DOOR), CASE, LeftWhy.NOT_A_MEMBER),
        (member(), Case(HERE, "lane-1", "bar", recorders=frozenset({"li"})), LeftWhy.RECORDED),
        (member(), Case(HERE, "lane-1", "bar", former=frozenset({"li"})), LeftWhy.DECIDED_BEFORE),
        (member(), Case(HERE, "lane-1", "bar", proposed_by="li"), LeftWhy.PROPOSED),
        (member(), Case(HERE, "lane-1", "bar", ties={"li": LeftWhy.RELATIVE}), LeftWhy.RELATIVE),
        (
            member(township=NEXT_DOOR),
            Case(HERE, "lane-1", "bar", widened_to=frozenset({NEXT_DOOR})),
            None,
        ),
    ],
)
def test_who_has_to_do_with_a_case_does_not_sit(who: Member, case: Case, why: LeftWhy | None):
    assert bar(who, case) is why


def test_the_lot_can_be_computed_again_with_nothing_but_a_hash():
    entry = "ab" * 32
    by_hand = sorted(NAMES, key=lambda name: hashlib.sha256((entry + name).encode()).digest())

    assert chosen(entry, NAMES, [], [], 3) == by_hand[:3]
    assert chosen(entry, reversed(NAMES), [], [], 3) == by_hand[:3]


def test_who_leaves_is_followed_by_the_next_and_never_comes_back():
    entry = "cd" * 32
    order = panel.in_order(entry, NAMES)

    assert chosen(entry, NAMES, order[1:3], order[:1], 3) == order[3:4]
    assert chosen(entry, order[:3], order[1:3], order[:1], 3) == []
    assert chosen(entry, order[:2], [], [], 3) == [], "an empty panel begins only when it is full"


def votes(*counts: int) -> list[str]:
    return [MILD[place] for place, count in enumerate(counts) for _ in range(count)]


@pytest.mark.parametrize(
    ("cast", "size", "waiting", "round_", "told"),
    [
        (votes(2), 3, 1, 1, Tally()),
        (votes(2, 1), 3, 0, 1, Tally("dismiss")),
        (votes(0, 0, 0, 3), 3, 0, 1, Tally("criticise")),
        (votes(1, 0, 1, 0, 0, 1), 3, 0, 1, Tally(run_off=("dismiss", "talk"))),
        (votes(0, 0, 1, 2), 3, 0, 2, Tally("criticise")),
        (votes(0, 0, 0, 3), 5, 2, 1, Tally("criticise")),
        (votes(0, 0, 1, 2), 5, 2, 1, Tally()),
        (votes(0, 0, 1, 2, 2), 5, 0, 1, Tally(run_off=("criticise", "list"))),
        (votes(0, 0, 0, 2, 2), 5, 0, 2, Tally("criticise", in_doubt=True)),
        (votes(0, 2), 3, 0, 2, Tally()),
    ],
)
def test_what_the_votes_come_to(cast: list[str], size: int, waiting: int, round_: int, told: Tally):
    found = tally(cast, size=size, waiting=waiting, round_=round_, mildest_first=MILD)

    assert found == told


def test_no_votes_whatever_decide_without_a_majority_and_a_quorum():
    for size, round_ in product((3, 5), (1, 2)):
        for cast in (each for n in range(size + 1) for each in product(MILD[2:5], repeat=n)):
            waiting = size - len(cast)
            found = tally(cast, size=size, waiting=waiting, round_=round_, mildest_first=MILD)
            agreed = cast.count(found.outcome) if found.outcome else 0
            if len(cast) < 3 or (waiting and 2 * agreed <= size):
                assert found.outcome is None
            if not waiting:
                assert found.outcome or found.run_off, "nobody is left in the air"
            if found.outcome and not found.in_doubt:
                assert 2 * agreed > size


def test_the_association_has_no_penalty_among_its_measures():
    """警告 and 通报批评 are penalties in law (行政处罚法 9), and so is every fine."""
    words = [
        (path.name, str(entry.id), str(entry.string))
        for path in sorted(paths.LOCALE.glob("*/*.po"))
        for entry in read_po(BytesIO(path.read_bytes()))
    ]
    words += [
        (path.name, "", path.read_text("utf-8")) for path in sorted(paths.TEMPLATES.rglob("*.html"))
    ]
    named = [
        (name, said[:60])
        for name, *said_ in words
        for said in said_
        for penalty in ("警告", "通报批评")
        if penalty in said
    ]

    assert named == []
    assert "fine" not in {outcome.value for each in ReviewReason for outcome in OUTCOMES[each]}
