"""More states of a finding, what its shop has asked for, and by which step it came to its end."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = (
    *("reminded", "third_party", "dispatched", "claimed", "disputed", "in_review"),
    *("on_improvement_list", "referred", "ordered", "closed", "revoked"),
)
ADDED = ("screened", "case_filed", "notified", "penalised", "contested", "unresolved")
TABLES = ("finding", "finding_event", "finding_sighting")


def upgrade() -> None:
    for name in ("asked", "ended_by"):
        op.add_column("finding", sa.Column(name, sa.String(24), nullable=False, server_default=""))
    op.execute(
        "UPDATE finding SET ended_by = (SELECT step FROM finding_event"
        " WHERE finding_id = finding.id AND number = finding.version)"
        " WHERE ended_at IS NOT NULL"
    )
    _allow((*BEFORE, *ADDED))


def downgrade() -> None:
    for table in TABLES:
        state = sa.column("state")
        held = sa.select(sa.exists().select_from(sa.table(table, state)).where(state.in_(ADDED)))
        if op.get_bind().scalar(held):
            message = f"{table} holds states that the version before does not know"
            raise RuntimeError(message)
    _allow(BEFORE)
    op.drop_column("finding", "ended_by")
    op.drop_column("finding", "asked")


def _allow(states: tuple[str, ...]) -> None:
    """Let the state of findings, their events and sightings be one of `states`."""
    named = ", ".join(f"'{state}'" for state in states)
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            _rewrite(table, named)
        else:
            op.drop_constraint(op.f(f"ck_{table}_findingstate"), table, type_="check")
            op.create_check_constraint(
                op.f(f"ck_{table}_findingstate"), table, f"state IN ({named})"
            )


def _rewrite(table: str, named: str) -> None:
    """Change a CHECK where it stands.

    SQLite knows no other way but copying the table, and a table that others point to cannot be
    dropped inside a transaction. The procedure is SQLite's own (lang_altertable.html, 7).
    """
    bind = op.get_bind()
    schema = sa.table("sqlite_schema", sa.column("name"), sa.column("type"), sa.column("sql"))
    where = (schema.c.name == table) & (schema.c.type == "table")
    check = rf"(CONSTRAINT ck_{table}_findingstate CHECK \(state IN \()[^)]*"
    before = bind.execute(sa.select(schema.c.sql).where(where)).scalar_one()
    after, changed = re.subn(check, lambda found: found[1] + named, before)
    if changed != 1:
        message = f"{table} has no CHECK of its state"
        raise RuntimeError(message)
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.execute(sa.update(schema).where(where).values(sql=after))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")
