"""`import_proposals`: real proposals in, refused rows by line, twice is once."""

from __future__ import annotations

import gc
import json
import os
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from proposals.imports import import_rows, read_rows
from proposals.models import Proposal, ProposalFigures
from tests.factories.proposals import CategoryFactory
from voting.models import Round, VoteEvent

if TYPE_CHECKING:
    from proposals.models import CallPage

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
MADRID = SHARED / "madrid" / "proposals.csv"
MADRID_MAP = [
    "external_id=id",
    "title=title",
    "summary=summary",
    "solution=text",
    "supports=numSupports",
    "published_on=date",
]
MAP = ["external_id=id", "title=name", "summary=text", "supports=n", "category=theme"]


def run(
    capsys: pytest.CaptureFixture[str], file: Path, call: CallPage, fields: list[str], *more: str
) -> dict[str, Any]:
    status = 0
    try:
        call_command(
            "import_proposals", file, "--call", call.slug, "--map", *fields, *more, "--json"
        )
    except SystemExit as stop:
        status = int(stop.code or 0)
    return {**json.loads(capsys.readouterr().out), "status": status}


@pytest.fixture
def table(tmp_path: Path, call: CallPage) -> Path:
    CategoryFactory(slug="streets")
    path = tmp_path / "proposals.csv"
    path.write_text(
        "id;name;text;n;theme\n"
        '1;Починить мост;"Старый мост,\nна двух строках";12;streets\n'
        "2;;Без названия;1;streets\n"
        "3;Сажать деревья;Вдоль набережной;-5;streets\n"
        "4;Новый фонарь;У школы;;nowhere\n"
        "5;Пустая строка;;3;streets\n"
        "6;=1+1;Формула как текст\0;0;\n",
        encoding="utf-8",
    )
    return path


def test_import_proposals_reports_refused_rows_by_line(
    table: Path, call: CallPage, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run(capsys, table, call, MAP)
    assert (report["created"], report["status"]) == (2, 1)
    assert [row["line"] for row in report["refused"]] == [4, 5, 6, 7]
    assert [row["value"] for row in report["refused"]] == ["", "-5", "nowhere", "Пустая строка"]
    assert all(row["reason"] for row in report["refused"])
    bridge = Proposal.objects.get(external_id="1")
    assert (bridge.status, bridge.support_count, bridge.imported_support_count) == (
        "supporting",
        0,
        12,
    )
    assert bridge.status_changes.get().verb == "import"
    assert Round.objects.filter(proposal=bridge).exists()


def test_import_proposals_twice_changes_nothing(
    table: Path, call: CallPage, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, table, call, MAP)
    before = list(Proposal.objects.order_by("pk").values())
    report = run(capsys, table, call, MAP)
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)
    assert list(Proposal.objects.order_by("pk").values()) == before


def test_import_proposals_again_brings_changes_over(
    table: Path, call: CallPage, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, table, call, MAP)
    table.write_text(table.read_text().replace(";12;", ";13;").replace("мост;", "переход;"))
    report = run(capsys, table, call, MAP)
    assert (report["created"], report["updated"]) == (0, 1)
    bridge = Proposal.objects.get(external_id="1")
    assert (bridge.title, bridge.imported_support_count) == ("Починить переход", 13)


def test_import_proposals_dry_run_writes_nothing(
    table: Path, call: CallPage, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run(capsys, table, call, MAP, "--dry-run")
    assert (report["created"], len(report["refused"])) == (2, 4)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (["external_id=id", "title=nowhere"], "no column nowhere"),
        (["external_id=id", "title=name", "status=text"], "cannot use status=text"),
        (["title=name"], "has to name external_id"),
        (["external_id=id", "title"], "no column"),
    ],
)
def test_import_proposals_called_wrongly_says_so_in_one_sentence(
    fields: list[str], says: str, table: Path, call: CallPage
) -> None:
    with pytest.raises(CommandError, match=says) as caught:
        call_command("import_proposals", table, "--call", call.slug, "--map", *fields)
    assert caught.value.returncode == 2


def test_import_proposals_into_an_unknown_call(table: Path) -> None:
    with pytest.raises(CommandError, match="no call 'x'; calls: call-1"):
        call_command("import_proposals", table, "--call", "x", "--map", *MAP)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00bad", b"", b"\x89PNG\r\n"])
def test_import_proposals_from_something_else(content: bytes, table: Path, call: CallPage) -> None:
    table.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("import_proposals", table, "--call", call.slug, "--map", *MAP)
    assert caught.value.returncode == 2


def test_import_proposals_from_a_missing_file(call: CallPage, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read") as caught:
        call_command("import_proposals", tmp_path / "no", "--call", call.slug, "--map", *MAP)
    assert caught.value.returncode == 2


def test_import_proposals_reader_holds_one_row_at_a_time(tmp_path: Path) -> None:
    def peak_of(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write("id,name,text\n")
            file.writelines(f"{n},Предложение {n},{'слово ' * 400}\n" for n in range(rows))
        tracemalloc.start()
        for _row in read_rows(path, {"external_id": "id", "solution": "text"}):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_of(5)
    assert peak_of(2000) < peak_of(100) * 1.5


def test_import_proposals_keeps_nothing_of_the_rows_it_is_past(
    tmp_path: Path, call: CallPage
) -> None:
    path = tmp_path / "long.csv"
    rows = (f"{n},Предложение {n},{'слово ' * 400}\n" for n in range(100))
    path.write_text("id,name,text\n" + "".join(rows))
    mapping = {"external_id": "id", "title": "name", "solution": "text"}
    held = []
    tracemalloc.start()
    for number, _ in enumerate(
        import_rows(path, call=call, mapping=mapping, language="ru", dry_run=True)
    ):
        if number in {20, 99}:  # past the twentieth, caches that stay are filled
            gc.collect()  # garbage that waits for the collector is not kept
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] < held[0] + 150_000  # eighty of these rows are 384,000 bytes


@pytest.mark.skipif(not MADRID.exists(), reason=f"no real proposals at {MADRID}")
def test_import_proposals_of_madrid(call: CallPage, capsys: pytest.CaptureFixture[str]) -> None:
    report = run(capsys, MADRID, call, MADRID_MAP, "--language", "es")
    assert (report["created"], report["refused"]) == (80, [])
    total = ProposalFigures.objects.aggregate(total=Sum("imported_support_count"))["total"]
    assert total == 228_140
    assert not VoteEvent.objects.exists()
    assert not ProposalFigures.objects.exclude(support_count=0).exists()
    assert set(Proposal.objects.values_list("language", flat=True)) == {"es"}
    again = run(capsys, MADRID, call, MADRID_MAP, "--language", "es")
    assert again["unchanged"] == Proposal.objects.count() == 80
