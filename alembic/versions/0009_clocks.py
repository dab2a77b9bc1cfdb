"""Days off that only the law gives yet, and times in which clocks stand still."""

import sqlalchemy as sa
from alembic import op

import compliance.record

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AREA = sa.Enum(
    "tenancy",
    "township",
    "district",
    name="pausearea",
    native_enum=False,
    create_constraint=True,
    length=24,
)
CAUSE = sa.Enum(
    "closure", "weather", name="pausecause", native_enum=False, create_constraint=True, length=24
)


def upgrade() -> None:
    with op.batch_alter_table("calendar_day") as batch:
        batch.add_column(
            sa.Column("provisional", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("finding") as batch:
        batch.add_column(
            sa.Column("due_from", compliance.record.UtcDateTime(timezone=True), nullable=True)
        )
        batch.add_column(sa.Column("due_value", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "clock_pause",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("cause", CAUSE, nullable=False),
        sa.Column("begins_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.String(32), nullable=False),
        sa.Column("declared_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_pause")),
    )
    op.create_index("ix_clock_pause_ref", "clock_pause", ["area", "ref"])


def downgrade() -> None:
    op.drop_table("clock_pause")
    with op.batch_alter_table("finding") as batch:
        batch.drop_column("due_value")
        batch.drop_column("due_from")
    with op.batch_alter_table("calendar_day") as batch:
        batch.drop_column("provisional")
