"""Bringing a database to the tables this version needs, by the migrations and nothing else."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from merchants_app import engines, paths


def config(url: str) -> Config:
    """Return an Alembic configuration for `url`, without any file."""
    made = Config()
    made.set_main_option("script_location", str(paths.MIGRATIONS).replace("%", "%%"))
    made.attributes["url"] = url
    return made


def upgrade(url: str) -> None:
    """Apply every migration that is missing."""
    command.upgrade(config(url), "head")


def is_current(url: str) -> bool:
    """Return whether nothing is missing."""
    engine = engines.write_engine(url, 1)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except sa.exc.OperationalError:
        found = None
    finally:
        engine.dispose()
    return found == ScriptDirectory.from_config(config(url)).get_current_head()
