"""Runs migrations on the URL the caller gives; `alembic` alone takes it from the settings."""

from alembic import context

from compliance.record import JSON
from compliance.tables import METADATA
from merchants_app import engines
from merchants_app.settings import Settings


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our JSON column by its name: spelled out it would need imports of its own."""
    return "compliance.record.JSON" if kind == "type" and item is JSON else False


url = context.config.attributes.get("url") or Settings.load().database
engine = engines.write_engine(url, 1)

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=engine.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
