"""Every table once: the metadata that migrations and tests work from."""

from sqlmodel import SQLModel

from compliance.accounts import models as accounts
from compliance.catalogue import models as catalogue
from compliance.contracts import models as contracts
from compliance.erasures import models as erasures
from compliance.findings import models as findings
from compliance.ledger import models as ledger
from compliance.merchants import models as merchants
from compliance.notices import models as notices
from compliance.notices import sealed
from compliance.notifications import models as notifications
from compliance.patrols import models as patrols
from compliance.places import models as places
from compliance.print_jobs import models as print_jobs
from compliance.reviews import models as reviews
from compliance.votes import models as votes

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "accounts",
    "catalogue",
    "contracts",
    "erasures",
    "findings",
    "ledger",
    "merchants",
    "notices",
    "notifications",
    "patrols",
    "places",
    "print_jobs",
    "reviews",
    "sealed",
    "votes",
]
