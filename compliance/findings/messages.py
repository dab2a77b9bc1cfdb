"""What a shop is told about a finding, by a message in the transaction of the step itself."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import LOCAL, Act
from compliance.findings.lifecycle import Step
from compliance.merchants.shops import merchant_table, tenancy_table
from compliance.notifications import service as notifications

TELLS: dict[Step, str] = {
    Step.PASS: "finding.passed",
    Step.FAIL: "finding.failed",
    Step.DISPATCH: "finding.dispatched",
    Step.SEND_TO_ASSOCIATION: "finding.in_review",
    Step.REFER: "finding.referred",
    Step.ACCEPT: "finding.accepted",
    Step.SEND_BACK: "finding.sent_back",
    Step.ORDER: "finding.ordered",
    Step.GRANT_TIME: "finding.time_granted",
    Step.REFUSE_TIME: "finding.time_refused",
    Step.GIVE_UP: "finding.given_up",
    Step.REOPEN: "finding.reopened",
    Step.MERGE: "finding.merged",
    Step.FILE_CASE: "finding.case_filed",
    Step.NOTIFY: "finding.notified",
    Step.PENALISE: "finding.penalised",
    Step.SPARE: "finding.spared",
    Step.DROP: "finding.dropped",
    Step.PERFORM: "finding.performed",
    Step.CONFIRM: "finding.confirmed",
    Step.ALTER: "finding.altered",
    Step.ANNUL: "finding.annulled",
}
"""Steps of others that a shop hears of at once; a decision is told by the review itself."""

_ADDRESSEE = (
    sa.select(tenancy_table.c.phone, merchant_table.c.name)
    .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .where(tenancy_table.c.id == sa.bindparam("tenancy"))
)


def tell(
    session: Session,
    act: Act,
    *,
    tenancy_id: str,
    template: str,
    dedup_key: str,
    item: str,
    due_at: datetime | None = None,
) -> None:
    """Queue a message to the phone on file; `due` is written as month, day and time in Beijing."""
    shop = session.execute(_ADDRESSEE, {"tenancy": tenancy_id}).one()
    due = due_at.astimezone(LOCAL).strftime("%m-%d %H:%M") if due_at else ""
    notifications.queue(
        session,
        act,
        phone=shop.phone,
        tenancy_id=tenancy_id,
        template=template,
        dedup_key=dedup_key,
        params={"shop": shop.name, "item": item, "due": due},
    )
