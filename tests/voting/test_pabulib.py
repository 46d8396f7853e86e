"""Pabulib files: what is read, what is refused on which line, and writing as the reverse."""

from __future__ import annotations

import io
import os
import re
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voting.test_pabulib_limits import REFUSED as KEPT
from voting.pabulib import Election, Project, Vote, read
from voting.pabulib_ballots import FITTING, ballots_of, options_of, rules_of
from voting.pabulib_checks import broken_keys
from voting.pabulib_errors import MESSAGES, PabulibError
from voting.pabulib_writing import amount, points_text, write
from voting.tally import count

if TYPE_CHECKING:
    from voting.outcomes import Tally

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILES = sorted((SHARED / "elections").glob("*.pb"))
NAMES = [path.stem for path in FILES]

META = {"num_projects": "2", "num_votes": "2", "budget": "100", "vote_type": "approval"}
PROJECTS = "project_id;cost;name\n1;60;Bench\n2;40;Tree"
VOTES = "voter_id;vote\na;1,2\nb;2"


def text(
    meta: dict[str, str] | None = None, projects: str = PROJECTS, votes: str = VOTES, **changes: str
) -> str:
    rows = "\n".join(f"{key};{value}" for key, value in {**(meta or META), **changes}.items())
    return f"META\nkey;value\n{rows}\nPROJECTS\n{projects}\nVOTES\n{votes}\n"


def load(data: str | bytes) -> tuple[Election, list[Vote]]:
    election, votes = read(io.BytesIO(data.encode() if isinstance(data, str) else data))
    return election, list(votes)


def counted(data: str, method: str) -> Tally:
    election, votes = load(data)
    ballots = ballots_of(election, votes, method)
    return count(rules_of(election, method), options_of(election), ballots)


# Reading


def test_read_gives_projects_and_votes() -> None:
    election, votes = load(text(currency="RUB", comment='"#1: said ""so""; twice"'))
    assert election.meta["comment"] == '#1: said "so"; twice'
    assert (election.budget_minor, election.decimals, election.choices_max) == (100, 0, None)
    assert election.projects == {
        "1": Project("1", 60, {"name": "Bench"}),
        "2": Project("2", 40, {"name": "Tree"}),
    }
    assert votes == [Vote("a", ("1", "2")), Vote("b", ("2",))]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.rstrip(b"\n"),
        lambda data: data.replace(b"\n", b"\n\n"),
        lambda data: data.replace(b";", b"; ").replace(b",", b", "),
        lambda data: re.sub(rb"(?m)^([A-Z]+)$", rb"\1;;", data),
        lambda data: data.replace(b"META", b"meta"),
        lambda data: data.replace(b"\n1;", b'\n"1";'),
    ],
    ids=["bom", "crlf", "no end", "blank lines", "spaces", "padded titles", "lower case", "quoted"],
)
def test_read_takes_what_programs_make_of_a_file(change: Any) -> None:
    assert load(change(text().encode())) == load(text())


def test_read_keeps_quotes_in_the_middle_and_mends_those_not_doubled() -> None:
    election, _votes = load(text(projects='project_id;cost;name\n1;6;An "Oak"\n2;4;"Oak" and ash'))
    assert [p.extra["name"] for p in election.projects.values()] == ['An "Oak"', "Oak and ash"]


def test_money_is_exact_in_the_smallest_unit_the_file_uses() -> None:
    projects = "project_id;cost\n1;0.1\n2;33333333333333.33"
    election, _votes = load(text(projects=projects, budget="100000000000000"))
    assert election.decimals == 2
    assert [p.cost_minor for p in election.projects.values()] == [10, 3333333333333333]
    assert election.budget_minor == 10_000_000_000_000_000


def test_points_are_exact() -> None:
    votes = "voter_id;vote;points\na;1,2;0.1,-2\nb;2;3"
    _election, (vote, _other) = load(text(votes=votes, vote_type="scoring"))
    assert vote.points == (Fraction(1, 10), -2)


def test_blank_votes_are_votes() -> None:
    _election, votes = load(text(votes="voter_id;vote\na;\nb;2"))
    assert votes[0].choice == ()


