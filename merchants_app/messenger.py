"""Carrying a message to a phone: print it, append it to a file, or hand it to a provider.

A provider is reached by plain HTTP (any gateway that takes JSON) or by Aliyun's SMS service. Both
are given the message's own id, the same at every try, by which they can tell a repeat.
"""

import json
import sys
from pathlib import Path
from typing import Protocol

import httpx

from compliance.notifications.models import OutboxMessage
from merchants_app.aliyun import Aliyun
from merchants_app.settings import Settings
from merchants_app.words import translate

SECONDS = 10.0
"""What a provider is given to answer; far less than a lease."""


class RefusedForGood(Exception):
    """The provider will never carry this message: its number is none, its template unknown."""


class Messenger(Protocol):
    """Carries one message and returns the provider's name for it, if it has one.

    Raises when it could not be handed over; RefusedForGood when trying again is of no use.
    """

    def carry(self, message: OutboxMessage) -> str | None: ...


def text_of(message: OutboxMessage, lang: str = "zh") -> str:
    """Return the sentence a phone shows."""
    return translate(lang, f"message.{message.template}", **message.params)


class Console:
    """Prints messages, for a pilot on one desk."""

    def carry(self, message: OutboxMessage) -> None:
        sys.stdout.write(f"[短信 {message.phone}] {text_of(message)}\n")
        sys.stdout.flush()


class File:
    """Appends messages as JSON lines."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def carry(self, message: OutboxMessage) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        line = {
            "id": message.id,
            "phone": message.phone,
            "template": message.template,
            "text": text_of(message),
        }
        with self.file.open("a", encoding="utf-8") as target:
            target.write(json.dumps(line, ensure_ascii=False) + "\n")


class Http:
    """Posts each message as JSON to a gateway.

    Body: `id`, `to`, `template`, `params`, `text`. The id stands in `Idempotency-Key` too, so that
    a gateway that has it already answers as before and sends nothing. Any 2xx is delivery, 422 is
    final, everything else is tried again.
    """

    def __init__(self, url: str, key: str, *, client: httpx.Client | None = None) -> None:
        self.url = url
        self.key = key
        self.client = client or httpx.Client(timeout=SECONDS)

    def carry(self, message: OutboxMessage) -> str | None:
        headers = {"idempotency-key": message.id}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        answer = self.client.post(
            self.url,
            headers=headers,
            json={
                "id": message.id,
                "to": message.phone,
                "template": message.template,
                "params": message.params,
                "text": text_of(message),
            },
        )
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise RefusedForGood(answer.text[:200])
        answer.raise_for_status()
        return _id_in(answer)


def _id_in(answer: httpx.Response) -> str | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    name = body.get("id") if isinstance(body, dict) else None
    return str(name) if name is not None else None


class Sms:
    """Hands messages to Aliyun's SMS service, each by the template it filed for this kind."""

    def __init__(self, service: Aliyun) -> None:
        self.service = service

    def carry(self, message: OutboxMessage) -> str | None:
        refusal = self.service.refusal_of(message.template)
        if refusal:
            raise RefusedForGood(refusal)
        return self.service.send(message.phone, message.template, message.params, message.id)


def messenger_of(settings: Settings) -> Messenger:
    """Return the adapter the settings ask for."""
    match settings.sms:
        case "file":
            return File(settings.data_dir / "outbox.jsonl")
        case "http":
            return Http(settings.sms_url, settings.sms_key)
        case "aliyun":
            return Sms(Aliyun.of(settings, httpx.Client(timeout=SECONDS)))
        case _:
            return Console()
