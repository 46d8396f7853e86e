"""`manage.py export_proposals`: what it writes, what it refuses, how it ends."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from government.management.commands import export_proposals
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from pathlib import Path

    from proposals.models import CallPage, Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked(call: CallPage) -> list[Proposal]:
    """Three public proposals, the most supported first, beside one that is not public."""
    made = [ProposalFactory(call=call, title=f"Мост {supports}") for supports in (5, 9, 7)]
    for proposal, supports in zip(made, (5, 9, 7), strict=True):
        proposal.figures.support_count = supports
        proposal.figures.save()
    ProposalFactory(call=call, status="submitted", title="Ещё не проверено")
    return [made[1], made[2], made[0]]


def test_export_proposals_writes_csv_by_support(
    ranked: list[Proposal], call: CallPage, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file = tmp_path / "top.csv"
    call_command("export_proposals", call=call.slug, format="csv", output=file)
    lines = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == [str(proposal.pk) for proposal in ranked]
    assert [path.name for path in tmp_path.iterdir()] == ["top.csv"]


def test_export_proposals_top_takes_the_first(
    ranked: list[Proposal], call: CallPage, capfdbinary: pytest.CaptureFixture
) -> None:
    call_command("export_proposals", call=call.slug, format="json", top=2)
    data = json.loads(capfdbinary.readouterr().out)
    assert [row["id"] for row in data["rows"]] == [proposal.pk for proposal in ranked[:2]]


@pytest.mark.parametrize("name", ["xlsx", "pdf", "pdf-detailed"])
def test_export_proposals_writes_files(
    name: str, ranked: list[Proposal], call: CallPage, tmp_path: Path
) -> None:
    out = io.StringIO()
    file = tmp_path / "top"
    call_command(
        "export_proposals", call=call.slug, format=name, output=file, json=True, stdout=out
    )
    summary = json.loads(out.getvalue())
    assert summary == {
        "file": str(file),
        "format": name,
        "proposals": 3,
        "found": 3,
        "bytes": file.stat().st_size,
    }


def test_export_proposals_that_cuts_the_paper_ends_with_1(
    ranked: list[Proposal], call: CallPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("government.papers.ROWS_MAX", 2)
    monkeypatch.setitem(export_proposals.PRINTED_MAX, "pdf", 2)
    err = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "export_proposals", call=call.slug, format="pdf", output=tmp_path / "x", stderr=err
        )
    assert ended.value.code == 1
    assert "first 2 of 3" in err.getvalue()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"call": "nowhere"}, "no call 'nowhere'"),
        ({"top": 0}, "from 1 on"),
        ({"top": 501, "format": "pdf"}, "at most 500"),
        ({"json": True}, "-o FILE"),
        ({"output": "/nowhere/at/all.csv"}, "Cannot write"),
    ],
)
def test_export_proposals_refuses_in_one_sentence(
    options: dict, words: str, call: CallPage
) -> None:
    from pathlib import Path

    if "output" in options:
        options = options | {"output": Path(options["output"])}
    with pytest.raises(CommandError, match=words) as refused:
        call_command("export_proposals", **{"call": call.slug, "format": "csv"} | options)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_export_proposals_that_fails_leaves_the_old_file(
    ranked: list[Proposal], call: CallPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "top.pdf"
    file.write_bytes(b"old")
    monkeypatch.setattr("home.papers.SECONDS_MAX", 0.001)
    with pytest.raises(CommandError, match="PDF could not be made"):
        call_command("export_proposals", call=call.slug, format="pdf", output=file)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
