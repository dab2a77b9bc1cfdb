"""What a fresh database needs before anything can happen; loading it again changes nothing."""

from sqlmodel import Session

from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.notices import publishing as notices
from compliance.places import service as places


def load(session: Session, act: Act) -> None:
    """Store townships, check items, working days and model texts that are missing."""
    places.seed(session, act)
    catalogue.seed(session, act)
    notices.seed(session, act)
