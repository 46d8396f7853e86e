"""What the browser makes of an older dump, or of a head, that somebody kept."""

from __future__ import annotations

import json
import re
import zipfile
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.e2e.recounting import ADDRESS, Counter, about, lines_of, with_lines, wrong
from tests.forgery import STRANGER, Forgery, record, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Visitor

NOTHING_REMOVED = "nothing of the older dump was removed or changed."


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("size", [10, 17])
def test_older_dump_is_compared(size: int, packed: int, counter: Counter) -> None:
    older = Forgery() if size == 17 else Forgery().cut(size)
    counter.keep(zipped(older.files(), [packed]))
    words = counter.count(Forgery().files())
    expect(words).to_contain_text(f"(the ledger had {size} records then): {NOTHING_REMOVED}")
    expect(words).to_have_class("notice notice-success")


def test_older_dump_as_the_site_gives_it_is_read(visitor: Callable[..., Visitor]) -> None:
    found = visitor(viewport={"width": 360, "height": 740})
    found.go(ADDRESS)
    dump = found.page.request.get(found.address + "/en/rounds/1/dump.zip").body()
    Counter.keep(found, dump)  # type: ignore[arg-type]
    found.look()
    found.page.get_by_role("button", name="Count again in this browser").click()
    words = found.page.locator("[data-recount] [role=status]")
    expect(words).to_contain_text(NOTHING_REMOVED, timeout=30_000)
    found.look()


def restated(said: dict[str, Any], keep: bool) -> None:
    """A result stated anew; the one before it stays on the list, or does not."""
    first = deepcopy(said["result"])
    del first["earlier"]
    said["result"] |= {"reason": "Two were found.", "earlier": [first] if keep else []}


def test_result_stated_anew_keeps_the_older_one(counter: Counter) -> None:
    files = Forgery().files()
    counter.keep(zipped(files))
    words = counter.count(about(files, lambda a: restated(a, True)))
    expect(words).to_contain_text(NOTHING_REMOVED)
    wrong(counter.count(about(files, lambda a: restated(a, False))), "a result that was stated is")


def test_what_is_chosen_meanwhile_ends_the_count(fresh_counter: Counter) -> None:
    """It ended green beside a file that was not compared."""
    page = fresh_counter.page
    page.route(re.compile("leaves"), lambda _route: None)  # never answered
    fresh_counter.files = Forgery().files()
    button = page.locator("[data-recount] button")
    button.press("Enter")
    expect(button).to_be_disabled()
    fresh_counter.keep(b"PK of old" * 9)
    expect(button).to_be_enabled()
    expect(page.locator("[data-recount] [role=status]")).to_have_text("")


def test_focus_comes_back_to_the_button(counter: Counter) -> None:
    counter.page.locator("[data-recount] button").focus()
    counter.count(Forgery().files())
    expect(counter.page.locator("[data-recount] button")).to_be_focused()


def test_sums_of_a_few_may_be_taken_out_of_an_earlier_statement(counter: Counter) -> None:
    def withhold(said: dict[str, Any]) -> None:
        restated(said, True)
        del said["result"]["earlier"][0]["tally"]

    files = Forgery().files()
    counter.keep(zipped(files))
    expect(counter.count(about(files, withhold))).to_contain_text(NOTHING_REMOVED)


def without_voter(forgery: Forgery, voter: int) -> dict[str, bytes]:
    """The dump without the records of somebody who took the vote back: the sums are the same."""
    files, gone = forgery.files(), f"{voter:032x}"
    kept = [line for line in lines_of(files) if json.loads(line)["voter"] != gone]
    return with_lines(files, kept)


