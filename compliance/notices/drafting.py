"""Drafts of model texts: written on the server by several people, looked at, then published.

Who saves names the revision that was read, so nobody overwrites what another has written in the
meantime; both texts are then shown. A draft may be saved with faults in it, and cannot be published
with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, NotFound
from compliance.notices import publishing, resigning, texts
from compliance.notices.models import NoticeDraft, NoticeText
from compliance.notices.resigning import Plan
from compliance.notices.values import OF_KIND

WRITTEN = (
    "version",
    "title",
    "effective_from",
    "summary",
    "summary_en",
    "body",
    "emphasis",
    "rule_version",
)
NEEDED = ("version", "title", "effective_from", "summary", "summary_en")


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a draft from being published: the field, an error code, the line and the name."""

    field: str
    code: str
    line: int = 0
    name: str = ""


def begin(session: Session, act: Act, former: NoticeText) -> NoticeDraft:
    """Return a new draft that begins as the words of `former`."""
    draft = NoticeDraft(
        id=act.new_id(),
        kind=former.kind,
        based_on=former.id,
        title=former.title,
        body=former.body,
        summary=former.summary,
        summary_en=former.summary_en,
        emphasis=former.emphasis,
        rule_version=former.rule_version,
        begun_at=act.at,
        saved_at=act.at,
        saved_by=act.actor.account_id,
    )
    session.add(draft)
    return draft


def open_drafts(session: Session) -> Sequence[NoticeDraft]:
    """Return the drafts that are neither published nor dropped, the latest saved first."""
    query = select(NoticeDraft).where(
        col(NoticeDraft.text_id).is_(None), col(NoticeDraft.dropped_at).is_(None)
    )
    return session.exec(query.order_by(col(NoticeDraft.saved_at).desc())).all()


def draft_of(session: Session, draft_id: str) -> NoticeDraft:
    """Return a draft that is still being written; raise NotFound `draft.unknown`."""
    draft = session.get(NoticeDraft, draft_id)
    if draft is None or draft.text_id or draft.dropped_at:
        raise NotFound("draft.unknown")
    return draft


def save(
    session: Session, act: Act, draft_id: str, revision: int, written: Mapping[str, Any]
) -> NoticeDraft:
    """Keep what was written on the revision that was read; the same words again change nothing.

    Raises Conflict `draft.changed` when somebody else saved other words in the meantime.
    """
    draft = _locked(session, draft_id)
    new: dict[str, Any] = {name: _tidy(written.get(name)) for name in WRITTEN}
    new["effective_from"] = written.get("effective_from")
    if all(getattr(draft, name) == value for name, value in new.items()):
        return draft
    _require_revision(draft, revision)
    for name, value in new.items():
        setattr(draft, name, value)
    draft.revision += 1
    draft.saved_at, draft.saved_by = act.at, act.actor.account_id
    session.add(draft)
    return draft


def drop(session: Session, act: Act, draft_id: str, revision: int) -> None:
    """End a draft unpublished; raise Conflict `draft.changed` when it is not what was read."""
    draft = _locked(session, draft_id)
    _require_revision(draft, revision)
    draft.dropped_at = act.at
    session.add(draft)


def publish(
    session: Session, act: Act, draft_id: str, revision: int, plan: Plan
) -> tuple[NoticeText, str]:
    """Publish a draft as it was read and plan the re-signing; return the text, the campaign's id.

    Raises Conflict `draft.changed`, InvalidInput with the first fault and every field at fault, and
    what `publishing.publish` and `resigning.start` raise.
    """
    draft = _locked(session, draft_id)
    _require_revision(draft, revision)
    if found := faults(session, draft, act.day):
        fields = {fault.field: fault.code for fault in reversed(found)}
        first = found[0]
        raise InvalidInput(first.code, fields=fields, line=first.line, name=first.name)
    former = publishing.latest(session, draft.kind)
    given = {name: getattr(draft, name) for name in WRITTEN if name not in {"version", "body"}}
    text = publishing.publish(session, act, draft.kind, draft.version, draft.body, **given)
    draft.text_id = text.id
    session.add(draft)
    return text, resigning.start(session, act, text, former, plan).id


def faults(session: Session, draft: NoticeDraft, today: date) -> list[Fault]:
    """Return everything that keeps a draft from being published today."""
    return [*_lacking(draft), *_out_of_turn(session, draft, today), *_misspelt(draft)]


def _lacking(draft: NoticeDraft) -> Iterator[Fault]:
    for name in NEEDED:
        if not getattr(draft, name):
            yield Fault(name, "field.required")


def _out_of_turn(session: Session, draft: NoticeDraft, today: date) -> Iterator[Fault]:
    same = (NoticeText.kind == draft.kind, NoticeText.version == draft.version)
    if session.exec(select(NoticeText.id).where(*same)).first():
        yield Fault("version", "text.version_taken")
    last = publishing.latest(session, draft.kind).effective_from
    day = draft.effective_from
    if day is not None and (day < today or day <= last):
        yield Fault("effective_from", "text.too_early")


def _misspelt(draft: NoticeDraft) -> Iterator[Fault]:
    for fault in texts.faults(draft.body, OF_KIND[draft.kind].names()):
        yield Fault("body", fault.code, fault.line, fault.name)
    heads = [line.strip() for line in draft.body.splitlines()]
    for head in draft.emphasis.split():
        if not any(line.startswith(head) for line in heads):
            yield Fault("emphasis", "text.no_such_head", name=head)


def _locked(session: Session, draft_id: str) -> NoticeDraft:
    query = select(NoticeDraft).where(NoticeDraft.id == draft_id).with_for_update()
    session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return draft_of(session, draft_id)


def _require_revision(draft: NoticeDraft, revision: int) -> None:
    if draft.revision != revision:
        raise Conflict("draft.changed")


def _tidy(value: Any) -> str:
    """Return what a browser sent as it is kept: one kind of line break, no space at line ends."""
    lines = str(value or "").replace("\r\n", "\n").strip().split("\n")
    return "\n".join(line.rstrip() for line in lines)
