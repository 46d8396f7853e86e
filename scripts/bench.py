#!/usr/bin/env python3
"""`make bench`: how many requests a second the site answers, beside a bare Django in the same run.

The site runs as in production on SQLite and on PostgreSQL, with 1,000, 10,000 and 35,000 proposals;
Equal Shares is counted beside pabutools. Everything, this generator too, shares the machine's
cores. BENCH=list,equal_shares picks some figures;
ROWS, SECONDS, DATABASES and SERVER change the size, the length, the databases and the server.
Prints a table and writes bench.json.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from benchmark import load, servers

ROOT = Path(__file__).parent.parent
SITE, BARE = "cms.wsgi:application", "scripts.benchmark.bare:application"
RUNS = 3
VARIANTS = 20  # of a page, so that no few rows are drawn again and again
PAGES = {
    "home": "/ru/",
    "list": "/ru/proposals/?seed={seed}",
    "filter": "/ru/proposals/?category=theme-3&seed={seed}",
    "search": "/ru/proposals/?q=%D0%BF%D0%B0%D0%B2%D0%BE%D0%B4%D0%BE%D0%BA&order=newest",
    "detail": "/ru/proposals/{proposal}/",
}
CACHED = {"home cached": "home", "list cached": "list"}
CLIENTS = 8
VOTERS = 3000
WARM = 300  # votes before those that are counted
SPREAD = 900  # proposals that the same votes go to when not all go to one
HEADERS = {"X-Forwarded-Proto": "https", "Accept-Language": "ru"}


def setting(name: str, default: str) -> list[str]:
    """A comma-separated variable of the environment."""
    return [word for word in os.environ.get(name, default).split(",") if word]


class Bench:
    """One database's figures."""

    def __init__(self, database: str, url: str, folder: Path, wanted: set[str]) -> None:
        self.database, self.url, self.folder, self.wanted = database, url, folder, wanted
        self.seconds = float(os.environ.get("SECONDS_A_RUN", "4"))
        self.server = os.environ.get("SERVER", "gunicorn")
        self.figures: list[dict[str, Any]] = []
        self.baseline: dict[str, float] = {}

    def run(self, sizes: list[int]) -> None:
        """Migrate, then fill and measure size after size; the baselines come first."""
        self.manage("migrate", "-v0")
        self.manage("createcachetable")
        self.manage("collectstatic", "--noinput", "-v0")
        self.measure_baselines()
        for rows in sizes:
            self.child("scripts.benchmark.fill", "fill", str(rows))
            self.measure(rows)

    def measure_baselines(self) -> None:
        """A bare view and a bare INSERT, on the same server and the same database."""
        keys = json.loads(self.child("scripts.benchmark.bare", str(WARM + VOTERS)))
        with servers.serve(BARE, self.env(cached=False), self.server) as (port, pid):
            for name in ("page", "insert"):
                figure = self.repeat(f"bare {name}", 0, [f"/{name}"], port, pid)
                self.baseline[name] = figure["per_second"]
            requests = [bare_vote_request(key) for key in keys]
            figure = self.send_once("bare vote", 0, requests, port, pid, "insert")
            self.baseline["vote"] = figure["per_second"]

    def measure(self, rows: int) -> None:
        """Every wanted figure at one size."""
        voters = str(2 * (WARM + VOTERS))
        people = json.loads(self.child("scripts.benchmark.fill", "people", voters))
        pages = {name: variants(path, people["proposal"]) for name, path in PAGES.items()}
        with servers.serve(SITE, self.env(cached=False), self.server) as (port, pid):
            for name in self.wanted & pages.keys():
                self.repeat(name, rows, pages[name], port, pid)
            if "support" in self.wanted:
                self.support(rows, people, port, pid)
                self.support_spread(rows, people, port, pid)
        with servers.serve(SITE, self.env(cached=True), self.server) as (port, pid):
            for name, page in CACHED.items():
                if page in self.wanted:
                    self.repeat(name, rows, pages[page], port, pid)

    def repeat(self, name: str, rows: int, paths: list[str], port: int, pid: int) -> dict[str, Any]:
        """Warm up, then the median of several runs of one page."""
        requests = [load.request_bytes("localhost", path, headers=HEADERS) for path in paths]
        load.repeat(requests, port=port, seconds=1, clients=CLIENTS)
        before = servers.cpu_seconds(servers.children(pid))
        runs = [
            load.repeat(requests, port=port, seconds=self.seconds, clients=CLIENTS)
            for _ in range(RUNS)
        ]
        cpu = servers.cpu_seconds(servers.children(pid)) - before
        return self.record(name, rows, runs, cpu, pid, "page")

    def support(self, rows: int, people: dict[str, Any], port: int, pid: int) -> None:
        """Everybody supports one proposal, once each; then the ledger is asked what it holds."""
        keys = people["keys"][: WARM + VOTERS]
        requests = [support_request(key, people["proposal"]) for key in keys]
        before = self.count(people["proposal"])
        figure = self.send_once("support", rows, requests, port, pid, "vote")
        acknowledged = len(requests) - figure["failures"]
        figure |= self.audit(people["proposal"], acknowledged, before["rows"])

    def support_spread(self, rows: int, people: dict[str, Any], port: int, pid: int) -> None:
        """As many others, whose first vote it is as well, each for one of many proposals."""
        requests = [
            support_request(key, people["proposal"] - 1 - number % SPREAD)
            for number, key in enumerate(people["keys"][WARM + VOTERS :])
        ]
        self.send_once("spread", rows, requests, port, pid, "vote")

    def send_once(
        self, name: str, rows: int, requests: list[bytes], port: int, pid: int, baseline: str
    ) -> dict[str, Any]:
        """Warm up, then send each request once, in as many parts as there are runs."""
        send = partial(load.send_all, port=port, clients=32, expected={200})
        warm = send(requests[:WARM])
        share = (len(requests) - WARM) // RUNS
        starts = range(WARM, WARM + RUNS * share, share)
        before = servers.cpu_seconds(servers.children(pid))
        runs = [send(requests[start : start + share]) for start in starts]
        cpu = servers.cpu_seconds(servers.children(pid)) - before
        figure = self.record(name, rows, runs, cpu, pid, baseline, clients=32)
        figure["failures"] += len(warm.failures)
        return figure

    def audit(self, proposal: int, acknowledged: int, rows_before: int) -> dict[str, Any]:
        """Compare what was acknowledged with what the ledger and the cached figure hold."""
        after = self.count(proposal)
        lost = acknowledged - (after["rows"] - rows_before)
        double = after["rows"] - after["voters"]
        right = after["figure"] == after["rows"]
        say(f"    acks={acknowledged} lost={lost} double={double} cached figure right: {right}")
        return {
            "acknowledged": acknowledged,
            "lost": lost,
            "double": double,
            "figure_is_right": right,
        }

    def record(
        self,
        name: str,
        rows: int,
        runs: list[load.Run],
        cpu: float,
        pid: int,
        baseline: str,
        clients: int = CLIENTS,
    ) -> dict[str, Any]:
        """Keep one figure in the shape bench.json promises, and print it."""
        answered = sum(len(run.latencies) for run in runs)
        figure = {
            "name": name,
            "database": self.database,
            "rows": rows,
            "clients": clients,
            "per_second": round(statistics.median(run.per_second for run in runs), 1),
            "p50_ms": round(statistics.median(run.percentile_ms(0.5) for run in runs), 2),
            "p99_ms": round(statistics.median(run.percentile_ms(0.99) for run in runs), 2),
            "cpu_ms": round(1000 * cpu / answered, 2),
            "worker_mb": round(servers.worker_megabytes(pid), 1),
            "baseline_per_second": self.baseline.get(baseline),
            "server": self.server,
            "html_bytes": runs[0].size_bytes,
            "failures": sum(len(run.failures) for run in runs),
        }
        self.figures.append(figure)
        say(
            f"{self.database:11}{rows:>7}  {name:12}{figure['per_second']:>9}/s"
            f"{figure['p50_ms']:>9} ms{figure['p99_ms']:>9} ms{figure['cpu_ms']:>8} ms CPU"
            f"{figure['worker_mb']:>7} MB"
            + (f"  {figure['failures']} FAILED" if figure["failures"] else "")
        )
        return figure

    def count(self, proposal: int) -> dict[str, int]:
        """What the ledger and the cached figure say of one proposal."""
        return json.loads(self.child("scripts.benchmark.fill", "count", str(proposal)))

    def env(self, *, cached: bool) -> dict[str, str]:
        return servers.environment(self.url, self.folder, cached=cached)

    def manage(self, *words: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.env(cached=False), check=True
        )

    def child(self, module: str, *words: str) -> str:
        """Run one of our modules in a process of its own, with the site's settings."""
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env=self.env(cached=False),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout


