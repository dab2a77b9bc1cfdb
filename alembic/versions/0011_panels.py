"""Panels of the association instead of one reviewer, and the red list."""

import re

import sqlalchemy as sa
from alembic import op

import compliance.record

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

REASONS = "'disputed', 'overdue'"
TIES = (
    "recorded same_trade relative neighbour_dispute other_tie decided_before proposed"
    " not_a_member silent"
).split()
ENDS = ("", "declined", "term_over", "serious", "penalty", "closed")
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("review", sa.Column("appeal_of", sa.String(32), nullable=True))
    _allow(f"{REASONS}, 'appeal'")
    op.create_table(
        "panel",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenancy_id", sa.String(32), nullable=False),
        sa.Column("township_code", sa.String(12), nullable=False),
        sa.Column("finding_id", sa.String(32), nullable=True),
        sa.Column("proposed_by", sa.String(32), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(64), nullable=False),
        _moment("opened_at"),
        _moment("due_at"),
        _moment("drawn_at", null=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("options", compliance.record.JSON, nullable=False),
        sa.Column("widened_to", compliance.record.JSON, nullable=False),
        _moment("reminded_at", null=True),
        _moment("closed_at", null=True),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_panel_tenancy_id_tenancy")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_panel_township_code_township")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
    )
    for column in ("tenancy_id", "township_code", "closed_at"):
        op.create_index(op.f(f"ix_panel_{column}"), "panel", [column])
    op.create_table(
        "panel_seat",
        *_of_panel("panel_seat"),
        sa.Column("place", sa.Integer(), nullable=False),
        _moment("seated_at"),
        _moment("opened_at", null=True),
        _moment("left_at", null=True),
        sa.Column("left_why", sa.String(24), nullable=True),
        sa.PrimaryKeyConstraint("panel_id", "account_id", name=op.f("pk_panel_seat")),
    )
    op.create_index(op.f("ix_panel_seat_account_id"), "panel_seat", ["account_id"])
    op.create_table(
        "panel_vote",
        *_of_panel("panel_vote"),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        _moment("voted_at"),
        sa.PrimaryKeyConstraint("panel_id", "account_id", "round", name=op.f("pk_panel_vote")),
    )
    op.create_table(
        "panel_tie",
        *_of_panel("panel_tie"),
        sa.Column("why", _choice("leftwhy", *TIES), nullable=False),
        _moment("declared_at"),
        sa.PrimaryKeyConstraint("panel_id", "account_id", name=op.f("pk_panel_tie")),
    )
    op.create_table(
        "association_member",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("shops", compliance.record.JSON, nullable=False),
        sa.Column("phone", sa.String(20), nullable=True),
        _moment("told_at"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_association_member_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_association_member")),
    )
    op.create_table(
        "red_listing",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenancy_id", sa.String(32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _moment("nominated_at"),
        sa.Column("nominated_by", sa.String(32), nullable=False),
        sa.Column("nominated_role", sa.String(24), nullable=False),
        _moment("confirmed_at", null=True),
        _moment("until", null=True),
        _moment("ended_at", null=True),
        sa.Column("ended_why", _choice("listingend", *ENDS), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_red_listing_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_listing")),
    )
    op.create_index(op.f("ix_red_listing_tenancy_id"), "red_listing", ["tenancy_id"])
    op.create_index(
        "uq_red_listing_open",
        "red_listing",
        ["tenancy_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    _give_open_reviews_a_panel()


def _moment(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, compliance.record.UtcDateTime(timezone=True), nullable=null)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _of_panel(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("panel_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["panel.id"], name=op.f(f"fk_{table}_panel_id_panel")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id_account")
        ),
    )


def _give_open_reviews_a_panel() -> None:
    """Let what lay before a single reviewer lie before a panel; the worker draws it."""
    op.execute(
        "INSERT INTO panel (id, tenancy_id, township_code, finding_id, size, entry, opened_at,"
        " due_at, round, options, widened_to)"
        " SELECT review.id, tenancy.id, premises.township_code, finding.id, 3,"
        " ledger_entry.entry_hash, review.opened_at, review.due_at, 1, '[]', '[]'"
        " FROM review JOIN finding ON finding.id = review.finding_id"
        " JOIN tenancy ON tenancy.id = finding.tenancy_id"
        " JOIN premises ON premises.id = tenancy.premises_id"
        " JOIN ledger_entry ON ledger_entry.ref = review.id"
        " AND ledger_entry.kind = 'review.opened'"
        " WHERE review.decided_at IS NULL"
    )


def downgrade() -> None:
    review = sa.table("review", sa.column("reason"))
    appealed = sa.select(sa.exists().select_from(review).where(review.c.reason == "appeal"))
    if op.get_bind().scalar(appealed):
        message = "review holds appeals, which the version before does not know"
        raise RuntimeError(message)
    for table in "red_listing association_member panel_tie panel_vote panel_seat panel".split():
        op.drop_table(table)
    _allow(REASONS)
    op.drop_column("review", "appeal_of")


def _allow(reasons: str) -> None:
    """Let the reason of a review be one of `reasons`."""
    name = op.f("ck_review_reviewreason")
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(reasons)
    else:
        op.drop_constraint(name, "review", type_="check")
        op.create_check_constraint(name, "review", f"reason IN ({reasons})")


def _rewrite(reasons: str) -> None:
    """Change the CHECK where it stands, by SQLite's own procedure (lang_altertable.html, 7)."""
    bind = op.get_bind()
    schema = sa.table("sqlite_schema", sa.column("name"), sa.column("type"), sa.column("sql"))
    where = (schema.c.name == "review") & (schema.c.type == "table")
    check = r"(CONSTRAINT ck_review_reviewreason CHECK \(reason IN \()[^)]*"
    before = bind.execute(sa.select(schema.c.sql).where(where)).scalar_one()
    after, changed = re.subn(check, lambda found: found[1] + reasons, before)
    if changed != 1:
        message = "review has no CHECK of its reason"
        raise RuntimeError(message)
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.execute(sa.update(schema).where(where).values(sql=after))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")
