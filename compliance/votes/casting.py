"""Casting a vote: on the phone, proved by a code, or on paper, entered by the desk with a witness.

One vote a tenancy; until the close it may be changed, and both entries stay. The tenancy's chain
only commits to what was said: the words stand in an erasable body that no page shows.
"""

import hashlib
from datetime import timedelta

from sqlmodel import Session, col, select

from compliance.accounts import codes
from compliance.accounts.models import CodePurpose, OneTimeCode
from compliance.accounts.permissions import Action, Place, Viewer, require_at
from compliance.act import Act
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.votes import service
from compliance.votes.counting import Choice, Stage, Way
from compliance.votes.models import Ballot, Vote, VoteRoll

ON_ITS_WAY = timedelta(minutes=1)
"""How long a code just sent is waited for before another can be."""


def ballot_of(session: Session, vote_id: str, tenancy_id: str) -> Ballot | None:
    """Return the vote of a shop that counts, if it has cast one."""
    return session.exec(
        select(Ballot).where(
            Ballot.vote_id == vote_id,
            Ballot.tenancy_id == tenancy_id,
            col(Ballot.replaced_at).is_(None),
        )
    ).one_or_none()


def own(session: Session, viewer: Viewer, vote_id: str, tenancy_id: str) -> tuple[Vote, Shop]:
    """Return a vote and the viewer's own shop; raise NotFound `vote.unknown` for anybody else's."""
    place = Place(tenancy=tenancy_id)
    require_at(viewer, Action.VOTE_CAST, place, unknown="vote.unknown")
    vote = session.get(Vote, vote_id)
    shop = shops.by_tenancy(session, tenancy_id)
    asked = vote is not None and (
        shop.lane_id in service.lanes_of(session, vote_id) or on_roll(session, vote_id, tenancy_id)
    )
    if vote is None or not asked or vote.stage is Stage.PREPARED:
        raise NotFound("vote.unknown")
    return vote, shop


def on_roll(session: Session, vote_id: str, tenancy_id: str) -> bool:
    return session.get(VoteRoll, (vote_id, tenancy_id)) is not None


def is_open(act: Act, vote: Vote, shop: Shop) -> bool:
    """Return whether a vote takes votes now from a shop that is still there."""
    running = vote.stage is Stage.RUNNING and act.at < vote.closes_at
    return running and shop.closed_on is None


def check_open(session: Session, act: Act, vote: Vote, shop: Shop) -> None:
    """Raise RuleBroken `vote.not_running`, `vote.not_on_roll` or `shop.closed`."""
    if vote.stage is not Stage.RUNNING or act.at >= vote.closes_at:
        raise RuleBroken("vote.not_running")
    if not on_roll(session, vote.id, shop.tenancy_id):
        raise RuleBroken("vote.not_on_roll")
    if shop.closed_on is not None:
        raise RuleBroken("shop.closed")


def _bound_to(viewer: Viewer, vote_id: str) -> str:
    """Return what a code is bound to: this vote in this browser."""
    return hashlib.sha256(f"{vote_id}:{viewer.session_key}".encode()).hexdigest()


def send_code(
    session: Session, act: Act, viewer: Viewer, vote_id: str, tenancy_id: str
) -> OneTimeCode:
    """Send the code for one vote to the phone on file; within a minute, the one on its way stands.

    Raises RuleBroken `account.no_phone` besides what `check_open` raises.
    """
    vote, shop = own(session, viewer, vote_id, tenancy_id)
    check_open(session, act, vote, shop)
    if not shop.phone:
        raise RuleBroken("account.no_phone")
    bound_to = _bound_to(viewer, vote_id)
    former = codes.latest(session, tenancy_id, CodePurpose.CAST_VOTE, bound_to)
    if former and former.used_at is None and act.at - former.sent_at < ON_ITS_WAY:
        return former
    return codes.send(
        session,
        act,
        tenancy_id=tenancy_id,
        phone=shop.phone,
        purpose=CodePurpose.CAST_VOTE,
        bound_to=bound_to,
        subject=f"{vote.street_name} {shop.name}",
    )


