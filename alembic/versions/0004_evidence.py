"""What speaks for and against a visit, and the fault of an open finding seen again."""

import sqlalchemy as sa
from alembic import op

from compliance.record import JSON, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CAUSES = ("merchant", "third_party", "unknown")
STATES = (
    "reminded",
    "third_party",
    "dispatched",
    "claimed",
    "disputed",
    "in_review",
    "on_improvement_list",
    "referred",
    "ordered",
    "closed",
    "revoked",
)


def _one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.add_column("patrol", sa.Column("presence", JSON, nullable=False, server_default="{}"))
    op.add_column("patrol", sa.Column("device", sa.String(length=32), nullable=True))
    op.add_column("patrol", sa.Column("device_order", sa.Integer(), nullable=True))
    op.create_index(
        "ix_patrol_device_order",
        "patrol",
        ["device", "device_order"],
        sqlite_where=sa.text("device IS NOT NULL"),
        postgresql_where=sa.text("device IS NOT NULL"),
    )
    op.create_table(
        "finding_sighting",
        sa.Column("finding_id", sa.String(length=32), nullable=False),
        sa.Column("patrol_id", sa.String(length=32), nullable=False),
        sa.Column("observed_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("patrol_kind", sa.String(length=16), nullable=False),
        sa.Column("cause", _one_of(CAUSES, "cause"), nullable=False),
        sa.Column("fixed_on_spot", sa.Boolean(), nullable=False),
        sa.Column("state", _one_of(STATES, "findingstate"), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("photos", JSON, nullable=False),
        sa.Column("merged_from", sa.String(length=32), nullable=True),
        sa.Column("split_into", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("finding_id", "patrol_id", name=op.f("pk_finding_sighting")),
    )
    op.create_index(
        op.f("ix_finding_sighting_patrol_id"), "finding_sighting", ["patrol_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("finding_sighting")
    op.drop_index("ix_patrol_device_order", table_name="patrol")
    for name in ("device_order", "device", "presence"):
        op.drop_column("patrol", name)
