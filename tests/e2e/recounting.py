"""The page that counts again, which gets the files that a test gives it."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Route

    Change = Callable[[Any], object]

ADDRESS = "/en/rounds/1/recount/"
PAGE_SAYS = "said => Object.assign(document.querySelector('[data-recount]').dataset, said)"


# What another test gave the page to compare with.
FORGET = """() => {
  document.querySelector("[data-recount] details").open = false;
  for (const field of document.querySelectorAll("#older, #kept")) field.value = "";
}"""


class Counter:
    """The page, which gets the files that a test gives it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.files: dict[str, bytes] = {}
        page.route(re.compile(r"/dump/"), self._serve)

    def _serve(self, route: Route) -> None:
        name = route.request.url.rpartition("/")[2].partition("?")[0]
        route.fulfill(body=self.files[name], content_type="application/octet-stream")

    def count(self, files: dict[str, bytes], **said: str) -> Locator:
        self.files = files
        page_says = {"withheld": "", "stated": "yes", "voters": "11", **said}
        self.page.evaluate(PAGE_SAYS, page_says)
        self.page.locator("[data-recount] button").click()
        words = self.page.locator("[data-recount] [role=status]")
        expect(words).to_have_class(re.compile("notice"))
        return words

    def keep(self, older: bytes | None = None, head: str = "") -> None:
        self.page.get_by_text("Compare with what you kept").click()
        if older is not None:
            file = {"name": "old.zip", "mimeType": "application/zip", "buffer": older}
            self.page.get_by_label("An older dump of this round").set_input_files(file)
        self.page.get_by_label("A head that you or somebody else kept").fill(head)


def wrong(words: Locator, said: str) -> None:
    expect(words).to_contain_text(said)
    expect(words).to_have_class("notice notice-error")


def about(files: dict[str, bytes], change: Change) -> dict[str, bytes]:
    """The files with another `round.json`."""
    said = json.loads(files["round.json"])
    change(said)
    return {**files, "round.json": json.dumps(said).encode()}


def lines_of(files: dict[str, bytes]) -> list[bytes]:
    """The records, a line each."""
    return gzip.decompress(files["records.jsonl.gz"]).splitlines(keepends=True)


def with_lines(files: dict[str, bytes], lines: list[bytes]) -> dict[str, bytes]:
    """The files with other records."""
    packed = {"records.jsonl.gz": gzip.compress(b"".join(lines))}
    return about({**files, **packed}, lambda a: a.update(records=len(lines)))