def test_record_that_is_in_one_dump_alone_is_found(counter: Counter) -> None:
    older, newer = Forgery().cut(10).files(), without_voter(Forgery(), 3)
    expect(counter.count(newer)).to_have_class("notice notice-success")  # alone it is sound
    counter.keep(zipped(older))
    wrong(counter.count(newer), "What you kept does not fit what is published now: record 3 is")
    counter.page.reload()
    counter.keep(zipped(without_voter(Forgery().cut(10), 3)))  # it came into the past
    wrong(counter.count(Forgery().files()), "record 3 is only in one of the two")
    counter.page.reload()
    files = Forgery().files()
    counter.keep(zipped(with_lines(files, lines_of(files)[:-1])))
    wrong(counter.count(files), "record 16 is only in one of the two")


def other_record(forgery: Forgery) -> Forgery:
    forgery.records[2]["choice"] = [2]
    forgery.ballots = [[2]]
    return forgery


OLDER: dict[str, tuple[Callable[[], dict[str, bytes]], str, str]] = {
    "another ledger": (
        lambda: other_record(Forgery().cut(10)).files(),
        "error",
        "the head of 10 records does not fit",
    ),
    "a larger one": (
        lambda: Forgery().files() | {"heads.json": json.dumps([other_size(18)]).encode()},
        "error",
        "there is a head of 18 records, and the ledger has fewer now",
    ),
    "of another key": (
        lambda: Forgery(signer=STRANGER).files(),
        "error",
        "a head is not signed by a key of keys.txt",
    ),
    "other rules": (
        lambda: about(Forgery().files(), lambda a: a.update(rules_hash="00")),
        "error",
        "the rules were changed",
    ),
    "another closing": (
        lambda: about(Forgery().files(), lambda a: a["closing"].update(size=8)),
        "error",
        "the head that closed the round was changed",
    ),
    "another result": (
        lambda: about(Forgery().files(), lambda a: a["result"]["tally"].update(winners=[2, 1])),
        "error",
        "a result that was stated is gone",
    ),
    "another round": (
        lambda: about(Forgery().files(), lambda a: a.update(round="other")),
        "warning",
        "Nothing was compared: the dump that you chose is of another round.",
    ),
    "half of it": (
        lambda: {"round.json": Forgery().files()["round.json"]},
        "warning",
        "the file that you chose is no dump in a zip",
    ),
}


def other_size(size: int) -> str:
    forgery = Forgery()
    forgery.records.append(record(30, [1]))
    return forgery.note(size)


@pytest.mark.parametrize("name", OLDER)
def test_older_dump_that_does_not_fit(name: str, counter: Counter) -> None:
    make, tone, said = OLDER[name]
    counter.keep(zipped(make()))
    words = counter.count(Forgery().files())
    expect(words).to_contain_text(said)
    expect(words).to_have_class(f"notice notice-{tone}")


def test_file_that_is_no_zip_is_called_so(counter: Counter) -> None:
    counter.keep(b"PK of old" * 9)
    words = counter.count(Forgery().files())
    expect(words).to_contain_text("Nothing was compared: the file that you chose is no dump in a")


HEADS: dict[str, tuple[str, str, str]] = {
    "one of ours": (Forgery().note(11), "success", "The head of 11 records that you kept is one"),
    "the end of a line lost": (Forgery().note(11).strip(), "success", "The head of 11 records"),
    "of another ledger": (
        other_record(Forgery()).note(11),
        "error",
        "What you kept does not fit what is published now: the head of 11 records does not fit",
    ),
    "of more records": (other_size(18), "error", "a head of 18 records, and the ledger has fewer"),
    "of another key": (
        Forgery(signer=STRANGER).note(11),
        "error",
        "a head is not signed by a key of keys.txt",
    ),
    "no head": ("17 records", "warning", "Nothing was compared: the text that you pasted is no"),
}


@pytest.mark.parametrize("name", HEADS)
def test_head_that_somebody_kept(name: str, counter: Counter) -> None:
    head, tone, said = HEADS[name]
    counter.keep(head=head)
    words = counter.count(Forgery().files())
    expect(words).to_contain_text(said)
    expect(words).to_have_class(f"notice notice-{tone}")
