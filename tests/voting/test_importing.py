"""What an imported election becomes: the same result as its file's, and words for what differs."""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from home.words import said
from tests.factories.pabulib import RANKED, SCORED, election_text
from voting.actions.importing import import_election
from voting.models import Result, Round
from voting.pabulib import read
from voting.pabulib_ballots import ballots_of, options_of, rules_of
from voting.results import gives_points
from voting.sealing import seal_votes
from voting.tally import count

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

DEFAULT = {"rule": "greedy", "vote_type": "scoring", "default_score": "1", "max_length": "2"}
THREE = {"num_projects": "3", "projects": "a;100;Lime trees\nb;50.50;Benches\nc;20;Pond\n"}


def imported(data: str, *, sealed: bool = False) -> Round:
    """The round of a file; `sealed` with its result stated."""
    round_ = import_election(file=BytesIO(data.encode()), name="parks", tick=str).round
    if sealed:
        seal_votes()
    return Round.objects.get(pk=round_.pk)


def counted(data: str) -> tuple[int, ...]:
    """Whom `count_pabulib` would name, by number."""
    election, votes = read(BytesIO(data.encode()))
    rules = rules_of(election, "greedy")
    return count(rules, options_of(election), ballots_of(election, votes, "greedy")).winners


@pytest.mark.parametrize(
    ("data", "winners"),
    [
        (election_text(rule="greedy"), [2, 1]),
        (election_text(rule="greedy-threshold", min_project_score_threshold="9"), [2]),
        (election_text(rule="greedy", min_project_score_threshold="8.5"), [2]),
        (election_text(SCORED, **DEFAULT, **THREE, budget="120"), [1, 3]),
        (election_text(RANKED, rule="greedy", vote_type="ordinal"), [2, 1]),
    ],
    ids=["plain", "threshold", "decimal threshold", "default score", "ranks"],
)
def test_import_is_stated_with_the_result_of_its_file(data: str, winners: list[int]) -> None:
    round_ = imported(data, sealed=True)
    assert Result.objects.get(round=round_).tally["winners"] == winners == list(counted(data))


def test_import_takes_the_threshold_over() -> None:
    round_ = imported(election_text(min_project_score_threshold="9"))
    assert (round_.threshold, round_.rules["threshold"]) == (9, 9)


def test_import_with_a_default_score_has_no_limit() -> None:
    """Every ballot names all projects then: counted by the file's max_length none would do."""
    round_ = imported(election_text(SCORED, **DEFAULT, **THREE))
    assert round_.limit is None
    assert {len(choice) for choice in round_.events.values_list("choice", flat=True)} == {3}


def notes(data: str, tmp_path: Path) -> list[str]:
    """What the command says of a file, and that the page says the same."""
    path, out = tmp_path / "parks.pb", StringIO()
    path.write_text(data, encoding="utf-8")
    call_command("import_pabulib", path, json=True, stdout=out)
    printed = json.loads(out.getvalue())
    with translation.override("en"):
        assert said(Round.objects.get(pk=printed["round"]).intro)[0] == " ".join(printed["notes"])
    return printed["notes"]


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"rule": "greedy-no-skip"}, ["The file’s rule is greedy-no-skip, which stops at"]),
        ({"rule": "equalshares"}, ["The file’s rule is equalshares. Here it is counted by equal"]),
        ({"rule": ""}, ["The file does not say by which rule"]),
        ({"currency": ""}, ["The file names no currency: its amounts are taken as roubles."]),
        ({"date_begin": "", "date_end": ""}, ["The file does not say when the vote was"]),
        ({"date_end": "31.12.2090"}, ["The file’s last day is still to come"]),
        (
            {"max_sum_cost": "150"},
            ["Votes that break the file’s max_sum_cost: 8, the first on line 21. They count"],
        ),
        ({"rule": "unknown", "currency": ""}, ["The file does not say", "The file names no"]),
        ({}, []),
    ],
)
def test_import_says_what_differs_from_the_file(
    changes: dict[str, str], begins: list[str], tmp_path: Path
) -> None:
    found = notes(election_text(**changes), tmp_path)
    assert len(found) == len(begins)
    assert all(note.startswith(begin) for note, begin in zip(found, begins, strict=True))


def test_import_prints_what_differs_in_words(tmp_path: Path) -> None:
    path, out = tmp_path / "parks.pb", StringIO()
    path.write_text(election_text(rule="greedy-no-skip"), encoding="utf-8")
    call_command("import_pabulib", path, stdout=out)
    head, note = out.getvalue().splitlines()
    assert head.endswith("imported: 2 projects, 12 votes")
    assert note.startswith("The file’s rule is greedy-no-skip")


def test_import_says_it_in_every_language() -> None:
    intro = imported(election_text(rule="greedy-no-skip")).intro
    assert {code for code, text in intro.items() if "greedy-no-skip" in text} == {"ru", "en", "ja"}
    assert len(set(intro.values())) == 3


def test_import_takes_iso_days() -> None:
    round_ = imported(election_text(date_begin="2023-01-05", date_end="2023-02-01"))
    opens, closes = (timezone.localtime(at) for at in (round_.opens_at, round_.closes_at))
    assert (f"{opens:%d.%m.%Y %H:%M}", f"{closes:%d.%m.%Y %H:%M}") == (
        "05.01.2023 00:00",
        "02.02.2023 00:00",
    )


# Pages -----------------------------------------------------------------------------------------


def page(client: Client, round_: Round, end: str = "") -> str:
    return client.get(f"/en/rounds/{round_.pk}/{end}").content.decode()


POINTS: list[dict[str, Any]] = [
    {"votes": SCORED, "vote_type": "cumulative"},
    {"votes": RANKED, "vote_type": "ordinal"},
]


@pytest.mark.parametrize("fields", POINTS, ids=["cumulative", "ordinal"])
def test_pages_of_points_speak_of_points(stranger: Client, fields: dict[str, Any]) -> None:
    data = election_text(**fields, rule="greedy", min_project_score_threshold="21")
    round_ = imported(data, sealed=True)
    how = page(stranger, round_, "method/")
    assert "The points that ballots give to a project are added up." in how
    assert "fewer than 21 points cannot win." in how
    assert ">Points</th>" in how
    assert "below the threshold" in how
    assert "gets one vote" not in how
    assert ">Votes</th>" not in how
    assert "Bars show points." in page(stranger, round_)
    assert ("The file’s votes are rankings." in how) == (fields["vote_type"] == "ordinal")


def test_pages_of_votes_speak_of_votes(stranger: Client) -> None:
    data = election_text(rule="greedy", min_project_score_threshold="9")
    round_ = imported(data, sealed=True)
    how = page(stranger, round_, "method/")
    assert "Every project named on a ballot gets one vote." in how
    assert "fewer than 9 votes cannot be chosen." in how
    assert ">Votes</th>" in how
    assert "below the threshold" in how
    assert "Bars show votes" in page(stranger, round_)


def test_equal_shares_say_what_is_below_the_threshold(stranger: Client) -> None:
    how = page(
        stranger, imported(election_text(min_project_score_threshold="9"), sealed=True), "method/"
    )
    assert "fewer than 9 votes cannot be chosen." in how
    assert "below the threshold" in how


@pytest.mark.parametrize("fields", [*POINTS, {}], ids=["cumulative", "ordinal", "approval"])
def test_points_are_known_before_the_result_is(stranger: Client, fields: dict[str, Any]) -> None:
    round_ = imported(election_text(**fields, rule="greedy"))
    assert gives_points(round_, None) == bool(fields)
    assert ("The points that ballots give" in page(stranger, round_, "method/")) == bool(fields)
