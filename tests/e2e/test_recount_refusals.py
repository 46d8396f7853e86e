"""What the browser refuses although it is signed, and what it calls broken."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.dumps import VERIFY, fault
from tests.e2e.recounting import ADDRESS, Counter, about, lines_of, with_lines, wrong
from tests.forgery import STRANGER, Forgery, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.e2e.conftest import Visitor
    from tests.e2e.recounting import Change


def to_folder(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("method", ["approval", "score", "greedy", "support"])
def test_forgery_without_a_fault_is_counted(
    method: str, counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Forgery(method).files()
    words = counter.count(files)
    expect(words).to_contain_text("This is exactly what the site says")
    # A program of Python finds it without a fault too, its list of files aside.
    monkeypatch.setattr(VERIFY, "check_files", lambda *_: None)
    assert fault(to_folder(files, tmp_path / "dump")) == ""


# Signed by whoever runs the site, and against the rules: what is changed, and what is said of it.
SIGNED: dict[str, tuple[str, Change, str]] = {
    "reason of another kind": (
        "approval",
        lambda f: f.records[0].update(reason="annul"),
        "record 0 does not go by the rules",
    ),
    "reason that there is not": (
        "approval",
        lambda f: f.records[0].update(reason="gift"),
        "record 0 does not go by the rules",
    ),
    "first row gives back": (
        "approval",
        lambda f: f.records[0].update(reason="restore"),
        "record 0 does not go by the rules",
    ),
    "level too low": (
        "approval",
        lambda f: f.records[2].update(level=0),
        "record 2 is of somebody who may not vote",
    ),
    "unknown option": ("approval", lambda f: f.records[2].update(choice=[9]), "allow: [9]"),
    "option twice": ("approval", lambda f: f.records[2].update(choice=[1, 1]), "allow: [1,1]"),
    "more than the limit": (
        "approval",
        lambda f: f.records[2].update(choice=[1, 2, 3]),
        "allow: [1,2,3]",
    ),
    "points for an approval": (
        "approval",
        lambda f: f.records[2].update(choice=[[1, 5]]),
        "allow: [[1,5]]",
    ),
    "too many points": ("score", lambda f: f.records[2].update(choice=[[1, 6]]), "allow: [[1,6]]"),
    "no points": ("score", lambda f: f.records[2].update(choice=[[1, 0]]), "allow: [[1,0]]"),
    "two votes": (
        "approval",
        lambda f: f.records[5].update(voter=f.records[4]["voter"]),
        "record 6 gives somebody two votes",
    ),
    "a record left out": (
        "approval",
        lambda f: f.records.pop(1) and f.heads.__setitem__(3, 16),
        "a record of a voter is missing",
    ),
    "a vote after the close": (
        "approval",
        lambda f: f.records.append(record(30, [1])) or f.heads.append(18),
        "record 17 is a vote from after the close",
    ),
    "a vote changed after the close": (
        "support",
        lambda f: f.records[-1].update(reason="change"),
        "record 16 is a vote from after the close",
    ),
    "heads not in order": (
        "approval",
        lambda f: f.heads.__setitem__(slice(1, 3), [15, 8]),
        "the heads are not in order",
    ),
    "no heads": ("approval", lambda f: f.heads.clear() or f.about.update(size=17), "not in order"),
    "last head too small": (
        "approval",
        lambda f: f.heads.pop() and f.about.update(size=17),
        "the last one is of another size",
    ),
}


@pytest.mark.parametrize("name", SIGNED)
def test_browser_refuses_what_the_rules_do_not_allow(name: str, counter: Counter) -> None:
    method, change, said = SIGNED[name]
    forgery = Forgery(method)
    change(forgery)
    wrong(counter.count(forgery.files()), said)


# What round.json says: what is changed in it, and what is said of that.
STATED: dict[str, tuple[str, Change, str]] = {
    "rules": ("approval", lambda a: a["rules"].update(seats=3), "the rules are not those"),
    "rules of another round": (
        "approval",
        lambda a: a.update(round="another"),
        "the rules are not those",
    ),
    "closing at no head": (
        "approval",
        lambda a: a["closing"].update(size=14),
        "the head that closed the round is not among the heads",
    ),
    "closing with another root": (
        "approval",
        lambda a: a["closing"].update(root="00" * 32),
        "the head that closed the round is not among the heads",
    ),
    "closed and no closing": (
        "approval",
        lambda a: a.update(closing=None),
        "the head that closed it is not named",
    ),
    "counted before the close": (
        "approval",
        lambda a: a["result"]["tally"].update(size=14),
        "the result was counted before the round had closed",
    ),
    "a line left out": (
        "approval",
        lambda a: a["result"]["tally"]["lines"].pop(),
        "does not name each option once",
    ),
    "a line twice": (
        "approval",
        lambda a: a["result"]["tally"]["lines"].__setitem__(1, {"number": 1, "total": 5}),
        "does not name each option once",
    ),
    "winners": (
        "approval",
        lambda a: a["result"]["tally"].update(winners=[3]),
        "this is chosen: Bridge, Park; and the site says: Tram.",
    ),
    "no winners": (
        "approval",
        lambda a: a["result"]["tally"].update(winners=[]),
        "and the site says: none.",
    ),
    "ballots": (
        "approval",
        lambda a: a["result"]["tally"].update(ballots=1234),
        "it is 8 ballots, and the site says 1,234.",
    ),
    "blank": (
        "approval",
        lambda a: a["result"]["tally"].update(blank=0),
        "3 ballots are blank, and the site says 0.",
    ),
    "votes of one option": (
        "approval",
        lambda a: a["result"]["tally"]["lines"][1].update(total=7),
        "“Park” has 2, and the site says 7.",
    ),
    "figure": (
        "support",
        lambda a: a["result"].update(figure=59),
        "it is 8 supports, and the site says 59.",
    ),
    "supports": (
        "support",
        lambda a: a["result"]["tally"].update(ballots=59),
        "it is 8 supports, and the site says 59.",
    ),
    "result": ("approval", lambda a: a.update(result=None), "the result is missing"),
    "result of an open round": (
        "approval",
        lambda a: a.update(result=None, closed_at=None, closing=None),
        "the result is missing",
    ),
    "result of supports": ("support", lambda a: a.update(result=None), "the result is missing"),
    "records": (
        "approval",
        lambda a: a.update(records=0),
        "the records are missing, and no reason is given",
    ),
    "number of records": (
        "approval",
        lambda a: a.update(records=15),
        "there are 16 records, and round.json says 15",
    ),
    "records and voters": (
        "approval",
        lambda a: a.update(records=0, voters=0),
        "the site had 11 voters already, and round.json has 0",
    ),
    "records for a reason": (
        "approval",
        lambda a: a.update(records=0, left_out=["times", "few"]),
        "the dump leaves them out",
    ),
    "what cannot be read": (
        "approval",
        lambda a: a.update(left_out=None),
        "round.json cannot be read",
    ),
}


@pytest.mark.parametrize("name", STATED)
def test_browser_finds_what_round_json_should_not_say(name: str, counter: Counter) -> None:
    method, change, said = STATED[name]
    # A page states results of ballots that are closed.
    stated = "" if method == "support" or "open round" in name else "yes"
    wrong(counter.count(about(Forgery(method).files(), change), stated=stated), said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "Не сходится: при пересчёте голосов поддержки 8, а сайт говорит 59. Сообщите"),
        ("ja", "一致しません：数え直すと賛同は8件、サイトの表示は59件です。"),
    ],
)
def test_verdict_is_in_the_language_of_the_page(
    language: str, said: str, visitor: Callable[..., Visitor]
) -> None:
    found = visitor()
    found.page.goto(found.address + ADDRESS.replace("en", language, 1))
    counter = Counter(found.page)
    files = about(Forgery("support").files(), lambda a: a["result"].update(figure=59))
    wrong(counter.count(files), said)


def test_result_that_is_not_stated_yet_is_no_fault(counter: Counter) -> None:
    files = about(Forgery().files(), lambda a: a.update(result=None))
    words = counter.count(files, stated="")
    expect(words).to_have_class("notice notice-warning")


def test_result_of_supports_may_be_counted_before_the_head_that_closes(counter: Counter) -> None:
    files = about(Forgery("support").files(), lambda a: a.update(closing=None))
    expect(counter.count(files)).to_contain_text("This is exactly what the site says")


def flipped(data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 1]) + data[41:]


BROKEN: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "records flipped": ("records.jsonl.gz", flipped, "record"),
    "records cut off": (
        "records.jsonl.gz",
        lambda data: data[:-30],
        "records.jsonl.gz cannot be read",
    ),
    "other records": ("records.jsonl.gz", lambda _: b"none", "records.jsonl.gz cannot be read"),
    "no heads": ("heads.json", lambda _: b"[]", "the heads are not in order"),
    "heads of another key": (
        "heads.json",
        lambda _: json.dumps([Forgery(signer=STRANGER).note(17)]).encode(),
        "a head is not signed by a key of keys.txt",
    ),
    "a head that nobody signed": (
        "heads.json",
        lambda data: re.sub(rb"(?<=votes [\w+/]{12})[\w+/]{60}", b"A" * 60, data),
        "a head is not signed by a key of keys.txt",
    ),
    "keys that are none": ("keys.txt", lambda _: b"garbage", "a line of keys.txt is no key"),
    "a key under another id": (
        "keys.txt",
        lambda data: re.sub(rb"\+[0-9a-f]{8}\+", b"+00000000+", data),
        "a line of keys.txt is no key",
    ),
    "leaves cut off": ("leaves.bin", lambda data: data[:-32], "leaves.bin has more or fewer"),
    "leaves changed": ("leaves.bin", flipped, "the head of 8 records does not fit"),
    "round.json cut off": ("round.json", lambda data: data[:99], "round.json cannot be read"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_browser_calls_broken_what_it_could_fetch(name: str, counter: Counter) -> None:
    part, change, said = BROKEN[name]
    files = Forgery().files()
    wrong(counter.count({**files, part: change(files[part])}), said)


def test_records_in_another_order_are_found(counter: Counter) -> None:
    files = Forgery().files()
    first, second, *others = lines_of(files)
    wrong(counter.count(with_lines(files, [second, first, *others])), "record 0 is not what")


@pytest.mark.parametrize("name", ["round.json", "leaves.bin", "records.jsonl.gz"])
def test_what_does_not_come_is_not_called_broken(name: str, counter: Counter) -> None:
    counter.page.route(re.compile(re.escape(name)), lambda route: route.abort())
    expect(counter.count(Forgery().files())).to_contain_text("could not be fetched")


def test_browser_that_knows_no_ed25519_says_so_and_checks_the_rest(fresh_counter: Counter) -> None:
    def forget(route: Route) -> None:
        body = route.fetch().text().replace('"Ed25519"', '"Ed00000"')
        route.fulfill(body=body, content_type="text/javascript")

    fresh_counter.page.route(re.compile(r"recount/notes\.js"), forget)
    files = Forgery().files()
    words = fresh_counter.count(files)
    expect(words).to_contain_text("site says. This browser cannot check signatures")
    wrong(fresh_counter.count({**files, "keys.txt": b"garbage"}), "a line of keys.txt is no key")
