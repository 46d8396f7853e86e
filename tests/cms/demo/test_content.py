"""The demo's TOML files: all languages there, lengths that fit, references that lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cms.demo.draw import SCENES
from proposals import states

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[3] / "cms" / "demo"
LANGUAGES = {"ru", "en", "ja"}
CONTENT = {path.stem: tomllib.loads(path.read_text()) for path in sorted(FOLDER.glob("*.toml"))}
PROPOSALS = CONTENT["proposals"]["proposal"]
PAGES = [
    *CONTENT["pages"]["page"],
    *CONTENT["news"]["news"],
    *CONTENT["events"]["event"],
    *CONTENT["calls"]["call"],
]


def slugs(file: str, table: str, key: str = "slug") -> set[str]:
    return {row[key] for row in CONTENT[file][table]}


def people() -> set[str]:
    named = {row["key"] for kind in ("staff", "resident") for row in CONTENT["people"][kind]}
    count = CONTENT["people"]["supporters"]["count"]
    return named | {f"supporter-{number:02}" for number in range(1, count + 1)}


def tables(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a file, however deep, with where it stands."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from tables(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from tables(inner, f"{path}[{number}]")


def length(text: str, language: str) -> int:
    """Words; for Japanese, which has no spaces, letters."""
    return len(re.sub(r"\s", "", text)) if language == "ja" else len(text.split())


@pytest.mark.parametrize("file", CONTENT)
def test_content_has_every_language_where_it_has_one(file: str) -> None:
    for path, table in tables(CONTENT[file], file):
        found = LANGUAGES & set(table)
        assert found in (set(), LANGUAGES), path
        texts = [table[language] for language in sorted(found)]
        assert all(texts), path
        assert len({len(text) for text in texts if isinstance(text, list)}) <= 1, path


@pytest.mark.parametrize("file", CONTENT)
def test_content_in_english_and_japanese_has_no_cyrillic(file: str) -> None:
    for path, table in tables(CONTENT[file], file):
        for language in ("en", "ja"):
            assert not re.search("[а-яА-ЯёЁ]", str(table.get(language, ""))), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["slug"])
def test_page_fits_its_fields(page: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z0-9-]{3,60}", page["slug"])
    assert all(len(page["title"][language]) <= 100 for language in LANGUAGES)
    assert all(len(page["intro"][language]) <= 300 for language in LANGUAGES)
    assert page["body"]
    assert page.get("image", "river") in slugs("images", "image", "key")
    kinds = {"heading", "paragraph", "quote", "list", "numbers", "steps", "image"}
    assert {segment["type"] for segment in page["body"]} <= kinds


def test_images_are_the_scenes_that_can_be_drawn() -> None:
    assert slugs("images", "image", "key") == set(SCENES)
    for image in CONTENT["images"]["image"]:
        assert all(10 <= len(image["alt"][language]) <= 200 for language in LANGUAGES)


def test_municipalities_are_the_nineteen_of_the_census() -> None:
    rows = CONTENT["municipalities"]["municipality"]
    assert len(rows) == 19
    assert sum(row["population"] for row in rows) == 1_292_944
    assert len({(row["tile_row"], row["tile_column"]) for row in rows}) == 19
    for row in rows:
        assert len(row["short_name"]["ru"]) <= 9
        assert len(row["short_name"]["en"]) <= 9
        assert len(row["short_name"]["ja"]) <= 5


def test_events_end_after_they_start() -> None:
    halls = slugs("events", "hall")
    for event in CONTENT["events"]["event"]:
        assert event.get("last_day", event["day"]) > event["day"] or event["ends"] > event["starts"]
        assert event.get("hall", "amur") in halls
        assert "hall" in event or "online_url" in event


def test_calls_are_one_open_and_one_closed() -> None:
    for call, is_open in zip(CONTENT["calls"]["call"], (True, False), strict=True):
        phases = {phase["kind"]: phase for phase in call["phase"]}
        assert set(phases) == {"submission", "support", "assessment", "answer"}
        assert all(phase["opens_day"] < phase["closes_day"] for phase in phases.values())
        for kind in ("submission", "support"):
            assert (phases[kind]["opens_day"] < 0 < phases[kind]["closes_day"]) is is_open
        assert set(call["municipalities"]) <= slugs("municipalities", "municipality")


def test_people_write_to_example_org_only() -> None:
    for row in [*CONTENT["people"]["staff"], *CONTENT["people"]["resident"]]:
        assert row["email"].endswith("@example.org")
    text = "".join(path.read_text() for path in FOLDER.glob("*.toml"))
    assert set(re.findall(r"@([\w.]+\w)", text)) == {"example.org"}
    assert set(re.findall(r"https?://([\w.]+)", text)) == {"example.org"}


@pytest.mark.parametrize("proposal", PROPOSALS, ids=lambda proposal: proposal["key"])
def test_proposal_fits_its_fields(proposal: dict[str, Any]) -> None:
    language, shortest = proposal["language"], 200 if proposal["language"] == "ja" else 80
    assert 10 <= len(proposal["title"]) <= 90
    assert 10 <= len(proposal["summary"]) <= 200
    assert len(proposal["beneficiaries"]) <= 300
    assert shortest <= length(proposal["problem"], language) <= 450
    if proposal["status"] != "draft":  # a draft is unfinished on purpose
        assert shortest <= length(proposal["solution"], language) <= 450
    assert all(len(image["alt"]) <= 200 for image in proposal["images"])


@pytest.mark.parametrize("proposal", PROPOSALS, ids=lambda proposal: proposal["key"])
def test_proposal_refers_to_rows_that_exist(proposal: dict[str, Any]) -> None:
    assert proposal["call"] in slugs("calls", "call")
    assert proposal["category"] in slugs("categories", "category")
    assert proposal["municipality"] in slugs("municipalities", "municipality")
    assert {image["key"] for image in proposal["images"]} <= set(SCENES)
    assert {proposal["author"], *(move["by"] for move in proposal.get("history", []))} <= people()
    if "referral" in proposal:
        assert proposal["referral"]["body"] in slugs("bodies", "body")


@pytest.mark.parametrize("proposal", PROPOSALS, ids=lambda proposal: proposal["key"])
def test_proposal_moves_as_the_table_of_states_allows(proposal: dict[str, Any]) -> None:
    status, when, verbs = "draft", (-9999, ""), []
    for move in proposal.get("history", []):
        following = states.target(status, move["verb"])
        assert following, f"{move['verb']} from {status}"
        assert (move["day"], move["time"]) > when
        assert move.get("reason") or not states.MOVES[move["verb"]].reason_required
        status, when = following, (move["day"], move["time"])
        verbs.append(move["verb"])
    assert status == proposal["status"]
    assert when < (0, "")
    assert ("promote" in verbs) == ("referral" in proposal)
    assert bool({"answer_accept", "answer_decline"} & set(verbs)) == ("answer" in proposal)


@pytest.mark.parametrize("proposal", PROPOSALS, ids=lambda proposal: proposal["key"])
def test_proposal_has_as_many_supports_as_its_status_says(proposal: dict[str, Any]) -> None:
    call = next(row for row in CONTENT["calls"]["call"] if row["slug"] == proposal["call"])
    past = {"shortlisted", "promoted", "accepted", "declined", "in_progress", "done"}
    if proposal["status"] != "merged":  # one may be joined to another at any time
        assert (proposal["supports"] >= call["threshold"]) is (proposal["status"] in past)
    assert proposal["supports"] <= CONTENT["people"]["supporters"]["count"]
    if not any(move["verb"] == "accept" for move in proposal.get("history", [])):
        assert proposal["supports"] == 0


def test_proposals_stand_in_every_status() -> None:
    every = {move.target for move in states.MOVES.values()} | {"draft"}
    assert {proposal["status"] for proposal in PROPOSALS} == every


@pytest.mark.parametrize("row", CONTENT["rounds"]["round"], ids=lambda row: row["key"])
def test_round_fits_its_fields_and_refers_to_what_there_is(row: dict[str, Any]) -> None:
    assert row["call"] in slugs("calls", "call")
    assert row["opens_day"] < min(0, row["closes_day"])
    assert row["blank"] < row["voters"] <= CONTENT["people"]["supporters"]["count"]
    assert all(len(row["title"][language]) <= 120 for language in LANGUAGES)
    keys = {proposal["key"] for proposal in PROPOSALS}
    for option in row["option"]:
        assert all(len(option["title"][language]) <= 160 for language in LANGUAGES)
        assert option.get("proposal", "flood-warning") in keys
        assert ("cost" in option) is ("budget" in row)
    if "budget" in row:
        costs = [option["cost"] for option in row["option"]]
        assert max(costs) <= row["budget"] < sum(costs)
