"""Lists stored: what is new is opened, what changed is changed, the same list again does nothing."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from compliance.accounts import merchants as merchant_accounts
from compliance.accounts import sessions
from compliance.accounts.permissions import Role, Viewer
from compliance.ledger import service as ledger
from compliance.merchants import listing, phones, service, storing
from compliance.merchants.categories import Category
from compliance.merchants.importing import Outcome
from compliance.merchants.listing import ShopStatus, Wanted
from compliance.merchants.service import Business
from compliance.merchants.storing import Stored
from merchants_app import lists
from tests.factories import DAYU, LONGQUAN, World
from tests.lists import HEADERS, MerchantList, merchant_list

DISTRICT = Viewer("district", Role.DISTRICT_DESK)
FILE = "f" * 64
PHONE, HAULER = HEADERS.index("联系电话"), HEADERS.index("垃圾收运单位")


def parsed(world: World, given: MerchantList, **named):
    gazetteer = world.read(storing.gazetteer_of)
    named.setdefault("create_lanes", True)
    return lists.read_list(given.xlsx(), "list.xlsx", gazetteer, **named)


def store(world: World, given: MerchantList, **named) -> Stored:
    return world.write(storing.store, parsed(world, given, **named), file_hash=FILE)


def shops(world: World, **named):
    return world.read(listing.every, DISTRICT, Wanted(**named))


def entries(world: World, subject: str):
    stored = world.read(lambda session: list(ledger.stored_entries(session, subject)))
    return [json.loads(entry.content) for entry in stored]


def small_list(**changes: dict[int, object]) -> MerchantList:
    """Return ten tidy shops, some cells changed as `{"row": {column: value}}`."""
    made = merchant_list(shops=10, seed=3, dirt={})
    for rows in made.rows.values():
        for row in rows:
            for column, value in changes.get(f"shop{row[0]}", {}).items():
                row[column] = value
    return made


def first(world: World):
    (shop,) = shops(world, q="样例1号")
    return shop


def test_every_good_row_becomes_a_shop_and_every_bad_one_is_named(world: World):
    given = merchant_list()

    stored = store(world, given)

    taken = given.counts["good"] + given.counts["warned"]
    assert stored == Stored(new=taken, lanes=6)
    assert len(shops(world)) == taken
    reasons = Counter(problem.code for problem in parsed(world, given).problems)
    assert reasons == given.reasons


def test_the_same_list_again_changes_nothing(world: World):
    given = merchant_list()
    stored = store(world, given)
    before = world.read(ledger.verify)

    again = store(world, given)

    assert again == Stored(unchanged=stored.new)
    assert world.read(ledger.verify) == before


def test_each_shop_gets_number_code_and_the_first_entry_of_its_chain(world: World):
    store(world, small_list())

    found = shops(world)
    assert len({shop.number for shop in found}) == 10
    assert len({shop.door for shop in found}) == 10
    for shop in found:
        (entry,) = entries(world, ledger.tenancy_subject(shop.tenancy_id))
        assert entry["kind"] == "tenancy.opened"
        assert entry["fact"]["number"] == shop.number
        assert (shop.phone or "x") not in json.dumps(entry, ensure_ascii=False)


def test_a_township_is_told_once_what_a_list_did(world: World):
    given = small_list()
    store(world, given)

    told = entries(world, ledger.township_subject(DAYU))

    count = len(given.rows["大峪街道"])
    assert [entry["kind"] for entry in told] == ["merchants.imported"]
    assert told[0]["ref"] == FILE
    assert told[0]["fact"]["new"] == count
    (found,) = world.read(storing.imports_of, [DAYU], FILE)
    assert found.counts["new"] == count


def test_what_the_list_says_newly_is_changed_and_recorded(world: World):
    store(world, small_list())
    shop = first(world)

    stored = store(world, small_list(shop1={PHONE: "13900000001", HAULER: "新洁环卫(样例)"}))

    assert stored == Stored(changed=1, unchanged=9)
    after = first(world)
    assert (after.phone, after.hauler_name) == ("13900000001", "新洁环卫(样例)")
    assert after.door == shop.door
    kinds = [e["kind"] for e in entries(world, ledger.tenancy_subject(shop.tenancy_id))]
    assert kinds == ["tenancy.opened", "phone.changed", "tenancy.changed"]
    assert world.read(ledger.verify)[1] == []


def test_a_new_phone_ends_the_merchants_sessions(world: World):
    store(world, small_list())
    shop = first(world)
    account = world.write(merchant_accounts.account_of_tenancy, shop.tenancy_id, shop.name)
    opened = world.write(sessions.open_session, account)

    store(world, small_list(shop1={PHONE: "13900000001"}))

    assert world.read(sessions.viewer_of_session, world.act(), opened.secret) is None


def test_what_a_list_leaves_empty_stays_as_it_was(world: World):
    store(world, small_list())
    shop = first(world)

    stored = store(world, small_list(shop1={PHONE: "", HAULER: ""}))

    assert stored == Stored(unchanged=10)
    assert first(world) == shop


def test_what_was_put_right_by_hand_is_not_undone_by_the_same_list(world: World):
    store(world, small_list())
    shop = first(world)
    world.write(phones.change, DISTRICT, shop.tenancy_id, phone="13911112222", checked="当面核对")

    assert store(world, small_list()) == Stored(unchanged=10)
    assert store(world, small_list(shop1={HAULER: "新洁环卫(样例)"})).changed == 1
    assert first(world).phone == "13911112222"


def test_an_old_list_does_not_bring_back_a_shop_that_has_closed(world: World):
    store(world, small_list())
    world.write(service.close, DISTRICT, first(world).tenancy_id)

    assert store(world, small_list()) == Stored(unchanged=9, closed=1)
    assert len(shops(world)) == 9


def test_a_shop_registered_by_hand_is_known_to_the_list_that_names_it(world: World):
    given = small_list()
    row = next(line for line in parsed(world, given).taken if "样例1号" in line.name)
    world.write(
        service.register,
        DISTRICT,
        Business(row.name, Category(row.category), row.uscc, row.operator, "", row.hauler),
        service.Location(row.township_code, row.lane, row.address),
        make_lane=True,
    )

    assert store(world, given).new == 9
    assert first(world).phone == row.phone


def test_rows_of_another_township_are_refused_by_name(world: World):
    given = small_list()

    kept = parsed(world, given, townships=frozenset({LONGQUAN}))

    refused = [line for line in kept.lines if line.outcome is Outcome.REFUSED]
    assert len(refused) == 10 - len(given.rows["龙泉镇"])
    assert {problem.code for line in refused for problem in line.problems} == {
        "import.township_foreign"
    }
    assert {township for township, _ in kept.new_lanes} == {LONGQUAN}
    world.write(storing.store, kept, file_hash=FILE)
    assert {shop.township_code for shop in shops(world)} == {LONGQUAN}


def test_a_list_that_fails_half_way_leaves_nothing(world: World):
    given = parsed(world, small_list())
    broken = replace(given, new_lanes=given.new_lanes[:1])

    with pytest.raises(KeyError):
        world.write(storing.store, broken, file_hash=FILE)

    assert not shops(world)
    assert world.read(ledger.head_of, ledger.township_subject(DAYU))[0] == 0


@pytest.mark.parametrize(
    "way", ["name", "pinyin", "initials", "credit code", "door number", "code"]
)
def test_a_shop_is_found_by(world: World, way: str):
    store(world, small_list())
    shop = first(world)
    typed = {
        "name": "样例1号",
        "pinyin": "jingxi yangli1hao",
        "initials": "jxyl1h",
        "credit code": f"{shop.uscc[:6]}-{shop.uscc[6:].lower()}",
        "door number": shop.number.lower().replace("-", " "),
        "code": shop.door.lower(),
    }[way]

    found = shops(world, q=typed)

    assert [each.tenancy_id for each in found] == [shop.tenancy_id]


@pytest.mark.parametrize("typed", ["没有这家店", "%", "_"])
def test_what_nobody_is_called_finds_nobody(world: World, typed: str):
    store(world, small_list())

    assert not shops(world, q=typed)


def test_status_and_place_narrow_a_list(world: World):
    store(world, merchant_list())
    everything = shops(world)

    here = shops(world, township=DAYU)
    lane = shops(world, township="大峪街道", lane=here[0].lane)
    unchecked = shops(world, status=ShopStatus.UNCHECKED)

    assert 0 < len(lane) < len(here) < len(everything)
    assert {shop.lane_id for shop in lane} == {here[0].lane_id}
    assert {shop.uscc_state.value for shop in unchecked} == {"failed", "missing"}
