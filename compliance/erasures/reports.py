"""Reports of suspect codes at a shop's door: what they say stands in the chain of the township."""

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import Act
from compliance.erasures.holdings import SUSPECT, Target
from compliance.erasures.kinds import Basis
from compliance.ledger import erasing
from compliance.ledger import service as ledger


def bodies(session: Session, target: Target) -> dict[str, list[tuple[int, str]]]:
    """Return number and hash of the entries about a tenancy's reports that have a body, by chain.

    A report belongs to the whole tenancy, none to a single notice.
    """
    if not target.whole:
        return {}
    of_shop = SUSPECT.c.tenancy_id == target.tenancy_id
    query = sa.select(SUSPECT.c.subject, SUSPECT.c.id).where(of_shop).order_by(SUSPECT.c.subject)
    reports: dict[str, list[str]] = {}
    for subject, report_id in session.execute(query):
        reports.setdefault(subject, []).append(report_id)
    found = {chain: erasing.bodies_of(session, chain, ids) for chain, ids in reports.items()}
    return {chain: entries for chain, entries in found.items() if entries}


def erase(session: Session, act: Act, target: Target, erasure_id: str, basis: Basis) -> None:
    """Let these bodies go, and say so in each chain."""
    for subject, entries in bodies(session, target).items():
        erasing.erase_bodies(session, [entry_hash for _, entry_hash in entries])
        ledger.append(
            session,
            act,
            subject=subject,
            kind=erasing.ERASED,
            ref=erasure_id,
            fact={"basis": basis.value, "entries": [seq for seq, _ in entries]},
        )
