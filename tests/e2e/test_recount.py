"""Counting again in the browser: the same as the site, and red for whatever was changed."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.ballots import some_choice, some_rules
from voting.tally import count, option_costs

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Route

    from tests.e2e.conftest import Visitor

    Come = Callable[..., Visitor]

# Counts many rounds in one go, by the page's own module.
COUNT = """async (cases) => {
  const { tally } = await import("/static/js/recount/count.js");
  return cases.map(([rules, ballots, seed]) => {
    const found = tally(rules, new Map(ballots), seed);
    const totals = [...found.totals].map(([n, [up, down]]) => [n, `${up}/${down}`]);
    return { ...found, totals: Object.fromEntries(totals) };
  });
}"""


@pytest.fixture
def counted(visitor: Come) -> Visitor:
    """Somebody on the page that counts a round again whose records are published."""
    found = visitor(viewport={"width": 360, "height": 740})
    found.go("/en/votes/")
    links = found.page.get_by_role("link", name="Count again here").all()
    for address in [link.get_attribute("href") or "" for link in links]:
        part = found.address + address.replace("/recount/", "/dump/round.json")
        if found.page.request.get(part).json()["records"]:
            found.go(address)
            return found
    raise AssertionError("the demo has no round with ten voters")


def verdict(page: Page) -> Locator:
    page.get_by_role("button", name="Count again in this browser").click()
    words = page.locator("[data-recount] [role=status]")
    expect(words).to_have_class(re.compile("notice"), timeout=60_000)
    return words


def test_browser_counts_the_same_as_the_site(counted: Visitor) -> None:
    words = verdict(counted.page)
    expect(words).to_contain_text("This is exactly what the site says")
    expect(words).to_have_class(re.compile("notice-success"))
    counted.look()


@pytest.mark.parametrize("name", ["leaves.bin", "keys.txt", "round.json"])
def test_browser_finds_what_was_changed(name: str, counted: Visitor) -> None:
    def change(route: Route) -> None:
        body = bytearray(route.fetch().body())
        place = body.index(b'"ballots": ') + 11 if name == "round.json" else len(body) // 2
        body[place] ^= 1
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    counted.page.route(re.compile(re.escape(name)), change)
    words = verdict(counted.page)
    expect(words).to_have_class(re.compile("notice-error"))
    counted.look()


def test_browser_finds_a_spare_bit_in_a_signature(counted: Visitor) -> None:
    def change(route: Route) -> None:
        body = bytearray(route.fetch().body())
        body[body.rindex(b"=\\n") - 1] += 1
        route.fulfill(body=bytes(body), content_type="application/json")

    counted.page.route(re.compile("heads.json"), change)
    expect(verdict(counted.page)).to_have_class(re.compile("notice-error"))


def test_browser_says_when_the_records_do_not_come(counted: Visitor) -> None:
    counted.page.route(re.compile("records"), lambda route: route.fulfill(status=429))
    expect(verdict(counted.page)).to_contain_text("could not be fetched")


def test_page_without_javascript_names_the_program(visitor: Come, counted: Visitor) -> None:
    page = visitor(java_script_enabled=False).page
    page.goto(counted.page.url)
    expect(page.locator("main")).to_contain_text("FOLDER/verify.py")
    expect(page.get_by_role("button", name="Count again in this browser")).to_be_hidden()
    expect(page.get_by_text("Compare with what you kept")).to_be_hidden()


def test_browser_counts_every_method_as_the_site_does(counted: Visitor) -> None:
    chance = random.Random(11)  # noqa: S311 - the same each time
    cases: list[Any] = []
    expected = []
    for _ in range(300):
        rules = some_rules(chance)
        ballots = [some_choice(rules, chance) for _ in range(chance.randint(0, 12))]
        seed = chance.choice([None, b"\x07" * 32])
        tally = count(rules, option_costs(rules), ballots, seed=seed)
        grouped: dict[str, int] = {}
        for ballot in ballots:
            key = str(ballot).replace(" ", "")
            grouped[key] = grouped.get(key, 0) + 1
        cases.append([rules, list(grouped.items()), seed.hex() if seed else ""])
        totals = {str(line.number): f"{line.total}/1" for line in tally.lines}
        expected.append([list(tally.winners), totals, tally.ballots, tally.blank])
    found = counted.page.evaluate(COUNT, cases)
    assert [[f["winners"], f["totals"], f["ballots"], f["blank"]] for f in found] == expected
