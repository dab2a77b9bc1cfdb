"""Plans of inspections, and draws by lot."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import compliance.record

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("authority", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("published_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("withdrawn_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_for", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint("cap IS NULL OR cap >= 1", name=op.f("ck_plan_cap")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_plan_period")),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_plan_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("ref", name=op.f("uq_plan_ref")),
    )
    op.create_index(op.f("ix_plan_township_code"), "plan", ["township_code"])
    op.create_table(
        "draw",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("plan_id", sa.String(length=32), nullable=True),
        sa.Column("pool", compliance.record.JSON, nullable=False),
        sa.Column("pool_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("shops_wanted", sa.Integer(), nullable=False),
        sa.Column("officers_wanted", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "declared",
                "drawn",
                "called_off",
                name="drawstage",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("secret_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("declared_at", compliance.record.UtcDateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("declared_seq", sa.Integer(), nullable=False),
        sa.Column("declared_entry", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("word", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("seed", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("ended_at", compliance.record.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("called_off_for", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "officers_wanted = 0 OR officers_wanted >= 2", name=op.f("ck_draw_officers")
        ),
        sa.CheckConstraint("shops_wanted >= 1", name=op.f("ck_draw_shops")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_draw_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_draw_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
    )
    op.create_index(op.f("ix_draw_plan_id"), "draw", ["plan_id"])
    op.create_index(op.f("ix_draw_stage"), "draw", ["stage"])
    op.create_index(op.f("ix_draw_township_code"), "draw", ["township_code"])
    op.create_table(
        "draw_shop",
        sa.Column("draw_id", sa.String(length=32), nullable=False),
        sa.Column("tenancy_id", sa.String(length=32), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_shop_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_draw_shop_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("draw_id", "tenancy_id", name=op.f("pk_draw_shop")),
    )
    op.create_index(op.f("ix_draw_shop_tenancy_id"), "draw_shop", ["tenancy_id"])
    op.create_table(
        "draw_officer",
        sa.Column("draw_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("certificate", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_draw_officer_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["draw.id"], name=op.f("fk_draw_officer_draw_id_draw")
        ),
        sa.PrimaryKeyConstraint("draw_id", "account_id", name=op.f("pk_draw_officer")),
    )
    op.create_index(op.f("ix_draw_officer_account_id"), "draw_officer", ["account_id"])


def downgrade() -> None:
    op.drop_table("draw_officer")
    op.drop_table("draw_shop")
    op.drop_table("draw")
    op.drop_table("plan")
