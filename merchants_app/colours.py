"""What pages say of a shop's colour: the sum line by line, and the colour that holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from compliance.coverage.conditions import day_of
from compliance.findings.queries import FINDINGS, finding_table
from compliance.findings.queries import listed as findings_of
from compliance.grades import publishing, service
from compliance.grades.models import Grade, GradeOverride
from compliance.grades.points import FULL, POINT, Factor, Ground, Line, PointRule, Sum
from compliance.grades.rules import Colour, Rules, inspection_cap, visit_every
from compliance.merchants.shops import Shop
from merchants_app.words import label


def score(hundredths: int, *, sign: bool = False) -> str:
    """Write hundredths of a point: 93.9, −2.25; with `sign` a plus before what adds."""
    whole, rest = divmod(abs(hundredths), POINT)
    text = f"{whole}.{rest:02}".rstrip("0").rstrip(".")
    if hundredths < 0:
        return f"−{text}"
    return f"+{text}" if sign and hundredths else text


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the sum as people read it: what it is, where it stands, what changed it."""

    rule: PointRule
    name: str
    href: str
    on: date
    factors: Sequence[tuple[str, str]]
    amount: str
    until: datetime | None
    costs: bool


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A colour that was written down, and the points it stood on."""

    at: datetime
    colour: Colour
    ground: Ground
    points: str


@dataclass(frozen=True, slots=True)
class ShopColour:
    """The colour that holds for a shop, why, and what it changes.

    `computed` is the colour written down last; `live` what the sum of this moment makes of it,
    `clamped` whether its lines add up to more than a hundred, or to less than nothing.
    """

    shop: Shop
    colour: Colour
    computed: Colour
    live: Sum
    lines: Sequence[ShownLine]
    points: str
    clamped: bool
    set_by_hand: GradeOverride | None
    changes: Sequence[ShownChange]
    rules: Rules
    visit_every: int
    inspections: int
    now: datetime

    @property
    def costs(self) -> Sequence[ShownLine]:
        """The lines that take points away."""
        return [line for line in self.lines if line.costs]


def of_shop(session: Session, shop: Shop, now: datetime, lang: str) -> ShopColour:
    """Return a shop's colour with its reasons; who may see it was asked before."""
    tenancy = shop.tenancy_id
    held = publishing.in_force(session, day_of(now))
    live = service.sums(session, [tenancy], now, held)[tenancy]
    changes = service.history(session, tenancy)
    override = service.standing_override(session, tenancy, now)
    computed = changes[0].colour if changes else Colour.GREY
    colour = override.colour if override else computed
    return ShopColour(
        shop=shop,
        colour=colour,
        computed=computed,
        live=live,
        lines=shown_lines(session, live.lines, held.rules, lang),
        points=score(live.points),
        clamped=FULL + sum(line.amount for line in live.lines) != live.points,
        set_by_hand=override,
        changes=[_changed(each) for each in changes],
        rules=held.rules,
        visit_every=visit_every(colour, held.rules),
        inspections=inspection_cap(colour, held.rules),
        now=now,
    )


def _changed(grade: Grade) -> ShownChange:
    return ShownChange(grade.at, grade.colour, grade.ground, score(grade.points))


def shown_lines(
    session: Session, lines: Sequence[Line], rules: Rules, lang: str
) -> list[ShownLine]:
    """Put the lines of a sum into words, the latest first."""
    refs = [line.ref for line in lines if line.rule is PointRule.FINDING]
    found = findings_of(session, FINDINGS.where(finding_table.c.id.in_(refs))) if refs else []
    names = {each.id: each.name(lang) for each in found}
    ordered = sorted(lines, key=lambda line: line.on, reverse=True)
    return [_shown(line, names, rules, lang) for line in ordered]


def _shown(line: Line, names: Mapping[str, str], rules: Rules, lang: str) -> ShownLine:
    name, folder = {
        PointRule.FINDING: (names.get(line.ref, line.subject), "findings"),
        PointRule.SELF_CHECK: (label(lang, line.rule), "patrols"),
        PointRule.NOTICE_EXPIRED: (label(lang, line.subject, "kind"), "notices"),
    }[line.rule]
    return ShownLine(
        rule=line.rule,
        name=name,
        href=f"/{folder}/{line.ref}",
        on=line.on,
        factors=[(label(lang, factor), _share(factor, rules)) for factor in line.factors],
        amount=score(line.amount, sign=True),
        until=line.until,
        costs=line.amount < 0,
    )


def _share(factor: Factor, rules: Rules) -> str:
    """Return by how much a factor multiplies, or nothing for one that leaves nothing."""
    if factor in {Factor.ON_HOLD, Factor.BEYOND_MOST}:
        return ""
    return f"×{score(getattr(rules, factor.value))}"
