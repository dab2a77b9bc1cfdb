"""Casting a vote: the shop reads, chooses and proves it by a code; the desk enters a paper one.

What is chosen travels in the form, never in an address, and nothing of it needs a script.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.errors import ComplianceError, InvalidInput, NotFound
from compliance.merchants.identifiers import parse_door_number
from compliance.merchants.shops import Shop
from compliance.notices import publishing
from compliance.notices.models import NoticeText
from compliance.notices.texts import Rendered
from compliance.votes import casting, service
from compliance.votes.counting import Choice
from compliance.votes.models import Ballot, Vote
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page

OWN = "/votes/{vote_id:str}/ballots/{tenancy_id:str}"
"""The vote of one shop."""


class Said(FormModel):
    said: Choice | None = None

    def checked(self) -> Choice:
        """Return the choice; raise InvalidInput `vote.choice_missing`."""
        if self.said is None:
            raise InvalidInput("vote.choice_missing", fields={"said": "vote.choice_missing"})
        return self.said


class Proved(Said):
    code: str = ""


class Paper(Said):
    number: str = ""
    file_no: str = ""
    witness: str = ""

    def door(self) -> str:
        """Return the door number; raise InvalidInput `vote.door_not_on_roll` for what is none."""
        try:
            return parse_door_number(self.number)
        except InvalidInput:
            code = "vote.door_not_on_roll"
            raise InvalidInput(code, fields={"number": code}) from None


@dataclass(frozen=True, slots=True)
class BallotPage:
    """What is voted on, for one shop, and what the shop has said so far."""

    vote: Vote
    shop: Shop
    text: NoticeText
    rendered: Rendered
    emphasised: tuple[str, ...]
    on_roll: bool
    running: bool
    ballot: Ballot | None
    form: Form
    now: datetime
    today: date


@get(OWN, opt=may(Action.VOTE_CAST), include_in_schema=False)
async def ballot_page(
    request: Request, vote_id: FromPath[str], tenancy_id: FromPath[str]
) -> Response:
    view = await _ballot(request, vote_id, tenancy_id, Form())
    return page(request, "votes/ballot.html", view)


@post(OWN, opt=may(Action.VOTE_CAST), include_in_schema=False)
async def send_code(
    request: Request, vote_id: FromPath[str], tenancy_id: FromPath[str]
) -> Response:
    """Take the choice, send the code, and ask for it on the next page."""
    act, viewer = act_for(request), signed_in_viewer(request)
    typed = await forms.values_of(request, Said)
    try:
        forms.check(Said, typed).checked()
        await context_of(request).database.write(
            lambda s: casting.send_code(s, act, viewer, vote_id, tenancy_id)
        )
    except ComplianceError as refusal:
        return await _again(request, vote_id, tenancy_id, refusal, "votes/ballot.html")
    view = await _ballot(request, vote_id, tenancy_id, Form(typed))
    return page(request, "votes/code.html", view)


@post(f"{OWN}/cast", opt=may(Action.VOTE_CAST), include_in_schema=False)
async def cast(request: Request, vote_id: FromPath[str], tenancy_id: FromPath[str]) -> Response:
    try:
        await _cast(request, vote_id, tenancy_id)
    except InvalidInput as refusal:
        return await _again(request, vote_id, tenancy_id, refusal, "votes/code.html")
    except ComplianceError as refusal:
        return await _again(request, vote_id, tenancy_id, refusal, "votes/ballot.html")
    return Redirect(f"/votes/{vote_id}/ballots/{tenancy_id}/receipt", status_code=303)


async def _cast(request: Request, vote_id: str, tenancy_id: str) -> None:
    """Prove the code, which counts a try of its own, then vote in one transaction."""
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    form = await forms.read(request, Proved)
    said = form.checked()
    if not form.code:
        raise InvalidInput("code.missing", fields={"code": "code.missing"})
    code = await context.database.write(
        lambda s: casting.try_code(s, act, viewer, vote_id, tenancy_id, form.code)
    )
    if code is None:
        raise InvalidInput("code.wrong", fields={"code": "code.wrong"})
    await context.database.write(
        lambda s: casting.cast(s, act, viewer, vote_id, tenancy_id, said=said, code_id=code.id)
    )


async def _again(
    request: Request, vote_id: str, tenancy_id: str, refusal: ComplianceError, template: str
) -> Response:
    """Show a page again with what went wrong; of another's shop nothing is shown."""
    typed = await forms.values_of(request, Proved)
    form = Form.refused(typed, refusal, language(request))
    view = await _ballot(request, vote_id, tenancy_id, form)
    return page(request, template, view, status_of(refusal))


@get(f"{OWN}/receipt", opt=may(Action.VOTE_CAST), include_in_schema=False)
async def receipt_page(
    request: Request, vote_id: FromPath[str], tenancy_id: FromPath[str]
) -> Response:
    view = await _ballot(request, vote_id, tenancy_id, Form())
    if view.ballot is None:
        raise NotFound("vote.unknown")
    return page(request, "votes/receipt.html", view)


async def _ballot(request: Request, vote_id: str, tenancy_id: str, form: Form) -> BallotPage:
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> BallotPage:
        vote, shop = casting.own(session, viewer, vote_id, tenancy_id)
        text = publishing.text_of(session, vote.text_id)
        return BallotPage(
            vote=vote,
            shop=shop,
            text=text,
            rendered=Rendered.of(vote.proposal),
            emphasised=tuple(text.emphasis.split()),
            on_roll=casting.on_roll(session, vote_id, tenancy_id),
            running=casting.is_open(act, vote, shop),
            ballot=casting.ballot_of(session, vote_id, tenancy_id),
            form=form,
            now=act.at,
            today=act.day,
        )

    return await context_of(request).database.read(collect)


@get("/votes/{vote_id:str}/paper", opt=may(Action.VOTE_ENTER), include_in_schema=False)
async def paper_page(request: Request, vote_id: FromPath[str]) -> Response:
    return page(request, "votes/paper.html", await _paper(request, vote_id, Form()))


@post("/votes/{vote_id:str}/paper", opt=may(Action.VOTE_ENTER), include_in_schema=False)
async def enter_paper(request: Request, vote_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    typed = await forms.values_of(request, Paper)
    try:
        given = forms.check(Paper, typed)
        door, said = given.door(), given.checked()
        proof = {"file_no": given.file_no, "witness": given.witness}
        await context_of(request).database.write(
            lambda s: casting.enter_paper(s, act, viewer, vote_id, door, said=said, **proof)
        )
    except ComplianceError as refusal:
        view = await _paper(request, vote_id, Form.refused(typed, refusal, language(request)))
        return page(request, "votes/paper.html", view, status_of(refusal))
    view = await _paper(request, vote_id, Form(), entered=door)
    return page(request, "votes/paper.html", view)


async def _paper(
    request: Request, vote_id: str, form: Form, entered: str | None = None
) -> dict[str, Any]:
    viewer = signed_in_viewer(request)
    vote = await context_of(request).database.read(
        lambda s: service.seen_by(s, viewer, Action.VOTE_ENTER, vote_id)
    )
    return {"vote": vote, "form": form, "entered": entered, "choices": tuple(Choice)}


ROUTES = [ballot_page, send_code, cast, receipt_page, paper_page, enter_paper]
