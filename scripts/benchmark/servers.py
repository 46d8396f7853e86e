"""Starts the site as in production, and reads what its processes cost from /proc."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKERS = 2
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(url: str, folder: Path, *, cached: bool) -> dict[str, str]:
    """Production's variables, for a server that only this machine reaches."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "SECRET_KEY": "bench-only-" + "x" * 60,
        "VOTE_KEY_SECRET": "bench-only-" + "y" * 60,
        "SEAL_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "ALLOWED_HOSTS": "localhost",
        "BASE_URL": "https://localhost",
        "DATABASE_URL": url,
        "MAIL_URL": "smtp://localhost:25",
        "MAIL_FROM": "bench@example.org",
        "DATA_DIR": str(folder),
        "PUBLIC_PAGE_SECONDS": "10" if cached else "0",
        "LOG_LEVEL": "WARNING",
        "WEB_CONCURRENCY": str(WORKERS),
    }


def command(application: str, port: int, server: str) -> list[str]:
    """The server's command line; gunicorn's settings are those of `deploy/`."""
    python = [sys.executable, "-m"]
    if server == "granian":
        return [
            *python,
            "granian",
            "--interface=wsgi",
            f"--workers={WORKERS}",
            "--blocking-threads=4",
            f"--port={port}",
            application,
        ]
    return [
        *python,
        "gunicorn",
        "--config=deploy/gunicorn.conf.py",
        f"--bind=127.0.0.1:{port}",
        "--max-requests=0",
        application,
    ]


@contextmanager
def serve(application: str, env: dict[str, str], server: str) -> Iterator[tuple[int, int]]:
    """Run a server while the block runs; yields its port and process id."""
    port = free_port()
    process = subprocess.Popen(
        command(application, port, server), env=env, stdout=subprocess.DEVNULL, stderr=sys.stderr
    )
    try:
        wait_for(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once somebody listens on the port; stop the script if the process ends before."""
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit("The server did not start; its words stand above.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not answer within 30 seconds.")


def children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        below = (task / "children").read_text().split()
        found += [each for child in below for each in children(int(child))]
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that these processes have used, in seconds."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def worker_megabytes(pid: int) -> float:
    """Memory of the largest process of a server, in MB; pages shared by n processes count 1/n."""
    sizes = []
    for each in children(pid):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        sizes.append(int(rollup.split("\nPss:")[1].split()[0]))
    return max(sizes) / 1024