def try_code(
    session: Session, act: Act, viewer: Viewer, vote_id: str, tenancy_id: str, digits: str
) -> OneTimeCode | None:
    """Count a try of this vote's code; see `codes.try_code`."""
    own(session, viewer, vote_id, tenancy_id)
    bound_to = _bound_to(viewer, vote_id)
    return codes.try_code(session, act, tenancy_id, CodePurpose.CAST_VOTE, bound_to, digits)


def cast(
    session: Session,
    act: Act,
    viewer: Viewer,
    vote_id: str,
    tenancy_id: str,
    *,
    said: Choice,
    code_id: str,
) -> Ballot:
    """Cast or change the vote of a shop with a proved code; sent twice, it counts once.

    Raises what `check_open` raises, InvalidInput `code.ended`.
    """
    _, shop = own(session, viewer, vote_id, tenancy_id)
    vote = service.locked(session, vote_id)
    former = ballot_of(session, vote_id, tenancy_id)
    if former is not None and former.code_id == code_id:
        return former
    check_open(session, act, vote, shop)
    codes.use(session, act, code_id, CodePurpose.CAST_VOTE, tenancy_id)
    if former is not None and former.said is said and former.way is Way.PHONE:
        return former
    ballot = _keep(session, act, vote, shop, former, said=said, way=Way.PHONE, code_id=code_id)
    service.close_when_complete(session, act, vote)
    return ballot


def enter_paper(
    session: Session,
    act: Act,
    viewer: Viewer,
    vote_id: str,
    number: str,
    *,
    said: Choice,
    file_no: str,
    witness: str,
) -> Ballot:
    """Enter a vote cast on paper at the door `number`, filed under `file_no`, before a witness.

    It may correct another paper one, never one from the phone: RuleBroken `vote.phone_counts`.
    Raises InvalidInput for what is missing and for a door that is not on the roll.
    """
    service.seen_by(session, viewer, Action.VOTE_ENTER, vote_id)
    missing = {"file_no": file_no, "witness": witness}
    wrong = {name: "vote.paper_proof" for name, value in missing.items() if not value.strip()}
    if wrong:
        raise InvalidInput("vote.paper_proof", fields=wrong)
    vote = service.locked(session, vote_id)
    row = session.exec(
        select(VoteRoll).where(VoteRoll.vote_id == vote_id, VoteRoll.number == number)
    ).one_or_none()
    if row is None:
        raise InvalidInput("vote.door_not_on_roll", fields={"number": "vote.door_not_on_roll"})
    shop = shops.by_tenancy(session, row.tenancy_id)
    check_open(session, act, vote, shop)
    former = ballot_of(session, vote_id, shop.tenancy_id)
    if former is not None and former.way is Way.PHONE:
        raise RuleBroken("vote.phone_counts")
    proof = {"file_no": file_no.strip(), "witness": witness.strip()}
    ballot = _keep(session, act, vote, shop, former, said=said, way=Way.PAPER, proof=proof)
    service.close_when_complete(session, act, vote)
    return ballot


def _keep(
    session: Session,
    act: Act,
    vote: Vote,
    shop: Shop,
    former: Ballot | None,
    *,
    said: Choice,
    way: Way,
    code_id: str | None = None,
    proof: dict[str, str] | None = None,
) -> Ballot:
    if former is not None:
        former.replaced_at = act.at
        session.add(former)
        session.flush()
    ballot_id = act.new_id()
    receipt = ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(shop.tenancy_id),
        kind="vote.cast",
        ref=ballot_id,
        fact={
            "vote": vote.id,
            "text_hash": vote.text_hash,
            "way": way.value,
            "replaces": former.entry_hash if former else None,
        },
        body={"said": said.value, **(proof or {})},
    )
    ballot = Ballot(
        id=ballot_id,
        vote_id=vote.id,
        tenancy_id=shop.tenancy_id,
        said=said,
        way=way,
        code_id=code_id,
        cast_at=act.at,
        entry_hash=receipt.entry_hash,
    )
    session.add(ballot)
    session.flush()
    return ballot
