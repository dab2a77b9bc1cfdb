"""Publishing model texts: a version never changes, a newer one takes its place from a day on."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.errors import Conflict, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.notices import official, texts, texts_2026
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import NoticeText, TextSource
from compliance.notices.values import OF_KIND


def seed(session: Session, act: Act) -> None:
    """Publish the texts of 2026 that are not there yet, and the one for official contracts."""
    known = set(session.exec(select(NoticeText.kind, NoticeText.version)).all())
    for each in texts_2026.MODEL_TEXTS:
        if (each.kind, texts_2026.VERSION) not in known:
            _store(
                session,
                act,
                kind=each.kind,
                version=texts_2026.VERSION,
                title=each.title,
                body=each.body,
                summary=each.summary,
                summary_en=each.summary_en,
                emphasis=each.emphasis,
                rule_version=each.rule_version,
                effective_from=texts_2026.EFFECTIVE_FROM,
            )
    if (official.KIND, official.VERSION) not in known:
        each = official.OFFICIAL_TEXT
        _store(
            session,
            act,
            kind=each.kind,
            source=TextSource.OFFICIAL,
            version=official.VERSION,
            title=each.title,
            body=each.body,
            summary=each.summary,
            summary_en=each.summary_en,
            effective_from=official.EFFECTIVE_FROM,
        )


def publish(
    session: Session,
    act: Act,
    kind: NoticeKind,
    version: str,
    body: str,
    *,
    effective_from: date,
    title: str,
    summary: str,
    summary_en: str,
    emphasis: str = "",
    rule_version: str = "",
) -> NoticeText:
    """Publish a version that supersedes the ones before it from `effective_from` on.

    Raises Conflict `text.version_taken`, RuleBroken `text.too_early` when the day has passed or a
    version as late as that exists, InvalidInput `text.…` when the body is malformed.
    """
    texts.check(body, OF_KIND[kind].names())
    former = [each for each in all_texts(session) if each.kind is kind]
    if any(each.version == version for each in former):
        raise Conflict("text.version_taken", fields={"version": "text.version_taken"})
    latest = max((each.effective_from for each in former), default=date.min)
    if effective_from <= latest or effective_from < act.day:
        raise RuleBroken("text.too_early", fields={"effective_from": "text.too_early"})
    return _store(
        session,
        act,
        kind=kind,
        version=version,
        title=title,
        body=body,
        summary=summary,
        summary_en=summary_en,
        emphasis=emphasis,
        rule_version=rule_version,
        effective_from=effective_from,
    )


def _store(session: Session, act: Act, *, kind: NoticeKind, body: str, **named: Any) -> NoticeText:
    body = unicodedata.normalize("NFC", body.replace("\r\n", "\n"))
    text = NoticeText(
        id=act.new_id(),
        kind=kind,
        body=body,
        text_hash=texts.text_hash(body),
        published_at=act.at,
        published_by=act.actor.account_id,
        **named,
    )
    session.add(text)
    session.flush()
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind="text.published",
        ref=text.id,
        fact={
            "kind": kind.value,
            "version": text.version,
            "text_hash": text.text_hash,
            "effective_from": text.effective_from.isoformat(),
        },
    )
    return text


def all_texts(session: Session) -> Sequence[NoticeText]:
    """Return every version of every kind's model text, by kind, the latest first."""
    newest_first = (
        select(NoticeText)
        .where(NoticeText.source == TextSource.MODEL)
        .order_by(col(NoticeText.effective_from).desc())
    )
    order = list(NoticeKind)
    return sorted(session.exec(newest_first), key=lambda text: order.index(text.kind))


def texts_in_force(session: Session, day: date) -> dict[NoticeKind, NoticeText]:
    """Return the version of each kind that is in force on `day`."""
    begun = [each for each in all_texts(session) if each.effective_from <= day]
    return {each.kind: each for each in reversed(begun)}


def text_in_force(session: Session, kind: NoticeKind, day: date) -> NoticeText:
    """Return the version of `kind` in force on `day`; raise NotFound `text.none_in_force`."""
    text = texts_in_force(session, day).get(kind)
    if text is None:
        raise NotFound("text.none_in_force")
    return text


def latest(session: Session, kind: NoticeKind) -> NoticeText:
    """Return the newest version of `kind`, in force or not yet; NotFound `text.none_in_force`."""
    text = next((each for each in all_texts(session) if each.kind is kind), None)
    if text is None:
        raise NotFound("text.none_in_force")
    return text


def official_text(session: Session) -> NoticeText:
    """Return the text by which contracts on the official form are recorded."""
    return session.exec(
        select(NoticeText)
        .where(NoticeText.source == TextSource.OFFICIAL)
        .order_by(col(NoticeText.effective_from).desc())
        .limit(1)
    ).one()


def is_current(session: Session, text: NoticeText, day: date) -> bool:
    """Return whether no newer version stands in the place of `text` on `day`."""
    if text.source is TextSource.OFFICIAL:
        return official_text(session).id == text.id
    return text_in_force(session, text.kind, day).id == text.id


def former_of(session: Session, text: NoticeText) -> NoticeText | None:
    """Return the version that `text` took the place of; None for the first of its kind."""
    older = (
        each
        for each in all_texts(session)
        if each.kind is text.kind and each.effective_from < text.effective_from
    )
    return next(older, None)


def text_of(session: Session, text_id: str) -> NoticeText:
    """Return a published text; raise NotFound `text.unknown`."""
    text = session.get(NoticeText, text_id)
    if text is None:
        raise NotFound("text.unknown")
    return text


def next_text_day(session: Session, day: date) -> date | None:
    """Return the next day after `day` on which a version comes into force, if one is published."""
    return session.exec(
        select(col(NoticeText.effective_from))
        .where(col(NoticeText.effective_from) > day, NoticeText.source == TextSource.MODEL)
        .order_by(col(NoticeText.effective_from))
        .limit(1)
    ).first()
