"""The colour of a shop: its changes, what people set, and the rules it follows."""

import sqlalchemy as sa
from alembic import op

import compliance.record

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _colour() -> sa.Enum:
    return sa.Enum(
        "green",
        "yellow",
        "red",
        "grey",
        name="colour",
        native_enum=False,
        create_constraint=True,
        length=24,
    )


def upgrade() -> None:
    op.create_table(
        "grade_rules",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("body", compliance.record.JSON, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("published_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_rules")),
    )
    op.create_index(op.f("ix_grade_rules_effective_from"), "grade_rules", ["effective_from"])
    op.create_table(
        "grade",
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("colour", _colour(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "new",
                "serious",
                "points",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("rules_id", sa.String(length=32), nullable=True),
        sa.Column("lines", compliance.record.JSON, nullable=False),
        sa.Column("at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["grade_rules.id"], name=op.f("fk_grade_rules_id_grade_rules")
        ),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_grade_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("tenancy_id", "number", name=op.f("pk_grade")),
    )
    op.create_table(
        "grade_override",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("colour", _colour(), nullable=False),
        sa.Column("computed", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("set_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("set_role", sa.String(length=24), nullable=False),
        sa.Column("ended_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_grade_override_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_override")),
    )
    op.create_index(op.f("ix_grade_override_tenancy_id"), "grade_override", ["tenancy_id"])
    op.create_index(
        "uq_grade_override_standing",
        "grade_override",
        ["tenancy_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("grade_override")
    op.drop_table("grade")
    op.drop_table("grade_rules")
