"""Serves a test's rows by gunicorn, in processes that can be killed; reads them from outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import dj_database_url
from django.db import connection, connections

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKERS, THREADS = 2, 8


@dataclass(frozen=True)
class Site:
    """A running site: where it listens, and the process id of gunicorn's arbiter."""

    port: int
    pid: int

    @property
    def workers(self) -> list[int]:
        """Process ids of its workers now."""
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(pid) for pid in found]


def shared_database(folder: Path) -> str:
    """This test's rows at a URL that other processes can open; needs committed data.

    SQLite's test database lives in memory, so it is copied to a file; PostgreSQL's is there.
    """
    if connection.vendor == "postgresql":
        parts = dj_database_url.parse(os.environ["DATABASE_URL"])
        url, mark, _name = os.environ["DATABASE_URL"].rpartition(f"/{parts['NAME']}")
        return f"{url}{mark[0]}{connection.settings_dict['NAME']}"
    path = folder / "storm.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return f"sqlite:///{path}"


@contextmanager
def served(url: str, **environment: str) -> Iterator[Site]:
    """Run the site on a database while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", f"--workers={WORKERS}", f"--threads={THREADS}"]
    command += ["--no-control-socket", "--preload", "--log-level=error"]
    command += [f"--bind=127.0.0.1:{port}", "cms.wsgi:application"]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.storm.settings", "DATABASE_URL": url}
    with subprocess.Popen(command, env=os.environ | settings | environment) as process:
        try:
            _wait_for(port, process)
            yield Site(port, process.pid)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "gunicorn ended before it listened"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("gunicorn did not listen within 30 seconds")


@contextmanager
def reading(url: str) -> Iterator[None]:
    """Let Django's models read another database; the test's own comes back afterwards."""
    own = connections["default"]
    other = connections.create_connection("default")
    other.settings_dict = own.settings_dict | dj_database_url.parse(url)
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = own
