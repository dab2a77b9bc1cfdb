"""Drawn signatures: a few strokes for each character, as a finger on a phone leaves them."""

from random import Random

from compliance.notices.drawing import BOX

_WIDTH, _HEIGHT = BOX


def signature(rng: Random, name: str) -> str:
    """Return the SVG path of a signature with one cluster of strokes for each character."""
    wide = min(150, (_WIDTH - 80) // len(name))
    left = rng.randrange(20, 60)
    lean = rng.uniform(-0.12, 0.12)
    parts = [
        _stroke(rng, left + place * wide, wide, lean)
        for place in range(len(name))
        for _ in range(rng.randrange(3, 7))
    ]
    return "".join(parts)


def _stroke(rng: Random, left: float, wide: float, lean: float) -> str:
    """Return one stroke: across, down, sweeping or a bend, within the character's box."""
    x = left + rng.uniform(0.05, 0.55) * wide
    y = rng.uniform(45, 110)
    run, rise = rng.choice(
        (
            (rng.uniform(0.35, 0.8), rng.uniform(-8, 12)),
            (rng.uniform(-0.08, 0.12), rng.uniform(35, 75)),
            (rng.uniform(-0.5, -0.2), rng.uniform(30, 65)),
            (rng.uniform(0.25, 0.6), rng.uniform(25, 60)),
        )
    )
    across = run * wide
    bend_x, bend_y = x + across * rng.uniform(0.3, 0.7), y + rise * rng.uniform(0.1, 0.9)
    end_x, end_y = x + across, y + rise + lean * across
    return f"M{_at(x, y)}Q{_at(bend_x, bend_y)} {_at(end_x, end_y)}"


def _at(x: float, y: float) -> str:
    inside_x, inside_y = min(max(x, 2), _WIDTH - 2), min(max(y, 2), _HEIGHT - 2)
    return f"{inside_x:.1f} {inside_y:.1f}"
