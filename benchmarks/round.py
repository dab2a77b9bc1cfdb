"""Taking a round along, 500 shops, beside the same rows read bare.

Ours is the whole download: reach, visits, findings, colours, draws, a mark over each shop. Beside
stands one raw statement that reads the shops with their last visits and open findings through the
same driver and turns them into JSON as they are. The ratio is throughput by throughput; the second
row is the daily case, a phone that knows everything already.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from benchmarks.patrol import ACT, LOOKED_AT
from compliance import reference
from compliance.accounts import service as accounts
from compliance.accounts import sessions
from compliance.accounts.permissions import Role, Viewer
from compliance.act import Act, Actor
from compliance.merchants import storing
from compliance.merchants.importing import parse
from compliance.merchants.shops import OPEN, SHOPS, listed
from compliance.patrols import service
from compliance.places import service as places
from compliance.rounds import download
from merchants_app import engines, rulebook, schema
from merchants_app.database import Database
from merchants_app.tables import read_tables
from merchants_app.visits import read_payload
from tests.lists import merchant_list

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SHOPS_COUNT = 500
RUNS = 5

Row = tuple[str, float, float, float]

RAW = """
SELECT p.number, d.token, m.name, m.words, m.category, p.address, p.lane_id, p.lat, p.lng,
       (SELECT received_at FROM patrol WHERE tenancy_id = t.id
        ORDER BY received_at DESC LIMIT 1),
       (SELECT received_at FROM patrol WHERE tenancy_id = t.id AND role = 'enforcement_officer'
        ORDER BY received_at DESC LIMIT 1),
       (SELECT received_at FROM patrol WHERE tenancy_id = t.id AND account_id = :me
        ORDER BY received_at DESC LIMIT 1),
       (SELECT count(*) FROM patrol WHERE tenancy_id = t.id AND received_at > '2026'
        AND kind = 'inspection'),
       (SELECT json_group_array(json_array(id, code, state, due_at, opened_at)) FROM finding
        WHERE tenancy_id = t.id AND state NOT IN ('closed', 'revoked'))
FROM premises p JOIN tenancy t ON t.premises_id = p.id AND t.closed_on IS NULL
JOIN merchant m ON m.id = t.merchant_id
LEFT JOIN door_code d ON d.premises_id = p.id AND d.state = 'active'
ORDER BY p.number
"""


def rows() -> Iterator[Row]:
    """Give (work, our seconds, seconds beside, ratio of throughputs)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "round.sqlite"
        database = Database(_filled(f"sqlite:///{file}"), pool=2)
        viewer = database.read_now(_officer)
        shops = database.read_now(lambda s: download.take(s, viewer, NOW, {})).shops
        known = {shop["n"]: shop["mark"] for shop in shops}
        who = {"me": viewer.account_id}
        raw = engines.driver().connect(str(file))
        beside = _best(lambda: json.dumps(raw.execute(RAW, who).fetchall()))
        for work, marks in (("whole", {}), ("nothing new", known)):
            ours = _best(lambda held=marks: _taken(database, viewer, held))
            yield f"a round of {SHOPS_COUNT} shops, {work}", ours, beside, beside / ours
        raw.close()
        database.close()


def _taken(database: Database, viewer: Viewer, known: dict[str, str]) -> str:
    taken = database.read_now(lambda s: download.take(s, viewer, NOW, known))
    return json.dumps(taken.shops, ensure_ascii=False)


def _best(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def _officer(session: Session) -> Viewer:
    return sessions.viewer_of(session, accounts.by_name(session, "officer"))


def _filled(url: str) -> str:
    """Make a migrated database with shops, each of them visited, every third one at fault."""
    schema.upgrade(url)
    database = Database(url, pool=2)

    def fill(session: Session) -> None:
        reference.load(session, ACT)
        sheets = read_tables(merchant_list(shops=SHOPS_COUNT, dirt={}).xlsx(), "merchants.xlsx")
        parsed = parse(sheets, storing.gazetteer_of(session), create_lanes=True)
        storing.store(session, ACT, parsed, file_hash="0" * 64)
        reach = [("township", each.code) for each in places.townships(session)]
        role = Role.ENFORCEMENT_OFFICER
        accounts.enrol(
            session, ACT, name="officer", display_name="officer", role=role, places=reach
        )
        session.flush()
        viewer, rules = _officer(session), rulebook.read(session, ACT.at)
        act = Act(at=ACT.at, actor=Actor(viewer.account_id, viewer.role.value))
        for number, shop in enumerate(listed(session, SHOPS.where(OPEN))):
            codes = LOOKED_AT if number % 3 else LOOKED_AT[:1]
            result = "ok" if number % 3 else "fault"
            items = [{"code": code, "result": result} for code in codes]
            sent = {"door": shop.door, "kind": "patrol", "observed_at": ACT.at.isoformat()}
            body, payload = read_payload(json.dumps(sent | {"items": items}).encode())
            name = act.new_id()
            service.log(session, act, viewer, name, body, payload, rules.catalogue, rules.calendar)

    database.write_now(fill)
    database.close()
    return url
