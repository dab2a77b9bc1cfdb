"""核对一次随机抽取 · Checks a draw: was it drawn as it was declared, by a seed nobody chose?

只用 Python 自带的功能。Needs Python 3.8 or newer and nothing else.
    python draw.py draw.json      the answer of GET /api/v1/draws/ID, kept as a file
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def checks(draw: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield what is checked, and whether it agrees."""
    entry = base64.urlsafe_b64decode(draw["entry"] + "==")
    told = json.loads(entry)["fact"]
    shops, officers = draw["pool"]["shops"], draw["pool"]["officers"]
    pool = sha256("\n".join([*sorted(shops), "", *sorted(officers)]))
    seed = sha256("\n".join([draw["entry_hash"], draw["secret"], draw["word"]]))
    drawn = sorted(shops, key=lambda name: sha256(seed + name))[: told["shops"]]
    team = sorted(officers, key=lambda name: sha256(seed + name))[: told["officers"]]
    turns = [2 * place for place in range(len(drawn))] if team else []
    pairs = [[team[n % len(team)], team[(n + 1) % len(team)]] for n in turns]
    yield "entry", hashlib.sha256(b"\0" + entry).hexdigest() == draw["entry_hash"]
    yield "pool", pool == told["pool"]
    yield "secret", sha256(draw["secret"]) == told["secret_hash"]
    yield "seed", seed == draw["seed"]
    yield "shops", drawn == draw["drawn"]["shops"]
    yield "officers", team == draw["drawn"]["officers"]
    yield "pairs", (pairs or [[]] * len(drawn)) == draw["drawn"]["pairs"]


if __name__ == "__main__":
    found = list(checks(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
    for name, agrees in found:
        sys.stdout.write(f"{'✓' if agrees else '✗'} {name}\n")
    sys.exit(0 if all(agrees for _, agrees in found) else 1)
