"""Devices of patrollers, and what a revoked one hands over."""

import sqlalchemy as sa
from alembic import op

import compliance.record

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = compliance.record.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("signing_key", compliance.record.JSON, nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("content_print", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.Column("last_contact_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.String(length=32), nullable=True),
        sa.Column("revoked_why", sa.String(length=24), nullable=True),
        sa.Column("wiped_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_device_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_index(op.f("ix_device_account_id"), "device", ["account_id"])
    op.create_table(
        "device_session",
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("session_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_session_device_id_device")
        ),
        sa.PrimaryKeyConstraint("device_id", "session_key", name=op.f("pk_device_session")),
    )
    op.create_table(
        "sealed_item",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "patrol",
                "suspect_code",
                "photo",
                name="sealedkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("of_kind", sa.Integer(), nullable=False),
        sa.Column("sealed_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("refused", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "rejected",
                name="sealedfate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("entry", sa.String(length=32), nullable=False),
        sa.Column("cleared_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_sealed_item_device_id_device")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_item")),
        sa.UniqueConstraint("device_id", "name", name=op.f("uq_sealed_item_device_id_name")),
    )
    op.create_index("ix_sealed_item_state_arrived", "sealed_item", ["state", "arrived_at"])


def downgrade() -> None:
    op.drop_table("sealed_item")
    op.drop_table("device_session")
    op.drop_table("device")
