"""What the tests find on a machine or make themselves: PostgreSQL, Chromium and Chinese glyphs.

A running PostgreSQL is used when there is one (`MENQIAN_TEST_POSTGRES_URL`, else the loopback's
usual port); otherwise a private server is started on a free port in a temporary folder and removed
afterwards. The set-up asks the same questions: `python -m tests.provision chromium|postgres|poppler`.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import justmytype_intl_cjk
import psycopg

POSTGRES_SETTING = "MENQIAN_TEST_POSTGRES_URL"
CHROMIUM_SETTING = "MENQIAN_TEST_CHROMIUM"
SHOTS_SETTING = "MENQIAN_TEST_SHOTS"
"""A folder that keeps a picture of every page the browser tests look at."""
USUAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@contextmanager
def postgres() -> Iterator[str]:
    """Give the address of a server on which databases may be created and dropped.

    In xdist the controller enters this once and its workers find the address in the environment.
    """
    address = running_postgres()
    if address:
        yield address
        return
    with private_postgres() as address:
        os.environ[POSTGRES_SETTING] = address
        try:
            yield address
        finally:
            del os.environ[POSTGRES_SETTING]


@cache
def running_postgres() -> str | None:
    """Return the address of a server that lets us in as its owner, if one is running."""
    address = os.environ.get(POSTGRES_SETTING)
    if address:
        return address
    return USUAL_POSTGRES if _answers(USUAL_POSTGRES) else None


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a server of our own, reachable from this machine only; it leaves nothing behind.

    It does not wait for the disk: these databases do not outlive the tests, and a killed process
    loses nothing that the operating system already holds.
    """
    programs = postgres_programs()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL server programs; run `make setup-tests`")
    folder = Path(tempfile.mkdtemp(prefix="menqian-postgres-"))
    # PostgreSQL refuses to run as root, so it runs as the user that Debian made for it.
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        owner = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", free_port()
    quiet = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    init = [programs / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust"]
    init += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    serve = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder]
    for setting in ("listen_addresses=127.0.0.1", "fsync=off", "max_connections=200"):
        serve += ["-c", setting]
    try:
        subprocess.run(init, check=True, **quiet, **owner)
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(serve, stderr=log, **quiet, **owner)
        try:
            address = USUAL_POSTGRES.replace(":5432", f":{port}")
            _wait_for(address, server, folder / "log")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make an empty database on `server`, give its address, and drop it afterwards."""
    name = f"menqian_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def postgres_programs() -> Path | None:
    """Return the folder of `initdb` and `postgres`; Debian keeps them off the PATH."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def chromium() -> str | None:
    """Return the path of a Chromium that Playwright can drive, if there is one."""
    named = os.environ.get(CHROMIUM_SETTING)
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def browser_options(folder: Path) -> dict[str, Any]:
    """Return what `playwright.chromium.launch` needs; `folder` keeps the font settings.

    Chinese glyphs come from the font that also prints the plates, so that pictures look the same on
    a machine without any font.
    """
    program = chromium()
    if program is None:
        raise FileNotFoundError("no Chromium; run `make setup-tests`")
    fonts = Path(justmytype_intl_cjk.__file__).parent
    conf = folder / "fonts.conf"
    conf.write_text(FONTS_CONF.format(fonts=fonts, cache=folder / "fontconfig"), encoding="utf-8")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        "executable_path": program,
        "args": [*root, "--disable-dev-shm-usage", "--font-render-hinting=none"],
        "env": {**os.environ, "FONTCONFIG_FILE": str(conf)},
    }


def free_port() -> int:
    """Return a port of the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while not _answers(address):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)


if __name__ == "__main__":
    answers = {
        "chromium": chromium,
        "postgres": lambda: running_postgres() or postgres_programs(),
        "poppler": lambda: shutil.which("pdfsig") and shutil.which("pdftotext"),
    }
    sys.exit(0 if answers[sys.argv[1]]() else 1)