def test_a_voter_may_be_called_like_a_section() -> None:
    _election, votes = load(text(votes="voter_id;vote\nMETA;\nVOTES;2"))
    assert [vote.voter for vote in votes] == ["META", "VOTES"]


def test_read_knows_the_line_of_everything() -> None:
    election, votes = load(text())
    assert (election.lines["budget"], election.lines["vote_type"]) == (5, 6)
    assert [project.line for project in election.projects.values()] == [9, 10]
    assert [vote.line for vote in votes] == [13, 14]


def test_votes_that_cities_count_although_they_break_a_limit_are_named() -> None:
    election, (dear, fair) = load(text(max_sum_cost="99.5"))
    assert (broken_keys(election, dear), broken_keys(election, fair)) == (["max_sum_cost"], [])
    few = text(votes="voter_id;vote;points\na;1;2\nb;2;3", vote_type="cumulative")
    election, (low, enough) = load(few.replace("PROJECTS", "min_sum_points;3\nPROJECTS"))
    assert (broken_keys(election, low), broken_keys(election, enough)) == (["min_sum_points"], [])


# Refusing

REFUSED = {
    "empty": ("", 0),
    "not_utf8": (text().encode().replace(b"Bench", b"\xcb\xe0\xe2\xea\xe0"), 9),
    "not_utf8 UTF-16": (text().encode("utf-16"), 1),
    "line_too_long": (text(comment="x" * 100_001), 7),
    "open_quote": (text(projects='project_id;cost;name\n1;60;"Bench\n2;40;Tree'), 9),
    "wrong_delimiter comma": (text().replace(",", ".").replace(";", ","), 2),
    "wrong_delimiter tab": (text().replace(";", "\t"), 2),
    "wrong_delimiter padded": ("META,,\nkey,value,\n", 1),
    "wrong_delimiter in projects": (text(projects=PROJECTS.replace(";", ",")), 8),
    "before_section": ("hello\n" + text(), 1),
    "missing_section META": (text().partition("PROJECTS")[2].join(["PROJECTS", ""]), 1),
    "missing_section PROJECTS": (re.sub(r"PROJECTS\n(.*\n)+?VOTES", "VOTES", text()), 7),
    "missing_section VOTES": (text().partition("VOTES")[0], 0),
    "missing_section all": ("META\nkey;value\n", 0),
    "duplicate_section": (text().replace("PROJECTS", "META"), 7),
    "missing_column": (text(votes="voter_id;choice\na;1"), 12),
    "missing_column points": (text(vote_type="cumulative"), 12),
    "missing_column META": (text().replace("key;value", "name;value"), 2),
    "duplicate_column": (text(projects="project_id;cost;cost\n1;2;3"), 8),
    "row_cells": (text(votes="voter_id;vote\na;1;2"), 13),
    "row_cells short": (text(votes="voter_id;vote;age\na;1,2;30\nb;1"), 14),
    "missing_key": (text().replace("budget;100\n", ""), 0),
    "missing_key empty": (text(budget=""), 0),
    "duplicate_key": (text().replace("PROJECTS", "budget;200\nPROJECTS"), 7),
    "unknown_vote_type": (text(vote_type="oracle"), 6),
    "bad_number budget": (text(budget="1 000"), 5),
    "bad_number comma": (text(budget="100,50"), 5),
    "bad_number cost": (text(projects="project_id;cost\n1;free\n2;40"), 9),
    "bad_number negative": (text(projects="project_id;cost\n1;-1\n2;40"), 9),
    "bad_number infinite": (text(projects="project_id;cost\n1;inf\n2;40"), 9),
    "bad_number digits": (text(projects="project_id;cost\n1;٣\n2;40"), 9),
    "bad_number votes": (text(num_votes="many"), 4),
    "bad_number threshold": (text(min_project_score_threshold="10 %"), 7),
    "bad_number length": (text(min_length="one"), 7),
    "bad_number points": (
        text(votes="voter_id;vote;points\na;1;x\nb;2;1", vote_type="scoring"),
        13,
    ),
    "missing_id project": (text(projects="project_id;cost\n;60\n2;40"), 9),
    "missing_id voter": (text(votes="voter_id;vote\n;1\nb;2"), 13),
    "duplicate_project": (text(projects="project_id;cost\n1;60\n1;40"), 10),
    "duplicate_voter": (text(votes="voter_id;vote\na;1\na;2"), 14),
    "unknown_project": (text(votes="voter_id;vote\na;1\nb;2,7"), 14),
    "extra_comma": (text(votes="voter_id;vote\na;1,\nb;2"), 13),
    "extra_comma inside": (text(votes="voter_id;vote\na;1\nb;1,,2"), 14),
    "extra_comma points": (
        text(votes="voter_id;vote;points\na;1;3,\nb;2;1", vote_type="cumulative"),
        13,
    ),
    "too_many_choices": (text(max_length="1"), 14),
    "too_many_choices choose-1": (text(vote_type="choose-1"), 13),
    "too_few_choices": (text(min_length="2"), 15),
    "too_few_choices blank": (text(min_length="1", votes="voter_id;vote\na;\nb;2"), 14),
    "points_range": (
        text(votes="voter_id;vote;points\na;1;3\nb;2;4", vote_type="scoring", max_points="3"),
        15,
    ),
    "points_range low": (
        text(votes="voter_id;vote;points\na;1;0\nb;2;-1", vote_type="scoring", min_points="0"),
        15,
    ),
    "points_mismatch": (
        text(votes="voter_id;vote;points\na;1,2;3\nb;2;1", vote_type="cumulative"),
        13,
    ),
    "too_many_points": (
        text(
            votes="voter_id;vote;points\na;1,2;3,3\nb;2;1",
            vote_type="cumulative",
            max_sum_points="5",
        ),
        14,
    ),
    "num_projects": (text(num_projects="3"), 0),
    "num_votes": (text(num_votes="1"), 0),
}


