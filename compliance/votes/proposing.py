"""Putting a question to a street: which text with which values, who is asked, how it is counted.

The desk or the association prepares; only the association opens. Until then nothing is fixed, and
what was prepared wrongly is withdrawn and prepared again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Place, Viewer, require_at
from compliance.act import Act
from compliance.errors import InvalidInput
from compliance.notices import publishing, texts
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import NoticeText
from compliance.notices.values import CovenantValues, complete
from compliance.places.models import Lane
from compliance.votes.counting import LEAST_QUORUM, LONGEST, SHORTEST, Stage, Terms
from compliance.votes.models import Vote, VoteLane

RESULTS = ("adopted_on", "eligible", "yes", "no", "abstain")
"""What only the result can say; the text that is voted on is blank there."""

AUTOMATIC = ("number", "version", "rule_version")
"""What is set when a notice is issued."""

_NOT_ASKED = {*RESULTS, *AUTOMATIC, "effective_on"}
ASKED = tuple(name for name in CovenantValues.model_fields if name not in _NOT_ASKED)
"""The values of a covenant that are settled before the vote."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is put to the vote, as it is typed."""

    township_code: str
    lane_ids: Sequence[str]
    text_id: str
    given: Mapping[str, Any]
    terms: Terms
    opens_at: datetime
    closes_at: datetime
    effective_on: date


def prepare(session: Session, act: Act, viewer: Viewer, proposal: Proposal) -> Vote:
    """Keep a vote that is still to be opened.

    Raises InvalidInput `vote.…` or `notice.…` naming the fields at fault, NotFound for a township
    out of reach and for a text that is no covenant.
    """
    require_at(viewer, Action.VOTE_PREPARE, Place(township=proposal.township_code))
    lanes = _lanes(session, proposal)
    text = covenant_text(session, proposal.text_id)
    _check_times(act, proposal, text)
    content, given = written(text, proposal)
    vote = Vote(
        id=act.new_id(),
        township_code=proposal.township_code,
        text_id=text.id,
        street_name=str(given["street_name"]),
        given=given,
        proposal=content,
        text_hash=texts.text_hash(content),
        quorum=proposal.terms.quorum,
        ratio=proposal.terms.ratio,
        base=proposal.terms.base,
        opens_at=proposal.opens_at,
        closes_at=proposal.closes_at,
        effective_on=proposal.effective_on,
        stage=Stage.PREPARED,
        prepared_at=act.at,
        prepared_by=act.actor.account_id,
    )
    session.add(vote)
    session.flush()
    session.add_all(VoteLane(vote_id=vote.id, lane_id=lane.id) for lane in lanes)
    session.flush()
    return vote


def covenant_text(session: Session, text_id: str) -> NoticeText:
    """Return a version of the covenant; raise InvalidInput `vote.no_text` for anything else."""
    text = session.get(NoticeText, text_id)
    if text is None or text.kind is not NoticeKind.COVENANT:
        raise InvalidInput("vote.no_text", fields={"text_id": "vote.no_text"})
    return text


def covenant_texts(session: Session, day: date) -> list[NoticeText]:
    """Return the versions worth voting on: the one in force on `day` and later ones."""
    known = [each for each in publishing.all_texts(session) if each.kind is NoticeKind.COVENANT]
    begun = [each.effective_from for each in known if each.effective_from <= day]
    return [each for each in known if not begun or each.effective_from >= max(begun)]


def written(text: NoticeText, proposal: Proposal) -> tuple[str, dict[str, Any]]:
    """Return the exact text to vote on, and its values ready to be kept.

    Raises InvalidInput naming the values that are missing or not possible.
    """
    unanimous = {"adopted_on": proposal.effective_on, "eligible": 1, "yes": 1}
    values = complete(
        CovenantValues,
        {name: value for name, value in proposal.given.items() if name in ASKED}
        | {"effective_on": proposal.effective_on, "version": text.version}
        | unanimous,
        catering=False,
    )
    blank = dict.fromkeys(RESULTS, texts.BLANK)
    content = texts.render(text.body, values.placeholders() | blank).text
    return content, values.model_dump(mode="json", include=set(ASKED))


def _lanes(session: Session, proposal: Proposal) -> list[Lane]:
    wanted = set(proposal.lane_ids)
    lanes = session.exec(
        select(Lane).where(col(Lane.id).in_(wanted), Lane.township_code == proposal.township_code)
    ).all()
    if not wanted or len(lanes) != len(wanted):
        raise InvalidInput("vote.lanes_missing", fields={"lanes": "vote.lanes_missing"})
    return list(lanes)


def _check_times(act: Act, proposal: Proposal, text: NoticeText) -> None:
    """Raise InvalidInput where a moment, a day or the quorum cannot be."""
    wrong: dict[str, str] = {}
    if not LEAST_QUORUM <= proposal.terms.quorum <= 100:
        wrong["quorum"] = "vote.quorum_impossible"
    if not SHORTEST <= proposal.closes_at - max(proposal.opens_at, act.at) <= LONGEST:
        wrong["closes_at"] = "vote.time_impossible"
    earliest = max(Act(at=proposal.closes_at).day, text.effective_from)
    if proposal.effective_on < earliest:
        wrong["effective_on"] = "vote.effective_too_early"
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), fields=wrong)
