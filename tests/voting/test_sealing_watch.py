"""`seal_votes --watch` as a process: it ends by a signal, and with whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SEALER = f"{sys.executable} -u manage.py seal_votes --watch"


@pytest.fixture(autouse=True)
def hears_ctrl_c() -> Iterator[None]:
    """What a shell started in the background ignores Ctrl-C, and so would its children here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def environment(folder: Path) -> dict[str, str]:
    """A database without tables: the sealer waits for it as for one that restarts."""
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "DJANGO_SETTINGS_MODULE": "cms.settings.test",
    }


def is_running(pid: int) -> bool:
    try:
        # A process nobody has waited for yet is still listed, as a zombie.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends_soon(pid: int) -> bool:
    for _ in range(100):
        if not is_running(pid):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_sealer_ends_with_the_process_that_started_it(tmp_path: Path, how: int) -> None:
    """As in scripts/run: the server takes the shell's place, and Ctrl-C reaches only the server."""
    script = f"{SEALER} --with-parent & echo $!; exec sleep 60"
    with subprocess.Popen(
        ["sh", "-c", script],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        sealer = int(server.stdout.readline())
        try:
            assert "trying again" in server.stderr.readline()
            server.send_signal(how)
            server.wait(10)
            assert ends_soon(sealer)
        finally:
            with suppress(ProcessLookupError):
                os.kill(sealer, signal.SIGKILL)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_sealer_ends_by_a_signal_with_status_0(tmp_path: Path, how: int) -> None:
    with subprocess.Popen(
        SEALER.split(), cwd=ROOT, env=environment(tmp_path), stderr=subprocess.PIPE, text=True
    ) as sealer:
        assert sealer.stderr is not None
        assert "trying again" in sealer.stderr.readline()
        try:
            # Once it waits, many at a time: one comes while the one before is dealt with.
            time.sleep(0.3)
            for _ in range(200):
                sealer.send_signal(how)
            assert sealer.wait(10) == 0
        finally:
            sealer.kill()