def variants(path: str, proposal: int) -> list[str]:
    """Addresses of one kind of page: starts spread over the circle, the newest proposals."""
    step = 2**31 // VARIANTS
    paths = (path.format(seed=n * step, proposal=proposal - n) for n in range(VARIANTS))
    return list(dict.fromkeys(paths))


def support_request(session: str, proposal: int) -> bytes:
    """The POST behind a click on the support button, by the person of this session."""
    token = "b" * 32
    cookies = f"__Host-session={session}; __Host-csrf={token}"
    extra = {"Cookie": cookies, "X-CSRFToken": token, "Origin": "https://localhost"}
    return load.request_bytes(
        "localhost",
        f"/ru/proposals/{proposal}/support/",
        method="POST",
        body="stands=1&gen=0",  # as the button of somebody who has not voted says
        headers=HEADERS | extra | {"HX-Request": "true"},
    )


def bare_vote_request(session: str) -> bytes:
    """The POST of somebody signed in to the bare site."""
    token = "b" * 32
    extra = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
    return load.request_bytes("localhost", "/vote", method="POST", body="stands=1", headers=extra)


def say(line: str) -> None:
    """Print at once, so that a long run can be watched."""
    print(line, flush=True)


def database_url(name: str, folder: str) -> str:
    """An empty database: a SQLite file, or the PostgreSQL that was started for us."""
    return os.environ["DATABASE_URL"] if name == "postgresql" else f"sqlite:///{folder}/b.sqlite3"


