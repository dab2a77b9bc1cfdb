"""Letters for shops without a phone, work that comes round, and what a provider answers."""

import sqlalchemy as sa
from alembic import op

import compliance.record

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CHANNEL = sa.Enum(
    "sms", "letter", name="channel", native_enum=False, create_constraint=True, length=24
)


def upgrade() -> None:
    with op.batch_alter_table("outbox_message") as batch:
        batch.add_column(sa.Column("channel", CHANNEL, nullable=False, server_default="sms"))
        batch.add_column(sa.Column("tenancy_id", sa.String(32), nullable=True))
        batch.add_column(sa.Column("provider_id", sa.String(64), nullable=True))
        batch.add_column(sa.Column("batch_id", sa.String(32), nullable=True))
        batch.create_index("ix_outbox_message_tenancy", ["tenancy_id", "queued_at"])
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("printed_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.String(32), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("next_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("begun_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )


def downgrade() -> None:
    op.drop_table("schedule")
    op.drop_table("letter_batch")
    with op.batch_alter_table("outbox_message") as batch:
        batch.drop_index("ix_outbox_message_tenancy")
        for name in ("batch_id", "provider_id", "tenancy_id", "channel"):
            batch.drop_column(name)
