"""Codes at a door that are not ours: reported, and dealt with."""

import sqlalchemy as sa
from alembic import op

from compliance.record import JSON, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

VERDICTS = ("foreign", "lookalike", "withdrawn", "unknown")
FOUND = ("not_ours", "never_issued", "withdrawn", "unbound", "vacant", "in_force")


def _one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "suspect_code",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("tenancy_id", sa.String(length=32), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("verdict", _one_of(VERDICTS, "verdict"), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("found", _one_of(FOUND, "found"), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("photos", JSON, nullable=False),
        sa.Column("device", sa.String(length=32), nullable=True),
        sa.Column("device_order", sa.Integer(), nullable=True),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=32), nullable=True),
        sa.Column("remedy", sa.String(length=24), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (remedy IS NULL)",
            name=op.f("ck_suspect_code_closed_with_remedy"),
        ),
        sa.ForeignKeyConstraint(
            ["township_code"],
            ["township.code"],
            name=op.f("fk_suspect_code_township_code_township"),
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_suspect_code_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspect_code")),
    )
    op.create_index(op.f("ix_suspect_code_tenancy_id"), "suspect_code", ["tenancy_id"])
    op.create_index(
        "ix_suspect_code_account_received", "suspect_code", ["account_id", "received_at"]
    )
    op.create_index(
        "ix_suspect_code_township_received", "suspect_code", ["township_code", "received_at"]
    )
    op.create_index(
        "ix_suspect_code_device_order",
        "suspect_code",
        ["device", "device_order"],
        sqlite_where=sa.text("device IS NOT NULL"),
        postgresql_where=sa.text("device IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("suspect_code")
