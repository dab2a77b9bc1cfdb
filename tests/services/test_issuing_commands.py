"""`menqian issue`: what is issued, and what stands in the way, shop by shop with where to mend it."""

from datetime import timedelta

from compliance.act import LOCAL
from compliance.notices import drafting, publishing, service
from compliance.notices.kinds import NoticeKind
from compliance.notices.resigning import Plan
from merchants_app.context import system_clock
from tests.conftest import BASE
from tests.factories import World


def test_what_can_be_issued_is_and_the_rest_is_led_to_where_it_is_mended(world: World, run):
    shop = world.shop(name="样例茶馆")

    said = run("issue", "missing", "--lane", shop.lane, status=1)

    assert "✓ 2 notices issued" in said
    assert f"✗ {shop.number} 样例茶馆 商户自治公约: 表决通过的日期 · " in said
    assert f"→ {BASE}/votes" in said
    assert f"→ {BASE}/haulers" in said
    assert "✓ 0 notices issued" in run("issue", "missing", "--kind", "pledge")
    assert "这里没有在营的店" in run("issue", "missing", "--lane", "没有的街", status=1)


def test_a_re_signing_is_issued_and_says_how_far_it_is(world: World, run):
    assert "no re-signing has begun" in run("issue", "resigning")
    today = system_clock().astimezone(LOCAL).date()
    world.clock.at = system_clock() - timedelta(days=1)
    world.write(service.issue, world.shop(), NoticeKind.PLEDGE, {})

    def publish(session, act):
        draft = drafting.begin(session, act, publishing.latest(session, NoticeKind.PLEDGE))
        session.flush()
        words = {name: getattr(draft, name) for name in drafting.WRITTEN}
        words |= {"version": "2027", "effective_from": today}
        drafting.save(session, act, draft.id, 1, words)
        drafting.publish(session, act, draft.id, 2, Plan(today + timedelta(days=30)))

    world.write(publish)

    assert "商户承诺书: 0 / 1" in run("issue", "resigning")
    assert "✓ 0 notices issued" in run("issue", "missing", "--kind", "pledge")
