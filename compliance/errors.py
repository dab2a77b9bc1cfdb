"""Refusals: every way in which a rule says no, with a stable code and no word of HTTP.

A refusal is raised, never returned, so that the transaction around it rolls back. The words people
read are found by the code (`error.<code>`) where pages are made; `docs/errors.md` lists them all.
"""

from collections.abc import Mapping


class ComplianceError(Exception):
    """A refusal with a stable `code`; `params` fill its words, `fields` name inputs at fault."""

    def __init__(
        self, code: str, *, fields: Mapping[str, str] | None = None, **params: object
    ) -> None:
        super().__init__(code)
        self.code = code
        self.fields = dict(fields or {})
        self.params = params


class NotFound(ComplianceError):
    """No such thing, or not for the person who asks: both look the same from outside."""


class NotAllowed(ComplianceError):
    """The person is known and may not do this here."""


class InvalidInput(ComplianceError):
    """What was sent cannot be understood or breaks a field's rule; nothing was stored."""


class Conflict(ComplianceError):
    """Somebody else was faster, or the same id came with other content."""


class RuleBroken(ComplianceError):
    """Well formed and allowed, but against a rule of the process at this moment."""
