"""`menqian serve` as a process of its own, which may be killed at any moment and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from merchants_app.settings import Settings
from tests.guards.tree import ROOT

COMMAND = "from merchants_app.cli import main; main()"
PATIENCE = 60


class Program:
    """The server on a port, with the database and the folder of `settings`."""

    def __init__(self, settings: Settings, *, port: int, address: str, log: Path) -> None:
        self.port = port
        self._log = log
        self._environment = os.environ | {
            "MENQIAN_DATA_DIR": str(settings.data_dir),
            "MENQIAN_DATABASE_URL": settings.database,
            "MENQIAN_BASE_URL": address,
            "MENQIAN_SMS": "file",
            "MENQIAN_WORKER": "false",
            "MENQIAN_LOG_LEVEL": "warning",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text(errors="replace")
            assert time.monotonic() < deadline, self._log.read_text(errors="replace")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it and all its processes at this very moment, whatever they are doing."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)
            self._process = None

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/health") as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False


@contextmanager
def serving(settings: Settings, *, port: int, address: str) -> Iterator[Program]:
    """Serve at `port` to people who come by `address`."""
    log = settings.data_dir.parent / "serve.log"
    program = Program(settings, port=port, address=address, log=log)
    program.start()
    try:
        yield program
    finally:
        program.kill()
