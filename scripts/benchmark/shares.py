"""Equal Shares beside pabutools: a real election, one in a small currency, and a made one.

`python -m scripts.benchmark.shares` prints the figures as `make bench` takes them; with a name of
`ELECTIONS` and `plain` or `grouped` it counts that one by pabutools and prints what it selected.
SHARED_DATA is the folder of the files, PABUTOOLS_SECONDS how long pabutools may take for one.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from voting.equal_shares import Outcome, equal_shares
from voting.pabulib import read

ROOT = Path(__file__).parent.parent.parent
FILES = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / "elections"
LIMIT = float(os.environ.get("PABUTOOLS_SECONDS", "150"))
RUNS = 3
Election = tuple[dict[str, int], list[tuple[str, ...]], int, int]
"""Costs, ballots, the budget and one unit of the currency, in the smallest unit there is."""


def from_file(path: Path) -> Election | None:
    """None if its votes are more than a list of projects."""
    with path.open("rb") as file:
        described, votes = read(file)
        if described.vote_type != "approval":
            return None
        ballots = [vote.choice for vote in votes]
    costs = {id: project.cost_minor for id, project in described.projects.items()}
    return costs, ballots, described.budget_minor, 10**described.decimals


def made() -> Election:
    """10,000 voters in ten districts, 100 projects, three to fifteen of them on a ballot."""
    chance = random.Random(2023)  # noqa: S311 - the same each time, nothing secret
    budget = 5_000_000
    names = [f"p{number}" for number in range(100)]
    sizes = [min(max(chance.lognormvariate(0, 0.8), 0.05), 4) for _ in names]
    costs = {name: int(size * budget / 40) for name, size in zip(names, sizes, strict=True)}
    popular = [chance.paretovariate(1.2) for _ in names]
    districts = [chance.randrange(10) for _ in names]
    ballots = []
    for voter in range(10_000):
        near = [6 if place == voter % 10 else 1 for place in districts]
        weights = [liked * more for liked, more in zip(popular, near, strict=True)]
        ballots.append(tuple(set(chance.choices(names, weights, k=chance.randint(3, 15)))))
    return costs, ballots, budget, 1


@cache
def elections() -> dict[str, Election]:
    """The largest file, the one with most money for a voter, and the one made here."""
    files = ((path.stem, from_file(path)) for path in sorted(FILES.glob("*.pb")))
    found = {name: election for name, election in files if election}
    largest = max(found, key=lambda name: len(found[name][0]) * len(found[name][1]), default=None)
    richest = max(found, key=lambda name: found[name][2] / len(found[name][1]), default=None)
    chosen = dict.fromkeys(name for name in (largest, richest) if name)
    return {name: found[name] for name in chosen} | {"made": made()}


def figure(name: str, election: Election) -> dict[str, Any]:
    """Our seconds and those of pabutools, in the shape `bench.json` promises."""
    costs, ballots, _budget, _unit = election
    outcome, seconds, cpu = timed(election)
    oracles = {way: by_pabutools(name, way) for way in ("plain", "grouped")}
    done = {way: found for way, found in oracles.items() if found}
    return {
        "name": "equal_shares",
        "database": None,
        "rows": len(ballots),
        "clients": 1,
        "per_second": round(1 / statistics.median(seconds), 3),
        "p50_ms": round(1000 * statistics.median(seconds), 1),
        "p99_ms": round(1000 * max(seconds), 1),
        "cpu_ms": round(1000 * cpu / RUNS, 1),
        "worker_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "baseline_per_second": 1 / done["plain"]["seconds"] if "plain" in done else None,
        "election": name,
        "projects": len(costs),
        "steps": outcome.steps,
        "steps_jumped": outcome.steps_jumped,
        "pabutools": {
            way: [found["seconds"], found["cpu_seconds"]] if (found := done.get(way)) else None
            for way in oracles
        },
        "pabutools_limit_seconds": LIMIT,
        "failures": sum(
            sorted(found["selected"]) != sorted(outcome.selected) for found in done.values()
        ),
    }


def timed(election: Election) -> tuple[Outcome, list[float], float]:
    """The outcome, the seconds of each run, and those of the processor together."""
    costs, ballots, budget, unit = election
    seconds, cpu = [], time.process_time()
    for _ in range(RUNS):
        began = time.perf_counter()
        outcome = equal_shares(costs, ballots, budget, step_minor=unit)
        seconds.append(time.perf_counter() - began)
    return outcome, seconds, time.process_time() - cpu


def by_pabutools(name: str, way: str) -> dict[str, Any] | None:
    """What pabutools selects and its seconds; None if it is not done in time or not there."""
    command = [sys.executable, "-m", "scripts.benchmark.shares", name, way]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        print(done.stderr.splitlines()[-1], file=sys.stderr)
        return None
    return json.loads(done.stdout)


def count_by_pabutools(election: Election, *, grouped: bool) -> dict[str, Any]:
    """Counted by pabutools, with our rule for ties; `grouped` joins equal ballots."""
    from pabutools.election import ApprovalBallot, ApprovalProfile, Cost_Sat, Instance, Project
    from pabutools.rules import exhaustion_by_budget_increase, method_of_equal_shares
    from pabutools.tiebreaking import TieBreakingRule

    costs, ballots, budget, unit = election
    projects = {name: Project(name, cost) for name, cost in costs.items()}
    instance = Instance(projects.values(), budget_limit=budget)
    profile = ApprovalProfile(
        (ApprovalBallot(projects[name] for name in ballot) for ballot in ballots),
        instance=instance,
    )
    votes = {name: sum(name in ballot for ballot in ballots) for name in costs}
    order = sorted(costs, key=lambda name: (-votes[name], costs[name]))
    ranks = {name: place for place, name in enumerate(order)}
    ties = TieBreakingRule(lambda _instance, _profile, project: ranks[project.name])
    began, cpu = time.perf_counter(), time.process_time()
    selected = exhaustion_by_budget_increase(
        instance,
        profile.as_multiprofile() if grouped else profile,
        method_of_equal_shares,
        {"sat_class": Cost_Sat, "tie_breaking": ties},
        exhaustive_stop=False,
        budget_step=unit * len(ballots),
    )
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "selected": [project.name for project in selected],
    }


def main(*words: str) -> None:
    if words:
        name, way = words
        found: Any = count_by_pabutools(elections()[name], grouped=way == "grouped")
    else:
        found = [figure(name, election) for name, election in elections().items()]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
