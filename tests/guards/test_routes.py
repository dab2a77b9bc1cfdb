"""Every address says who may call it; what is open to everybody is listed here, by hand."""

import ast

import pytest
from litestar import Litestar, get

from compliance.accounts.permissions import TABLE, Action
from merchants_app import access
from merchants_app.app import create_app, handlers_of
from merchants_app.settings import Settings
from tests.guards import tree

# Open to people without an account. An address comes onto this list on purpose.
OPEN = {
    "GET /",
    "GET /find",
    "GET /privacy",
    "GET /consents/{version:str}",
    "GET /health",
    "GET /q/{token:str}",
    "GET /patrols/app",
    "GET /patrols/worker.js",
    "GET /api/v1/devices/{device_id:str}",
    "PUT /api/v1/devices/{device_id:str}/sealed/{name:str}",
    "PUT /api/v1/devices/{device_id:str}/wiped",
    "GET /q/{token:str}/notices/{kind:str}",
    "GET /api/v1/door/{token:str}",
    "GET /votes/{vote_id:str}",
    "GET /c/{code:str}",
    "GET /C/{code:str}",
    "GET /check",
    "POST /check",
    "GET /check/certificate.pem",
    "GET /sign-in",
    "POST /sign-in",
    "GET /q/{token:str}/sign-in",
    "POST /q/{token:str}/sign-in",
    "POST /q/{token:str}/sign-in/code",
    "GET /static/{file_path:path}",
    "HEAD /static/{file_path:path}",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("var")))


@pytest.fixture(scope="module")
def routes(app):
    """Return method and address of every handler, the framework's own included."""
    return {
        f"{method} {route.path}": handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in getattr(handler, "http_methods", ())
        if method != "OPTIONS"
    }


def test_every_route_says_who_may_call_it(routes):
    assert routes
    assert not [name for name, each in routes.items() if "access" not in each.opt]


def test_an_app_with_a_silent_route_does_not_start():
    @get("/silent", sync_to_thread=False)
    def silent() -> None: ...

    with pytest.raises(TypeError, match="silent"):
        access.check_routes(handlers_of(Litestar([silent], openapi_config=None)))


def test_only_what_is_listed_is_open_to_everybody(routes):
    nobody = access.anyone()["access"]
    found = {name for name, each in routes.items() if each.opt["access"] == nobody}

    assert not found - OPEN, "open, and nobody said so"
    assert not OPEN - found, "said to be open, and is not"


def test_every_action_is_given_to_a_role():
    given = {action for actions in TABLE.values() for action in actions}

    assert given == set(Action)


def test_every_action_is_asked_for_somewhere():
    asked = {
        tree.dotted(node).removeprefix("Action.")
        for path in tree.files_in("compliance", "merchants_app")
        if path.name != "permissions.py"
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.Attribute)
    }

    idle = sorted({action.name for action in Action} - asked)

    assert not idle, "\n".join(idle)
