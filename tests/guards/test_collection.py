"""The workers of a test run must collect the same tests in the same order.

Each worker draws its own hash seed, so a test parametrised over a set of strings is listed
differently by each, and pytest-xdist then refuses the whole run.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.guards import tree


def collected(seed):
    answer = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--collect-only",
            "-q",
            "-p",
            "no:xdist",
            "-p",
            "no:cacheprovider",
        ],
        cwd=tree.ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return [line for line in answer.stdout.splitlines() if "::" in line]


def test_the_order_of_the_tests_does_not_depend_on_the_hash_seed():
    # Seeds 0 and 2 order the two ended states of a notice differently.
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(collected, (0, 2))

    assert len(first) > 1000
    assert first == second
