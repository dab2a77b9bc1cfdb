"""Carrying a message to a phone: print it, or append it to a file; a provider plugs in here.

Neither adapter talks to the network. The text is made from a template in the language files, so a
provider that wants template ids can be given those instead.
"""

import json
import sys
from pathlib import Path
from typing import Protocol

from compliance.notifications.models import OutboxMessage
from merchants_app.settings import Settings
from merchants_app.words import translate


class Messenger(Protocol):
    """Carries one message; raises when it could not be handed over."""

    def carry(self, message: OutboxMessage) -> None: ...


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


def messenger_of(settings: Settings) -> Messenger:
    """Return the adapter the settings ask for."""
    if settings.sms == "file":
        return File(settings.data_dir / "outbox.jsonl")
    return Console()