def measure_all(wanted: set[str], databases: list[str]) -> list[dict[str, Any]]:
    sizes = [int(rows) for rows in setting("ROWS", "1000,10000,35000")]
    figures = equal_shares() if "equal_shares" in wanted else []
    for name in databases:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(name, database_url(name, folder), Path(folder), wanted)
            bench.run(sizes)
            figures += bench.figures
    return figures


def equal_shares() -> list[dict[str, Any]]:
    """Whole elections counted, in a process of its own; the baseline is pabutools."""
    command = [sys.executable, "-m", "scripts.benchmark.shares"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(done.stdout)
    for figure in figures:
        limit = f"not done in {figure['pabutools_limit_seconds']:.0f} s"
        others = ", ".join(
            f"{way} {f'{took[0]:.2f} s ({took[1]:.2f} s CPU)' if took else limit}"
            for way, took in figure["pabutools"].items()
        )
        say(
            f"equal_shares  {figure['election']}: {figure['rows']} voters, {figure['projects']}"
            f" projects, {figure['steps']} steps, {figure['p50_ms'] / 1000:.2f} s"
            f" ({figure['cpu_ms'] / 1000:.2f} s CPU); pabutools {others}"
            + ("  OTHER OUTCOME" if figure["failures"] else "")
        )
    return figures


def main() -> int:
    """Start a durable PostgreSQL of our own around this script if it is wanted and not there."""
    wanted = set(setting("BENCH", ",".join([*PAGES, "support", "equal_shares"])))
    databases = setting("DATABASES", "sqlite,postgresql") if wanted - {"equal_shares"} else []
    if "postgresql" in databases and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        throwaway = [sys.executable, "scripts/postgres-throwaway", "--durable", "--"]
        return subprocess.run(
            [*throwaway, sys.executable, __file__], cwd=ROOT, check=False
        ).returncode
    os.chdir(ROOT)
    figures = measure_all(wanted, databases)
    Path("bench.json").write_text(json.dumps(figures, indent=1) + "\n")
    say("Written to bench.json.")
    return (
        1
        if any(
            figure["failures"] or figure.get("lost") or figure.get("double") for figure in figures
        )
        else 0
    )


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        raise SystemExit(main())
