"""Every table once: the metadata that migrations and tests work from."""

from sqlmodel import SQLModel

from compliance.accounts import models as accounts
from compliance.catalogue import models as catalogue
from compliance.contracts import models as contracts
from compliance.devices import models as devices
from compliance.draws import models as draws
from compliance.erasures import models as erasures
from compliance.findings import models as findings
from compliance.grades import models as grades
from compliance.ledger import models as ledger
from compliance.merchants import models as merchants
from compliance.messages import models as messages
from compliance.notices import models as notices
from compliance.notices import sealed
from compliance.notifications import models as notifications
from compliance.patrols import models as patrols
from compliance.pauses import models as pauses
from compliance.places import models as places
from compliance.plans import models as plans
from compliance.print_jobs import models as print_jobs
from compliance.quarantine import models as quarantine
from compliance.red_list import models as red_list
from compliance.reviews import models as reviews
from compliance.schedules import models as schedules
from compliance.suspect_codes import models as suspect_codes
from compliance.votes import models as votes

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "accounts",
    "catalogue",
    "contracts",
    "devices",
    "draws",
    "erasures",
    "findings",
    "grades",
    "ledger",
    "merchants",
    "messages",
    "notices",
    "notifications",
    "patrols",
    "pauses",
    "places",
    "plans",
    "print_jobs",
    "quarantine",
    "red_list",
    "reviews",
    "schedules",
    "sealed",
    "suspect_codes",
    "votes",
]
