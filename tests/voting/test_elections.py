"""Whole elections in and out of the Pabulib format: import_pabulib and export_pabulib."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories.pabulib import RANKED, SCORED, VOTES, election_text
from tests.factories.voting import BallotFactory
from voting.elections import election_lines
from voting.models import Option, Round, VoteEvent
from voting.pabulib import read
from voting.pabulib_ballots import ballots_of, options_of, rules_of
from voting.records import leaf_hash, record
from voting.tally import count

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/elections"
FILES = sorted(FOLDER.glob("*.pb"))
ELECTION = election_text()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "parks.pb"
    path.write_text(ELECTION, encoding="utf-8")
    return path


def run(command: str, *arguments: object, **options: object) -> dict[str, object]:
    out = StringIO()
    call_command(command, *arguments, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_import_makes_a_closed_round_with_its_options_and_ballots(file: Path) -> None:
    said = run("import_pabulib", file)
    assert (said["projects"], said["votes"], said["created"]) == (2, 12, True)
    round_ = Round.objects.get(pk=said["round"])
    assert (round_.method, round_.budget_minor, str(round_)) == (
        "equal_shares",
        15050,
        "Parks of the city",
    )
    assert round_.closed_at is not None
    options = list(round_.options.order_by("number").values_list("code", "cost_minor", "title"))
    assert options == [("a", 10000, {"en": "Lime trees"}), ("b", 5050, {"en": "Benches"})]
    assert [option["cost_minor"] for option in round_.rules["options"]] == [10000, 5050]
    assert round_.events.standing().count() == round_.events.tally() == 12
    assert f"{round_.events.first().day}" == "2023-09-25"


def test_imported_ballots_are_records_like_all_others(file: Path) -> None:
    run("import_pabulib", file)
    event = VoteEvent.objects.select_related("round").first()
    assert event is not None
    names = ("uuid", "gen", "kind", "reason", "level", "channel", "day", "choice")
    fields = {name: getattr(event, name) for name in names}
    fields |= {name: bytes(getattr(event, name)) for name in ("voter", "nonce")}
    leaf = leaf_hash(record(**fields, rules_hash=bytes(event.round.rules_hash)))
    assert leaf == bytes(event.leaf)
    assert event.channel == "imported"


def test_import_again_changes_nothing(file: Path) -> None:
    first, second = run("import_pabulib", file), run("import_pabulib", file)
    assert second == first | {"created": False}
    assert (Round.objects.count(), VoteEvent.objects.count()) == (1, 12)
    assert run("import_pabulib", file, round="another")["created"]


def test_import_dry_run_writes_nothing(file: Path) -> None:
    said = run("import_pabulib", file, dry_run=True)
    assert (said["votes"], said["round"], said["created"]) == (12, None, False)
    assert not Round.objects.exists()
    assert not Option.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("v7;a,b", "v7;a,zz", "zz"),
        ("num_votes;12", "num_votes;13", "13"),
        ("50.50;Benches", "50.505;Benches", "Line 16: cost is 50.505, and PLN has 2 decimals"),
        ("50.50;Benches", "123456789012345678;Benches", "Line 16: cost .* larger unit"),
        ("a;100;Lime", f"{'a' * 41};100;Lime", "Line 15: the id a+ has more than 40"),
        ("date_begin;18.09.2023", "date_begin;0001", "Line 9: date_begin"),
        ("date_end;25.09.2023", "date_end;soon", "Line 10: date_end"),
        ("currency;PLN", "max_length;100000", "Line 11: max_length is 100000, at most 32767"),
        ("v7;a,b", "v7;a,b,", "Line 26: column vote has a comma too many"),
        ("language;en", "min_length;2", "Line 19: the vote names 1 projects, at least 2"),
    ],
)
def test_import_of_a_faulty_file_leaves_nothing(file: Path, old: str, new: str, says: str) -> None:
    file.write_text(ELECTION.replace(old, new), encoding="utf-8")
    with pytest.raises(CommandError, match=says) as caught:
        run("import_pabulib", file)
    assert caught.value.returncode == 2
    assert not Round.objects.exists()
    assert not VoteEvent.objects.exists()


def test_import_of_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Cannot read"):
        run("import_pabulib", tmp_path / "none.pb")


def exported(pk: object) -> str:
    out = StringIO()
    call_command("export_pabulib", pk, stdout=out)
    return out.getvalue()


def test_export_gives_back_what_was_imported(file: Path) -> None:
    election, votes = read(BytesIO(exported(run("import_pabulib", file)["round"]).encode()))
    assert [project.id for project in election.projects.values()] == ["a", "b"]
    assert (election.budget_minor, election.meta["currency"]) == (15050, "PLN")
    assert sorted(vote.choice for vote in votes) == [("a", "b")] * 8 + [("b",)] * 4


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (election_text(), ["rule;equalshares/add1\n", "vote_type;approval"]),
        (election_text(rule="greedy"), ["rule;greedy\n"]),
        (election_text(rule="equalshares/add1-comparison"), ["rule;equalshares/add1-comparison\n"]),
        (
            election_text(rule="greedy-threshold", min_project_score_threshold="9"),
            ["rule;greedy-threshold\n", "min_project_score_threshold;9\n"],
        ),
        (election_text(SCORED, rule="greedy", vote_type="cumulative"), ["vote_type;cumulative"]),
        (
            election_text(SCORED.replace("3,1", "3,-1"), rule="greedy", vote_type="scoring"),
            ["vote_type;scoring"],
        ),
        (
            election_text(RANKED, rule="greedy", vote_type="ordinal", max_length="2"),
            ["vote_type;ordinal", "voter_id;vote\n", ";b,a\n", "max_length;2"],
        ),
    ],
)
def test_export_read_back_makes_the_same_round(tmp_path: Path, data: str, says: list[str]) -> None:
    first, second = tmp_path / "first.pb", tmp_path / "second.pb"
    first.write_text(data, encoding="utf-8")
    one = Round.objects.get(pk=run("import_pabulib", first)["round"])
    second.write_text(exported(one.pk), encoding="utf-8")
    two = Round.objects.get(pk=run("import_pabulib", second)["round"])
    own = {"round", "uuid"}
    assert {k: v for k, v in one.rules.items() if k not in own} == {
        k: v for k, v in two.rules.items() if k not in own
    }
    assert choices(one) == choices(two)
    assert [word for word in says if word not in second.read_text(encoding="utf-8")] == []
    assert "date_begin;18.09.2023\ndate_end;25.09.2023\n" in second.read_text(encoding="utf-8")


def choices(round_: Round) -> list[str]:
    return sorted(str(choice) for choice in round_.events.values_list("choice", flat=True))


@pytest.mark.parametrize(
    ("hour", "day"), [(0, "25.09.2023"), (1, "26.09.2023"), (18, "26.09.2023")]
)
def test_export_says_the_last_day_of_voting(file: Path, hour: int, day: str) -> None:
    round_ = Round.objects.get(pk=run("import_pabulib", file)["round"])
    round_.closes_at += timedelta(hours=hour)
    assert f"date_end;{day}\n" in "".join(election_lines(round_))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"method": "approval"}, "budget"),
        ({"method": "greedy", "open_record": False}, "not published"),
        ({"method": "greedy"}, "not closed"),
    ],
)
def test_export_of_what_cannot_be_written_says_why(fields: dict[str, object], says: str) -> None:
    round_ = BallotFactory(budget_minor=300, **fields)
    with pytest.raises(CommandError, match=says):
        exported(round_.pk)


def test_export_keeps_few_ballots_to_itself(file: Path) -> None:
    rows = "".join(line for line in VOTES.splitlines(keepends=True)[:9])
    file.write_text(ELECTION.replace(VOTES, rows).replace("num_votes;12", "num_votes;9"))
    with pytest.raises(CommandError, match="fewer than 10"):
        exported(run("import_pabulib", file)["round"])


def test_export_of_no_round_says_so() -> None:
    with pytest.raises(CommandError, match="no round 99"):
        exported(99)


@pytest.mark.skipif(not FILES, reason="real elections are not there")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_real_election_counts_the_same_from_the_ledger_as_from_its_file(path: Path) -> None:
    round_ = Round.objects.get(pk=run("import_pabulib", path)["round"])
    with path.open("rb") as opened:
        election, votes = read(opened)
        options = options_of(election)
        wanted = count(rules_of(election, "greedy"), options, ballots_of(election, votes, "greedy"))
    choices = round_.events.standing().values_list("choice", flat=True)
    costs = {option["number"]: option["cost_minor"] for option in round_.rules["options"]}
    found = count(round_.rules | {"method": "greedy"}, costs, choices)
    assert found.winners == wanted.winners
    assert [line.total for line in found.lines] == [line.total for line in wanted.lines]
