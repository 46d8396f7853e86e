"""An official without an account: link, code, more time, the answer in parts, and what all see."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.e2e.conftest import Visitor

    Come = Callable[..., Visitor]


def test_official_answers_by_link(visitor: Come) -> None:
    official, everybody = visitor(viewport={"width": 360, "height": 740}), visitor()
    page, main = official.page, official.page.locator("main")
    case = open_case(official, everybody)

    official.press("Ask for more time", "link")
    day = timezone.localdate() + timedelta(days=30)
    page.locator("#id_due_on").fill(day.isoformat())
    page.locator("#id_words").fill("We measure the power line first.")
    official.press("Ask for more time")
    expect(main).to_contain_text("more time was given")

    page.goto(f"{case}answer/")
    page.locator("[name=text]").fill("The store can be let; the ferry is not ours.")
    fill_part(page, 0, "The store", "accepted", "It has stood empty since 2019.")
    official.press("One more part")
    fill_part(page, 1, "The ferry", "not_ours", "The Ministry of Transport decides.")
    page.get_by_role("button", name="See how residents will see it").last.click()
    expect(main).to_contain_text("Official answer: Accepted in part")
    official.press("Publish the answer")
    expect(main).to_contain_text("The answer is published")
    public = page.get_by_role("link", name="The proposal's public page").get_attribute("href")

    everybody.go(public or "")
    for words in ("The store: Accepted", "The ferry: Not ours", "We measure the power line"):
        expect(everybody.page.locator("main")).to_contain_text(words)
    everybody.page.goto(case)
    expect(everybody.page.locator("h1")).to_have_text("A case opens by its link")
    everybody.look()


def open_case(official: Visitor, mail: Visitor) -> str:
    """By the link and the code that lie in the mail of the demonstration; the case's address."""
    mail.go("/mail/")
    link = mail.page.locator("a[href*='/cases/open/']").first.get_attribute("href") or ""
    official.page.goto(link.replace("/ru/", "/en/"))
    assert "/open/" not in official.page.url
    official.press("Send me the code")
    expect(official.page.locator("main")).to_contain_text("A code is on its way")
    mail.go("/mail/")
    code = re.findall(r"\b\d{6}\b", mail.page.locator("article").first.inner_text())[0]
    official.page.locator("#id_code").fill(code)
    official.press("Open the case")
    return official.page.url


def fill_part(page: Page, place: int, what: str, outcome: str, reasons: str) -> None:
    row = f"[name=parts-{place}"
    page.locator(f"{row}-what]").fill(what)
    page.locator(f"{row}-outcome][value={outcome}]").check()
    page.locator(f"{row}-reasons]").fill(reasons)
