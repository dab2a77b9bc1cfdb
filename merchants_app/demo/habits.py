"""How shops take to the four notices: most sign, some owe one, some refuse, some wait (pure)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from random import Random

from compliance.notices.kinds import NoticeKind

COVENANT, PLEDGE, STATEMENT, CONTRACT = NoticeKind


class Habit(Enum):
    """What a shop does with what the desk sends it."""

    SIGNS = "signs all four at one sitting"
    OWES_CONTRACT = "signed three; the contract came later and waits"
    AGAINST_COVENANT = "will not join the covenant, signs the rest"
    REFUSES = "refuses all but the contract; the statement is served before a witness"
    WAITS = "got all four lately and has signed none"
    UNSEEN = "nobody has sent it anything yet"


@dataclass(frozen=True, slots=True)
class Waves:
    """Which kinds go out first, which of those are signed or refused, which go out lately."""

    first: tuple[NoticeKind, ...] = ()
    signed: tuple[NoticeKind, ...] = ()
    refused: tuple[NoticeKind, ...] = ()
    second: tuple[NoticeKind, ...] = ()


ALL = (COVENANT, PLEDGE, STATEMENT, CONTRACT)
WAVES: dict[Habit, Waves] = {
    Habit.SIGNS: Waves(ALL, signed=ALL),
    Habit.OWES_CONTRACT: Waves(ALL[:3], signed=ALL[:3], second=(CONTRACT,)),
    Habit.AGAINST_COVENANT: Waves(ALL, signed=ALL[1:], refused=(COVENANT,)),
    Habit.REFUSES: Waves(ALL, signed=(CONTRACT,), refused=ALL[:3]),
    Habit.WAITS: Waves(second=ALL),
    Habit.UNSEEN: Waves(),
}


def habit_of(rng: Random, order: float, *, has_phone: bool) -> Habit:
    """Return a shop's habit; `order` is its township's, without a phone nobody signs."""
    disorder = (1 - order) / 0.13
    if not has_phone:
        return rng.choice((Habit.WAITS, Habit.UNSEEN))
    others = {
        Habit.OWES_CONTRACT: 7.5,
        Habit.AGAINST_COVENANT: 2.5,
        Habit.REFUSES: 3.0,
        Habit.WAITS: 5.0,
        Habit.UNSEEN: 2.5,
    }
    weights = {habit: weight * disorder for habit, weight in others.items()}
    weights[Habit.SIGNS] = max(10.0, 100 - sum(weights.values()))
    return rng.choices(list(weights), list(weights.values()))[0]


def yearly_term(rng: Random, on: date) -> dict[str, object]:
    """Return the last day of a pledge and statement, if it is not the usual year's."""
    lot = rng.random()
    if lot < 0.035:
        return {"valid_to": on - timedelta(days=rng.randrange(3, 16))}
    return {"valid_to": on + timedelta(days=rng.randrange(3, 28))} if lot < 0.08 else {}


def vote(rng: Random, shops: int, first_day: date) -> dict[str, object]:
    """Return how a lane voted on its covenant."""
    yes = max(shops // 2 + 1, round(shops * rng.uniform(0.68, 0.95)))
    no = round((shops - yes) * rng.uniform(0, 0.6))
    return {
        "adopted_on": first_day - timedelta(days=rng.randrange(5, 25)),
        "eligible": shops,
        "yes": yes,
        "no": no,
        "abstain": shops - yes - no,
    }


def covenant_term(rng: Random, on: date) -> dict[str, object]:
    """Return the term of a lane's covenant, if it is an older one that soon ends or has ended."""
    lot = rng.random()
    if lot > 0.13:
        return {}
    ends = rng.randrange(8, 50) if lot > 0.04 else -rng.randrange(2, 8)
    begun = on - timedelta(days=364 - ends)
    adopted = begun - timedelta(days=rng.randrange(5, 25))
    return {"adopted_on": adopted, "effective_on": begun, "valid_years": 1}
