"""A durable PostgreSQL of a test's own that may be killed; the suite's forgets on a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/postgres-throwaway"


def _throwaway() -> Any:
    """The script's own classes; it has no .py at its end, so it cannot simply be imported."""
    loader = SourceFileLoader("postgres_throwaway", str(SCRIPT))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


class Killable:
    """One durable cluster with a copy of this test's rows."""

    def __init__(self) -> None:
        script = _throwaway()
        self.refused = script.Refused
        self.cluster = script.Cluster(durable=True)
        self.url = self.cluster.url

    def start(self) -> None:
        self.cluster.start()
        own = connection.settings_dict
        source = ["-h", own["HOST"], "-U", own["USER"], own["NAME"]]
        target = ["-h", str(self.cluster.folder), "-U", "postgres", "-q"]
        dump = [str(self.cluster.bin / "pg_dump"), *source]
        psql = [str(self.cluster.bin / "psql"), *target, self.url.rpartition("/")[2]]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as writing:
            subprocess.run(psql, stdin=writing.stdout, stdout=subprocess.DEVNULL, check=True)
        assert writing.returncode == 0

    def kill_and_start(self) -> None:
        """Kill -9 every process of the cluster at once, then start it as an operator would."""
        pid_file = self.cluster.folder / "data" / "postmaster.pid"
        postmaster = int(pid_file.read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        options = f"-k {self.cluster.folder} " + " ".join(f"-c {s}" for s in self.cluster.settings)
        log = str(self.cluster.folder / "log")
        deadline = time.monotonic() + 30
        while True:
            try:
                self.cluster.pg_ctl("start", "-w", "-l", log, "-o", options)
                break
            except self.refused:
                # The killed processes' shared memory takes a moment to go.
                assert time.monotonic() < deadline
                time.sleep(0.2)


@contextmanager
def durable_copy() -> Iterator[Killable]:
    """A cluster with this test's committed rows, removed afterwards."""
    killable = Killable()
    try:
        killable.start()
        yield killable
    finally:
        killable.cluster.remove()
