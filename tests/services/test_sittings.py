"""The way to the signature: read, who signs, who helps, agree; found again, taken over, declined."""

import pytest
from sqlmodel import select

from compliance.accounts.models import Account, OneTimeCode
from compliance.errors import Conflict, InvalidInput, NotFound, RuleBroken
from compliance.notices import consent, service, sittings, steps
from compliance.notices.drawing import read_mark
from compliance.notices.evidence import Device, HelperRole
from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import Notice, Signature, SigningEvent, Sitting
from compliance.notices.service import Witness
from compliance.notices.steps import SignerRole, Step
from tests.factories import World
from tests.sittings import (
    DRAWN,
    begin,
    finish,
    issue_all,
    merchant_of,
    prove,
    session_of,
    sign_all,
)

OPERATOR = ("张样例", SignerRole.OPERATOR)


def signatures(world: World) -> list[Signature]:
    return world.read(lambda s: s.exec(select(Signature)).all())


def kinds(signature: Signature) -> list[str]:
    """Return the steps of a signature's evidence, by kind."""
    return [each["kind"] for each in signature.evidence["events"]]


def of_kind(world: World, kind: NoticeKind) -> Signature:
    query = select(Signature).join(Notice).where(Notice.kind == kind)
    return world.read(lambda s: s.exec(query).one())


def sat_down(world: World, *, read: int = 4):
    """Return a shop, its operator and a sitting with `read` of its papers read."""
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = world.write(sittings.open_sitting, viewer, shop)
    for place in range(1, read + 1):
        world.write(steps.read_one, sitting, place)
    return shop, viewer, sitting


def where(world: World, viewer) -> tuple[Step, int]:
    """Return where this browser would go on."""
    return world.read(
        lambda s: steps.next_step(s, world.act(), sittings.current(s, world.act(), viewer))
    )


def at_table(world: World, viewer, do, *rest):
    """Do one step of the sitting of this browser."""
    return world.write(lambda s, act: do(s, act, sittings.current(s, act, viewer), *rest))


def test_a_typed_name_is_the_name_that_was_given(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)

    with pytest.raises(InvalidInput) as refusal:
        world.write(steps.put_mark, sitting, read_mark("", "李别人"))

    assert refusal.value.code == "signer.name_differs"
    world.write(steps.put_mark, sitting, read_mark("", "张 样例"))


