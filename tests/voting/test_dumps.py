"""A round's dump: what is in it, what never is, and the ways to get it."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AssuranceLevel
from tests.dumps import dump_to, fault
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory, make_events
from voting.actions import cast_support, state_result, withdraw_support
from voting.dumps import Dump
from voting.models import Round
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse
    from django.test import Client

    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def open_round(**fields: Any) -> Round:
    return BallotFactory(**{"hidden": False, **fields})


def of(round_: Round) -> Dump:
    seal_votes()
    dump = Dump.of(round_)
    assert dump is not None
    return dump


def close(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    seal_votes()
    round_.refresh_from_db()


def test_records_stand_in_the_order_of_their_leaves_with_a_day_and_no_more(
    proposal: Proposal,
) -> None:
    for _ in range(12):
        user = UserFactory()
        cast_support(user=user, proposal_id=proposal.pk)
        withdraw_support(user=user, proposal_id=proposal.pk)
    rows = [json.loads(line) for line in of(proposal.round).records()]
    assert len(rows) == 24
    assert [row["leaf"] for row in rows] == list(range(24))
    assert set(rows[0]) == {
        "channel",
        "choice",
        "day",
        "gen",
        "kind",
        "leaf",
        "level",
        "nonce",
        "reason",
        "rules",
        "uuid",
        "voter",
    }
    assert rows[0]["day"] == timezone.localdate().isoformat()


def test_only_the_round_itself_has_records_and_the_ledger_has_all_leaves() -> None:
    round_, other = open_round(), open_round()
    make_events(round_, 10)
    make_events(other, 15)
    dump = of(round_)
    assert len(list(dump.records())) == 10
    assert len(b"".join(dump.leaves())) == 25 * 32


@pytest.mark.parametrize(("people", "lines"), [(9, 0), (10, 10)])
def test_few_voters_get_a_total_and_no_records(people: int, lines: int) -> None:
    round_ = open_round()
    make_events(round_, people)
    dump = of(round_)
    assert len(list(dump.records())) == lines
    assert dump.statement["voters"] == people
    assert (dump.statement["result"] is None) is (lines == 0)  # while it goes on
    assert ("Fewer than 10" in str(dump.statement["left_out"])) is (lines == 0)


def test_people_and_not_rows_are_counted_for_that(proposal: Proposal) -> None:
    """Nine people who change their minds are still nine."""
    for _ in range(9):
        user = UserFactory()
        cast_support(user=user, proposal_id=proposal.pk)
        withdraw_support(user=user, proposal_id=proposal.pk)
    assert list(of(proposal.round).records()) == []


def test_sums_only_round_gives_sums_once_they_are_stated() -> None:
    """Of two live sums the later less the earlier would be a ballot."""
    round_ = BallotFactory(open_record=False)
    make_events(round_, 20)
    assert of(round_).statement["result"] is None
    close(round_)
    dump = of(round_)
    assert list(dump.records()) == []
    assert dump.statement["result"]["tally"]["ballots"] == 20


def test_hidden_round_gives_nothing_until_its_result_is_stated() -> None:
    round_ = BallotFactory(hidden=True)
    make_events(round_, 20)
    dump = of(round_)
    assert list(dump.records()) == []
    assert dump.statement["result"] is None
    assert dump.statement["voters"] is None
    close(round_)
    dump = of(round_)
    assert len(list(dump.records())) == 20
    assert dump.statement["result"]["tally"]["winners"] == [1]
    assert dump.statement["closing"]["size"] == 20


def test_result_stated_anew_keeps_the_earlier_one(tmp_path: Path) -> None:
    round_ = open_round()
    make_events(round_, 20)
    close(round_)
    state_result(round_=round_, reason="Two ballots were found.")
    dump = of(round_)
    assert dump.statement["result"]["reason"] == "Two ballots were found."
    assert len(dump.statement["result"]["earlier"]) == 1
    assert fault(dump_to(round_, tmp_path)) == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hidden": True}, "hidden until it closes; then its records are published"),
        ({"hidden": False}, "Fewer than 10 people voted in this round"),
    ],
)
def test_recount_page_says_why_there_is_nothing_to_count(
    fields: dict[str, Any], words: str, stranger: Client
) -> None:
    round_ = BallotFactory(**fields)
    make_events(round_, 3)
    seal_votes()
    assert words in stranger.get(f"/en/rounds/{round_.pk}/recount/").text


def test_closed_round_without_a_result_says_what_it_waits_for(
    stranger: Client, tmp_path: Path
) -> None:
    """It said that results are hidden until the close, for days after the close."""
    round_ = BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT)
    make_events(round_, 12)
    close(round_)
    text = stranger.get(f"/en/rounds/{round_.pk}/recount/").text
    assert "is closed, and its result is not stated yet" in text
    assert "hidden until it closes" not in text
    folder = dump_to(round_, tmp_path)
    assert fault(folder) == ""
    about = json.loads((folder / "round.json").read_text())
    assert (about["records"], about["voters"], about["result"]) == (0, None, None)


def said_on_page(round_: Round, client: Client) -> list[str]:
    seal_votes()
    page = client.get(f"/en/rounds/{round_.pk}/recount/?now={round_.closed_at or ''}").text
    return re.findall(r'data-(?:withheld|stated|voters)="(.*?)"', page)


@pytest.mark.parametrize(
    ("fields", "votes", "said", "withheld"),
    [
        ({"hidden": True}, 12, ["hidden", "", "0"], ""),
        ({"hidden": False}, 3, ["few", "", "3"], "few"),
        ({"open_record": False}, 12, ["hidden", "", "0"], "sums"),
        ({"hidden": False}, 12, ["", "", "12"], ""),
    ],
)
def test_recount_page_says_what_a_dump_has_to_hold(
    fields: dict[str, Any], votes: int, said: list[str], withheld: str, stranger: Client
) -> None:
    round_ = BallotFactory(**fields)
    make_events(round_, votes)
    assert said_on_page(round_, stranger) == said
    close(round_)
    assert said_on_page(round_, stranger) == [withheld, "yes", str(votes)]


def test_recount_page_of_a_sums_only_round_has_nothing_to_count(stranger: Client) -> None:
    round_ = BallotFactory(open_record=False)
    make_events(round_, 3)
    close(round_)
    text = stranger.get(f"/en/rounds/{round_.pk}/recount/").text
    assert "The ballots of this round are not published" in text


def test_zip_is_the_folder(tmp_path: Path, stranger: Client) -> None:
    round_ = open_round()
    make_events(round_, 30)
    seal_votes()
    response = stranger.get(f"/en/rounds/{round_.pk}/dump.zip")
    assert response["Content-Type"] == "application/zip"
    assert f"round-{round_.pk}-at-30.zip" in response["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(body(response))) as archive:
        assert archive.testzip() is None
        # Not the minute: it would be that of the votes under the newest head.
        assert {entry.date_time[3:] for entry in archive.infolist()} == {(0, 0, 0)}
        archive.extractall(tmp_path / "zip")
    round_.refresh_from_db()  # its rules' keys in the order PostgreSQL keeps them in
    folder = dump_to(round_, tmp_path / "folder")
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "heads.json",
        "keys.txt",
        "leaves.bin",
        "manifest.txt",
        "records.jsonl.gz",
        "round.json",
        "verify.py",
        "verify_heads.py",
        "verify_tally.py",
    ]
    unpacked = tmp_path / "zip" / f"round-{round_.pk}-at-30"
    for name in names:
        assert (unpacked / name).read_bytes() == (folder / name).read_bytes()
    assert fault(unpacked) == ""


def test_parts_of_one_size_fit_while_the_ledger_grows(stranger: Client) -> None:
    round_ = open_round()
    make_events(round_, 12)
    seal_votes()
    address = f"/en/rounds/{round_.pk}/dump/"
    size = json.loads(body(stranger.get(address + "round.json")))["size"]
    make_events(round_, 5)
    seal_votes()
    old = {"size": size}
    assert len(body(stranger.get(address + "leaves.bin", old))) == 12 * 32
    rows = gzip.decompress(body(stranger.get(address + "records.jsonl.gz", old)))
    assert rows.count(b"\n") == 12
    assert len(body(stranger.get(address + "leaves.bin"))) == 17 * 32


@pytest.mark.parametrize("size", ["13", "-1", "x", "9" * 30, "٣", "1e1"])
def test_size_that_no_head_has_is_not_found(size: str, stranger: Client) -> None:
    round_ = open_round()
    make_events(round_, 12)
    seal_votes()
    address = f"/en/rounds/{round_.pk}/dump/round.json"
    assert stranger.get(address, {"size": size}).status_code == 404


def test_round_of_a_hidden_proposal_has_no_dump(stranger: Client) -> None:
    proposal = ProposalFactory()
    cast_support(user=UserFactory(), proposal_id=proposal.pk)
    seal_votes()
    address = f"/en/rounds/{proposal.round.pk}/dump.zip"
    assert stranger.get(address).status_code == 200
    type(proposal).objects.filter(pk=proposal.pk).update(status="rejected")
    assert stranger.get(address).status_code == 404


def test_command_writes_a_folder_that_checks_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    round_ = open_round(closes_at=timezone.now() + timedelta(days=1))
    make_events(round_, 12)
    seal_votes()
    for name in (str(round_.pk), str(round_.uuid)):  # the second time over the first
        call_command("dump_round", name, "-o", str(tmp_path / "out"))
    assert "at 12 sealed records" in capsys.readouterr().out
    done = subprocess.run(
        [sys.executable, tmp_path / "out/verify.py", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["x"], "is no number and no UUID"),
        (["987654321"], "There is no round 987654321"),
        (["9" * 30], "There is no round"),
    ],
)
def test_command_refuses_in_one_sentence(arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says) as refused:
        call_command("dump_round", *arguments)
    assert refused.value.returncode == 2


def test_command_before_the_first_seal_says_so(ballot: Round, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing is sealed yet"):
        call_command("dump_round", str(ballot.pk))


def test_command_that_cannot_write_says_so(ballot: Round, tmp_path: Path) -> None:
    seal_votes()
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Cannot write"):
        call_command("dump_round", str(ballot.pk), "-o", str(tmp_path / "file"))
