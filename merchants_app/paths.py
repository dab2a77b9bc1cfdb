"""Where the files that are not Python lie, in a checkout and in an installed wheel.

A wheel carries `templates/` and `alembic/` inside the package (as `templates` and `migrations`), a
checkout keeps them beside it. Both are found from this file alone: an editable install leaves a
stale copy in site-packages, and a search over `sys.path` would read it.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


def _home(packaged: str, checkout: str) -> Path:
    folder = PACKAGE / packaged
    return folder if folder.is_dir() else CHECKOUT / checkout


TEMPLATES = _home("templates", "templates")
MIGRATIONS = _home("migrations", "alembic")
STATIC = PACKAGE / "static"
LOCALE = PACKAGE / "locale"