@pytest.mark.parametrize("name", REFUSED)
def test_read_refuses_and_says_where(name: str) -> None:
    data, line = REFUSED[name]
    with pytest.raises(PabulibError) as caught:
        load(data)
    assert (caught.value.code, caught.value.line) == (name.split(maxsplit=1)[0], line)
    assert caught.value.template % caught.value.values == str(caught.value)


def test_every_refusal_is_tried() -> None:
    """Those of what can be read and not be kept have a file of their own."""
    assert {name.split()[0] for name in [*REFUSED, *KEPT]} == set(MESSAGES)


@given(st.binary(max_size=300), st.integers(0, 400))
def test_read_fails_in_no_other_way(noise: bytes, place: int) -> None:
    data = text().encode()
    for damaged in (noise, data[:place] + noise + data[place:], data[:place] + data[place + 9 :]):
        try:
            load(damaged)
        except PabulibError as failure:
            assert failure.code in MESSAGES  # noqa: PT017 - most noise is refused, some is read.


def test_read_keeps_no_votes() -> None:
    """Memory holds voters' ids and one line, not the votes."""
    rows = "\n".join(f"{number};1,2;{'x' * 500}" for number in range(20_000))
    data = text(votes=f"voter_id;vote;note\n{rows}", num_votes="20000").encode()
    tracemalloc.start()
    _election, votes = read(io.BytesIO(data))
    assert sum(1 for _vote in votes) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000
    assert len(data) > 10_000_000


# Writing

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12).map(
    str.strip
)
ID = st.text(st.characters(categories=["L", "N"], include_characters=";\"' -"), min_size=1).map(
    str.strip
)
POINTS = st.builds(Fraction, st.integers(-999, 999), st.sampled_from([1, 2, 4, 5, 10, 1000]))


@st.composite
def elections(draw: st.DrawFn) -> tuple[Election, list[Vote]]:
    """Any election the format can hold, with a column of its own in both tables."""
    kind = draw(st.sampled_from(["approval", "ordinal", "cumulative", "scoring"]))
    decimals = draw(st.integers(0, 3))
    # The last digit is never 0, or the file would not show how many decimals it has.
    money = st.integers(0, 10**12).map(lambda units: units * 10 + 1)
    ids = draw(st.lists(ID.filter(bool), min_size=1, max_size=4, unique=True))
    projects = {id: Project(id, draw(money), {"name": draw(CELL)}) for id in ids}
    scored = kind in {"cumulative", "scoring"}
    votes = []
    for voter in draw(st.lists(ID.filter(bool), max_size=4, unique=True)):
        choice = tuple(draw(st.lists(st.sampled_from(ids), max_size=4)))
        points = tuple(draw(POINTS) for _id in choice) if scored else ()
        whole = tuple(int(p) if p.denominator == 1 else p for p in points)
        votes.append(Vote(voter, choice, whole, {"note": draw(CELL)}))
    meta = {
        "num_projects": str(len(projects)),
        "num_votes": str(len(votes)),
        "budget": amount(draw(money), decimals),
        "vote_type": kind,
        "description": draw(CELL),
    }
    columns = ("voter_id", "vote", *(["points"] if scored else []), "note")
    return Election(meta, decimals, projects, ("project_id", "cost", "name"), columns), votes


