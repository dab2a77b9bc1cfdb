"""A plate on a street is covered, tilted, blurred and photographed badly, and still reads.

Every plate of a sample here; every plate of the district in `tests/faults`.
"""

import random

import pytest

from tests.paper.damage import FURTHER, PROMISED, covered, photographs, tilted
from tests.paper.reading import decoded, plate

SAMPLE = 24


@pytest.fixture(scope="module")
def sample():
    """Printed plates with their code areas as a phone sees them."""
    items = [plate(number * 1237 + 5) for number in range(SAMPLE)]
    return list(zip(items, photographs(items), strict=True))


@pytest.mark.parametrize("damage", [*PROMISED, *FURTHER])
def test_every_damaged_plate_still_reads(sample, damage):
    hurt = (PROMISED | FURTHER)[damage]

    unread = [
        item.number
        for seed, (item, image) in enumerate(sample)
        if decoded(hurt(image.copy(), random.Random(seed))) != [item.url]
    ]

    assert unread == []


def test_the_damage_is_real(sample):
    """Twice the cover is beyond any symbol, and a tilt leaves the picture changed."""
    images = [image for _, image in sample]
    covered_too_far = [decoded(covered(image.copy(), 0.3, random.Random(1))) for image in images]

    assert covered_too_far == [[]] * SAMPLE
    assert all(tilted(image, 45).tobytes() != image.tobytes() for image in images)
