"""`manage.py count_pabulib`: what it prints, what it refuses, and that it needs no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from voting.management.commands.count_pabulib import RULES
from voting.pabulib import read
from voting.pabulib_ballots import FITTING
from voting.tally import METHODS

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
FILES = sorted((SHARED / "elections").glob("*.pb"))
TOWN = (
    "META\nkey;value\nnum_projects;3\nnum_votes;4\nbudget;100.50\nvote_type;approval\ncurrency;RUB\n"
    "PROJECTS\nproject_id;cost;name\nb1;60;Bench\nt;50.50;Tree\nb2;40;Bridge\n"
    "VOTES\nvoter_id;vote\na;b1,t,b2\nb;b1,t\nc;b1\nd;\n"
)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    file = tmp_path / "town.pb"
    file.write_text(TOWN, encoding="utf-8")
    return file


def run(capsys: pytest.CaptureFixture[str], file: Path, *arguments: str) -> dict[str, Any]:
    call_command("count_pabulib", file, "--json", *arguments)
    return json.loads(capsys.readouterr().out)


def test_count_pabulib_prints_one_object(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, town, "--rule", "greedy")
    assert found.pop("seconds") >= 0
    assert found == {
        "rule": "greedy",
        "voters": 4,
        "projects": 3,
        "selected": ["b1", "b2"],
        "spent": 100,
        "budget": 100.5,
    }


def test_count_pabulib_says_it_in_words(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town.write_text(TOWN.replace("b;b1,t\n", "b;b1\n"), encoding="utf-8")
    call_command("count_pabulib", town, "--rule", "greedy")
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.startswith("greedy: 2 of 3 projects, 100 of 100.5 RUB, 4 voters, ")
    assert rows == [
        "1. b1: 60.00 for 3 Bench",
        "2. b2: 40.00 for 1 Bridge",
        "Tied: b2 and t; the cheaper one first.",
    ]


def test_count_pabulib_takes_seats(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, town, "--rule", "approval")["selected"] == ["b1"]
    assert run(capsys, town, "--rule", "approval", "--seats", "2")["spent"] == 110.5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rule", "oracle"], "There is no rule oracle; rules: greedy, greedy_per_cost"),
        (["--rule", "score"], "score does not count votes of type approval; greedy, greedy_per"),
        (["--rule", "ranked"], "approval do."),
        (["--rule", "approval", "--seats", "0"], "--seats takes a number from 1 on"),
    ],
)
def test_count_pabulib_refuses_in_one_sentence(town: Path, arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says) as refused:
        call_command("count_pabulib", town, *arguments)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "Cannot read .*town.pb: No such file"),
        ("", "The file is empty"),
        (TOWN.replace("d;\n", "d;x\n"), "Line 18: there is no project x"),
        (TOWN.replace("num_votes;4", "num_votes;5"), "META says 5 votes, the file has 4"),
    ],
)
def test_count_pabulib_refuses_what_it_cannot_read(
    town: Path, content: str | None, says: str
) -> None:
    town.unlink() if content is None else town.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=says) as refused:
        call_command("count_pabulib", town, "--rule", "greedy")
    assert refused.value.returncode == 2


def test_count_pabulib_ends_with_2_and_no_traceback(town: Path) -> None:
    """As a program, in a place without a database."""
    command = [sys.executable, "manage.py", "count_pabulib", str(town), "--rule", "score"]
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("CommandError: score does not count")
    assert ended.stderr.count("\n") == 1


def test_count_pabulib_offers_every_method_but_support() -> None:
    assert set(METHODS) - {"support"} == set(RULES)


def test_count_pabulib_says_what_voters_gain_by_equal_shares(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("count_pabulib", town, "--rule", "equal_shares")
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "Voters with more of their projects: 0 by equal_shares, 1 by greedy."


@pytest.mark.parametrize("town", ["Poland_Swiecie_2023", "Poland_Wieliczka_2023_Green_Budget"])
@pytest.mark.skipif(not FILES, reason="no real elections in shared data")
def test_count_pabulib_selects_what_towns_selected_by_equal_shares(
    town: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = SHARED / "elections" / f"{town}.pb"
    with path.open("rb") as file:
        projects = read(file)[0].projects.values()
    found = run(capsys, path, "--rule", "equal_shares")
    assert set(found["selected"]) == {p.id for p in projects if p.extra["selected"] == "1"}


@pytest.mark.skipif(not FILES, reason="no real elections in shared data")
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_count_pabulib_counts_real_elections(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By every rule that fits its votes; the others are refused."""
    kind = path.read_text(encoding="utf-8").partition("vote_type;")[2].split("\n", 1)[0].strip()
    for rule in METHODS.keys() & set(RULES):
        if rule not in FITTING[kind]:
            with pytest.raises(CommandError, match=f"votes of type {kind}"):
                run(capsys, path, "--rule", rule)
            continue
        found = run(capsys, path, "--rule", rule)
        assert found["selected"]
        if rule in {"greedy", "greedy_per_cost", "equal_shares"}:
            assert 0 < found["spent"] <= found["budget"]