def test_nobody_agrees_before_having_read_at_this_sitting(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    begin(world, shop, viewer)
    world.clock.forward(minutes=2)
    sitting = world.write(sittings.open_sitting, viewer, shop)
    world.write(steps.read_one, sitting, 1)
    world.write(steps.name_signer, sitting, "张样例", SignerRole.OPERATOR)

    with pytest.raises(RuleBroken) as refusal:
        world.write(steps.agree, sitting)

    assert refusal.value.code == "notice.not_read"
    assert world.read(steps.unread, sitting) == 2


def test_no_code_is_sent_before_one_agrees(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sitting = world.write(sittings.open_sitting, merchant_of(world, shop), shop)

    with pytest.raises(RuleBroken) as refusal:
        world.write(steps.send_code, sitting, shop)

    assert refusal.value.code == "sitting.not_agreed"


def test_a_sitting_belongs_to_the_browser_that_began_it(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    begin(world, shop, viewer)
    account = world.read(lambda s: s.get_one(Account, viewer.account_id))
    elsewhere = session_of(world, account)

    with pytest.raises(NotFound):
        world.read(sittings.current, world.act(), elsewhere)
    assert world.read(sittings.current, world.act(), viewer)
    late = world.clock.forward(hours=3)
    assert late
    with pytest.raises(NotFound):
        world.read(sittings.current, world.act(), viewer)


def test_a_code_on_its_way_is_not_sent_twice(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sitting = begin(world, shop, merchant_of(world, shop))

    world.clock.forward(seconds=59)
    again = world.write(steps.send_code, sitting, shop)
    world.clock.forward(seconds=2)
    newer = world.write(steps.send_code, sitting, shop)

    assert again.id != newer.id
    assert len(world.read(lambda s: s.exec(select(OneTimeCode)).all())) == 2


def test_a_refused_notice_waits_until_it_is_asked_for(world: World):
    shop = world.shop()
    notices = issue_all(world, shop)
    refused = notices[NoticeKind.COVENANT]
    world.write(service.refuse, refused.id, "想问问其他店")
    sign_all(world, shop)
    assert {each.notice_id for each in signatures(world)} == {
        notice.id for kind, notice in notices.items() if kind is not NoticeKind.COVENANT
    }

    world.clock.forward(minutes=2)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer, only=refused.id)
    finish(world, viewer, sitting, prove(world, shop, sitting))

    assert len(signatures(world)) == 4


def test_a_sitting_goes_on_where_it_was(world: World):
    shop, viewer, _ = sat_down(world, read=2)
    told = [where(world, viewer)]
    for place in (3, 4):
        at_table(world, viewer, steps.read_one, place)
    for do, *rest in (
        (steps.name_signer, *OPERATOR),
        (steps.agree,),
        (steps.put_mark, DRAWN),
        (steps.send_code, shop),
    ):
        told.append(where(world, viewer))
        at_table(world, viewer, do, *rest)
    told.append(where(world, viewer))
    world.clock.forward(minutes=6)
    told.append(where(world, viewer))

    assert told == [
        (Step.READ, 3),
        (Step.WHO, 0),
        (Step.AGREE, 0),
        (Step.MARK, 0),
        (Step.CHECK, 0),
        (Step.CODE, 0),
        (Step.CHECK, 0),
    ]


def test_another_browser_takes_a_sitting_over_and_the_evidence_says_so(world: World):
    shop, viewer, sitting = sat_down(world, read=4)
    account = world.read(lambda s: s.get_one(Account, viewer.account_id))
    elsewhere = session_of(world, account)
    device = Device("Other/2.0", "198.51.100.0/24")

    world.write(sittings.take_over, elsewhere, shop, device)

    assert where(world, elsewhere) == (Step.WHO, 0)
    with pytest.raises(NotFound):
        where(world, viewer)
    for do, *rest in ((steps.name_signer, *OPERATOR), (steps.agree,), (steps.put_mark, DRAWN)):
        at_table(world, elsewhere, do, *rest)
    at_table(world, elsewhere, steps.send_code, shop)
    finish(world, elsewhere, sitting, prove(world, shop, sitting))
    taken = next(
        each for each in signatures(world)[0].evidence["events"] if each["kind"] == "taken_over"
    )
    assert taken["user_agent"] == "Other/2.0"


def test_a_stranger_takes_nothing_over(world: World):
    shop, _, _ = sat_down(world)
    stranger = merchant_of(world, world.shop(name="隔壁", phone="13900000000"))

    with pytest.raises(NotFound):
        world.write(sittings.take_over, stranger, shop)


@pytest.mark.parametrize("hours", [3, 16])
def test_what_is_too_old_is_not_gone_on_with(world: World, hours: int):
    shop, _, _ = sat_down(world, read=1)
    assert world.read(sittings.unfinished, world.act(), shop)

    world.clock.forward(hours=hours)

    assert world.read(sittings.unfinished, world.act(), shop) is None


def test_reading_is_noted_as_the_browser_tells_it(world: World):
    _shop, viewer, _sitting = sat_down(world, read=0)
    at_table(
        world, viewer, lambda s, act, own: steps.read_one(s, act, own, 1, seconds=41, to_end=True)
    )

    query = select(SigningEvent.details).where(SigningEvent.kind == "read")
    assert world.read(lambda s: s.exec(query).all()) == [{"seconds": 41, "to_end": True}]


def test_who_helps_stands_in_the_evidence_and_asks_for_the_agreement_anew(world: World):
    shop, viewer, sitting = sat_down(world)
    at_table(world, viewer, steps.name_signer, *OPERATOR)
    at_table(world, viewer, steps.agree)

    at_table(world, viewer, steps.declare_helper, "李帮忙", HelperRole.LANE_CHIEF, "看不清字")

    with pytest.raises(RuleBroken) as refusal:
        at_table(world, viewer, steps.put_mark, DRAWN)
    assert refusal.value.code == "sitting.not_agreed"
    for do, *rest in ((steps.agree,), (steps.put_mark, DRAWN), (steps.send_code, shop)):
        at_table(world, viewer, do, *rest)
    finish(world, viewer, sitting, prove(world, shop, sitting))
    signature = signatures(world)[0]
    assert signature.evidence["helper"] == {
        "name": "李帮忙",
        "role": "lane_chief",
        "reason": "看不清字",
    }
    assert kinds(signature).count("helper_declared") == 1


@pytest.mark.parametrize(
    ("name", "reason", "lacking"),
    [
        ("", "看不清字", {"helper_name"}),
        ("李帮忙", " ", {"helper_reason"}),
        ("", "", {"helper_name", "helper_reason"}),
    ],
)
def test_a_helper_has_a_name_and_a_reason(world: World, name, reason, lacking):
    _, viewer, _ = sat_down(world)

    with pytest.raises(InvalidInput) as refusal:
        at_table(world, viewer, steps.declare_helper, name, HelperRole.FAMILY, reason)

    assert set(refusal.value.fields) == lacking


def test_another_signer_agrees_and_signs_anew(world: World):
    _shop, viewer, _ = sat_down(world)
    for do, *rest in ((steps.name_signer, *OPERATOR), (steps.agree,), (steps.put_mark, DRAWN)):
        at_table(world, viewer, do, *rest)

    at_table(world, viewer, steps.name_signer, *OPERATOR)
    assert where(world, viewer) == (Step.CHECK, 0)
    at_table(world, viewer, steps.name_signer, "李店长", SignerRole.MANAGER)

    assert where(world, viewer) == (Step.AGREE, 0)
    made = world.read(lambda s: s.exec(select(Sitting)).one())
    assert (made.strokes, made.typed) == (None, "")


def test_the_register_and_earlier_sittings_say_who_may_sign(world: World):
    shop, viewer, sitting = sat_down(world)
    assert world.read(steps.known_signers, shop) == [OPERATOR]
    for do, *rest in (
        (steps.name_signer, "李店长", SignerRole.MANAGER),
        (steps.agree,),
        (steps.put_mark, DRAWN),
        (steps.send_code, shop),
    ):
        at_table(world, viewer, do, *rest)
    finish(world, viewer, sitting, prove(world, shop, sitting))

    assert world.read(steps.known_signers, shop) == [OPERATOR, ("李店长", SignerRole.MANAGER)]
    assert world.read(steps.known_signers, world.shop(name="隔壁")) == [OPERATOR]


def test_what_is_declined_leaves_the_table_and_the_others_are_signed(world: World):
    shop, viewer, sitting = sat_down(world, read=1)
    pledge = world.read(lambda s: s.exec(select(Notice).where(Notice.kind == "pledge")).one())

    world.write(service.refuse, pledge.id, "想问问其他店")

    assert where(world, viewer) == (Step.READ, 2)
    for place in (2, 3):
        at_table(world, viewer, steps.read_one, place)
    for do, *rest in ((steps.name_signer, *OPERATOR), (steps.agree,), (steps.put_mark, DRAWN)):
        at_table(world, viewer, do, *rest)
    at_table(world, viewer, steps.send_code, shop)
    left = world.read(sittings.own, viewer, sitting.id)
    finish(world, viewer, left, prove(world, shop, sitting))
    states = dict(world.read(lambda s: s.exec(select(Notice.kind, Notice.state)).all()))
    assert states.pop(NoticeKind.PLEDGE) is NoticeState.REFUSED
    assert set(states.values()) == {NoticeState.SIGNED}


def test_a_refusal_can_be_taken_back_and_both_are_kept(world: World):
    shop, viewer, _ = sat_down(world, read=0)
    pledge = world.read(lambda s: s.exec(select(Notice).where(Notice.kind == "pledge")).one())
    world.write(service.refuse, pledge.id, "想问问其他店")
    world.clock.forward(minutes=2)

    again = world.write(service.reconsider, pledge.id)

    assert (again.state, again.settled_note) == (NoticeState.VIEWED, "")
    sign_all(world, shop, viewer)
    assert kinds(of_kind(world, NoticeKind.PLEDGE))[:4] == [
        "sent",
        "declined",
        "reconsidered",
        "opened",
    ]
    with pytest.raises(RuleBroken):
        world.write(service.reconsider, pledge.id)


def test_service_before_a_witness_is_a_step_of_a_later_signature(world: World):
    shop = world.shop()
    statement = issue_all(world, shop)[NoticeKind.RESPONSIBILITY_STATEMENT]
    world.write(service.serve, statement.id, witness=Witness("王见证", "社区居委会"))

    sign_all(world, shop)

    events = of_kind(world, NoticeKind.RESPONSIBILITY_STATEMENT).evidence["events"]
    served = next(each for each in events if each["kind"] == "served")
    assert (served["witness"], served["witness_role"]) == ("王见证", "社区居委会")
    assert "served" not in kinds(of_kind(world, NoticeKind.PLEDGE))


def test_a_finished_sitting_takes_no_further_step(world: World):
    shop, viewer, sitting = sat_down(world)
    for do, *rest in ((steps.name_signer, *OPERATOR), (steps.agree,), (steps.put_mark, DRAWN)):
        at_table(world, viewer, do, *rest)
    at_table(world, viewer, steps.send_code, shop)
    finish(world, viewer, sitting, prove(world, shop, sitting))

    for do, *rest in ((steps.read_one, 1), (steps.agree,), (steps.put_mark, DRAWN)):
        with pytest.raises(Conflict) as refusal:
            at_table(world, viewer, do, *rest)
        assert refusal.value.code == "sitting.finished"


def test_the_words_agreed_to_are_those_of_the_version_that_is_named(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)

    told = signatures(world)[0].evidence

    assert consent.of_version(told["consent"]).text_hash == told["consent_hash"]
    with pytest.raises(NotFound):
        consent.of_version("1999.1")
