"""A browser without scripts for tests: pages by GET, forms by POST with the session's form token."""

import re

from litestar.testing import TestClient

from compliance.accounts.permissions import Viewer
from tests.factories import World

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Browser:
    """A browser without scripts: follows forms by their fields, and nothing else."""

    def __init__(self, world: World, client: TestClient, viewer: Viewer) -> None:
        self.client = client
        self.viewer = world.sign_in(client, viewer)

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text[:2000]
        return answer.text

    def post(self, path: str, fields: dict | None = None, status: int = 303) -> str:
        typed = {"form_token": self.viewer.csrf, **(fields or {})}
        answer = self.client.post(path, data=typed)
        assert answer.status_code == status, answer.text[:2000]
        return answer.headers["location"] if status == 303 else answer.text

    def hidden(self, path: str) -> dict[str, list[str]]:
        """Return the hidden fields of a page."""
        found: dict[str, list[str]] = {}
        for name, value in HIDDEN.findall(self.get(path)):
            found.setdefault(name, []).append(value)
        return found
