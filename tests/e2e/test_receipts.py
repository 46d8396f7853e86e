"""A voter's receipt in the browser: from the button to the proof, with axe after every step."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Visitor

    Come = Callable[..., Visitor]


def test_voter_follows_the_receipt_and_types_its_code(visitor: Come) -> None:
    anna = visitor(viewport={"width": 360, "height": 740})
    anna.sign_in("anna@example.org")
    page = anna.page
    anna.go("/en/proposals/")
    page.get_by_role("button", name="Support").first.click()
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Receipt").first.click()
    page.wait_for_load_state()
    anna.look()
    expect(page.locator("main")).to_contain_text("It waits for the next seal")
    code = page.locator("#code").inner_text()
    anna.press("Mail it to me")
    expect(page.locator("main")).to_contain_text("on its way")
    anna.go("/en/receipts/")
    page.locator("#id_code").fill(code[:-1])
    anna.press("Show the receipt")
    expect(page.locator("main")).to_contain_text("This is no code of a receipt")
    page.locator("#id_code").fill(code)
    anna.press("Show the receipt")
    assert page.url.endswith(f"/en/receipts/{code}/")


def test_sealed_receipt_shows_its_proof_in_the_dark(visitor: Come) -> None:
    found = visitor(color_scheme="dark")
    found.go("/en/votes/")
    codes = []
    for link in found.page.get_by_role("link", name="Count again here").all():
        part = (link.get_attribute("href") or "").replace("/recount/", "/dump/records.jsonl.gz")
        lines = gzip.decompress(found.page.request.get(found.address + part).body()).splitlines()
        codes += [json.loads(line)["uuid"] for line in lines[:1]]
    found.go(f"/en/receipts/{codes[0]}/")
    found.page.locator("main summary").click()
    found.look()
    expect(found.page.locator("main")).to_contain_text("— localhost/votes")
