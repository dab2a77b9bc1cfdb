"""A browser without scripts: opens pages, fills in the form that is there, and follows the answer.

A field that the page does not ask for cannot be filled in, so a test that passes shows that the page
can be used as it stands.
"""

from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from litestar.testing import TestClient

from compliance.accounts.permissions import Viewer
from tests.factories import World


@dataclass
class PageForm:
    """A form as the page has it: where it goes, what it carries already, what it asks for."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._open: PageForm | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attributes}
        if tag == "form" and at.get("method") == "post":
            self._open = PageForm(at["action"])
            self.forms.append(self._open)
        if self._open is None or not at.get("name"):
            return
        if tag in {"input", "textarea", "select"}:
            self._open.fields.add(at["name"])
        if tag == "textarea":
            self._area = at["name"]
        chosen = at.get("type", "text") not in {"radio", "checkbox", "file"} or "checked" in at
        if tag == "input" and chosen:
            self._open.values.setdefault(at["name"], []).append(at.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area and self._open:
            self._open.values[self._area] = [data.strip()]


class Browser:
    """One person's browser; `text` is the page it shows, unescaped, and `status` its status."""

    def __init__(self, world: World, client: TestClient, viewer: Viewer) -> None:
        self.client = client
        client.cookies.clear()
        self.viewer = world.sign_in(client, viewer)
        self.status = 0
        self.text = ""
        self.path = ""
        self._forms: list[PageForm] = []

    def open(self, path: str, status: int = 200) -> str:
        """Open a page and return its text."""
        return self._show(path, self.client.get(path), status)

    def send(
        self, *, status: int = 303, files: dict[str, bytes] | None = None, **typed: str
    ) -> str:
        """Fill in the form of this page and send it; after a redirect the next page is opened."""
        (form,) = (each for each in self._forms if each.action != "/sign-out")
        unasked = (set(typed) | set(files or {})) - form.fields
        assert not unasked, f"{self.path} does not ask for {unasked}"
        values: dict[str, Any] = form.values | {name: [value] for name, value in typed.items()}
        sent = {name: ("photo.jpg", data, "image/jpeg") for name, data in (files or {}).items()}
        answer = self.client.post(form.action, data=values, files=sent or None)
        if status == 303:
            assert answer.status_code == 303, answer.text[:3000]
            return self.open(answer.headers["location"])
        return self._show(form.action, answer, status)

    def _show(self, path: str, answer: Any, status: int) -> str:
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:3000]}"
        self.path, self.text, self.status = path, unescape(answer.text), answer.status_code
        parser = _Forms()
        parser.feed(answer.text)
        self._forms = parser.forms
        return self.text
