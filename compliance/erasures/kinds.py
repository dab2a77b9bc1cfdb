"""What may be erased, on which ground, and from which day on (pure).

Personal Information Protection Law art. 47: personal data goes when its purpose is fulfilled, the
service ended, the period of keeping over, consent withdrawn, or the handling was unlawful. While a
period of keeping runs it stays, and who asks is told the day on which it ends. The periods are
those of the retention table: signed notices with their evidence, their validity and five years
more; personal fields of ledger and register, two years.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from compliance.notices.kinds import NoticeState
from compliance.notices.terms import last_day

NOTICE_YEARS = 5
LEDGER_YEARS = 2

BOUND = frozenset(
    {
        NoticeState.SIGNED,
        NoticeState.SERVED_UNSIGNED,
        NoticeState.SUPERSEDED,
        NoticeState.REVOKED,
    }
)
"""States of a notice that holds or may have held, so that its papers are kept as contracts are."""


class Scope(StrEnum):
    """How much is erased at once."""

    TENANCY = "tenancy"
    NOTICE = "notice"
    SIGNATURE = "signature"


class Basis(StrEnum):
    """The ground of the law, by the numbers of art. 47."""

    PURPOSE_FULFILLED = "purpose_fulfilled"
    SERVICE_ENDED = "service_ended"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    UNLAWFUL = "unlawful"
    OTHER_LAW = "other_law"


class ErasedKind(StrEnum):
    """What kinds of personal data there are, in the order in which they are shown."""

    SIGNER_NAME = "signer_name"
    HANDWRITING = "handwriting"
    SIGNING_EVIDENCE = "signing_evidence"
    OPERATOR_NAME = "operator_name"
    PHONE = "phone"
    MESSAGE = "message"
    REMARK = "remark"
    WHEREABOUTS = "whereabouts"
    LEDGER_BODY = "ledger_body"
    STORED_FILE = "stored_file"


def after_years(day: date, years: int) -> date:
    """Return the first day that is `years` after `day`."""
    return last_day(day, years) + timedelta(days=1)


def notice_kept_until(state: NoticeState, valid_to: date, last_step: date) -> date:
    """Return the day from which the personal data of a notice may be erased.

    `last_step` is the day of its last deed: what never bound anybody is kept like the ledger.
    """
    if state in BOUND:
        return after_years(valid_to + timedelta(days=1), NOTICE_YEARS)
    return after_years(last_step, LEDGER_YEARS)


def tenancy_kept_until(closed_on: date, notices: Iterable[date]) -> date:
    """Return the day from which everything of a closed tenancy may be erased."""
    return max([after_years(closed_on, LEDGER_YEARS), *notices])