@given(elections())
def test_what_is_written_reads_the_same(election: tuple[Election, list[Vote]]) -> None:
    written = "".join(write(*election))
    assert load(written) == election
    assert "".join(write(*load(written))) == written


def test_write_keeps_a_row_on_a_line() -> None:
    election, votes = load(text())
    election.projects["1"].extra["name"] = "Bench\r\nof oak"
    assert "\n1;60;Bench of oak\n" in "".join(write(election, votes))


def test_points_without_a_decimal_are_refused() -> None:
    with pytest.raises(ValueError, match="1/3 points"):
        points_text(Fraction(1, 3))


# From votes to ballots


def test_ballots_count_a_project_named_twice_once() -> None:
    tally = counted(text(votes="voter_id;vote\na;1,1\nb;2"), "greedy")
    assert [line.total for line in tally.lines] == [1, 1]


def test_ballots_add_points_given_twice() -> None:
    votes = "voter_id;vote;points\na;1,1;2,3\nb;2;4"
    tally = counted(text(votes=votes, vote_type="cumulative"), "score")
    assert [(line.number, line.total) for line in tally.lines] == [(1, 5), (2, 4)]


def test_ballots_give_a_ranking_the_points_of_its_own_length() -> None:
    data = text(votes="voter_id;vote\na;1,2\nb;2", vote_type="ordinal")
    assert {line.number: line.total for line in counted(data, "greedy").lines} == {1: 2, 2: 2}
    assert counted(data, "ranked").lines[0].total == 1


def test_ballots_give_the_default_score_to_projects_a_vote_leaves_out() -> None:
    votes = "voter_id;vote;points\na;1;5\nb;2;1"
    tally = counted(text(votes=votes, vote_type="scoring", default_score="2"), "score")
    assert {line.number: line.total for line in tally.lines} == {1: 7, 2: 3}


@pytest.mark.parametrize("threshold", ["2", "2.0", "1.5"])
def test_rules_take_a_decimal_as_threshold(threshold: str) -> None:
    data = text(votes="voter_id;vote\na;1\nb;1,2", min_project_score_threshold=threshold)
    assert counted(data, "greedy").winners == (1,)


def test_rules_take_the_threshold_of_the_file() -> None:
    data = text(votes="voter_id;vote\na;1\nb;1,2", min_project_score_threshold="2")
    assert counted(data, "greedy").winners == (1,)


# Real elections


@pytest.mark.skipif(not FILES, reason="no real elections in shared data")
def test_there_are_eight_real_elections() -> None:
    assert len(FILES) == 8


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_real_election_is_written_as_it_was(path: Path) -> None:
    data = path.read_bytes()
    written = "".join(write(*load(data))).encode()
    assert written.rstrip() == data.replace(b"\r\n", b"\n").rstrip()


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_real_election_adds_up_to_its_own_figures(path: Path) -> None:
    """The cities counted votes and points themselves, in columns of PROJECTS."""
    election, votes = load(path.read_bytes())
    for method in set(FITTING[election.vote_type]):
        ballots = ballots_of(election, votes, method)
        tally = count(rules_of(election, method), options_of(election), ballots)
        projects = list(election.projects.values())
        for line in tally.lines:
            said = projects[line.number - 1].extra
            assert line.voters == int(said["votes"])
            if method != "ranked":
                assert line.total == int(said.get("score", said["votes"]))
        assert tally.winners
        assert method not in {"greedy", "greedy_per_cost"} or tally.left_minor >= 0
