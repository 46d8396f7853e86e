"""A late promise: a resident shows that nothing is there, staff publish it, everybody sees it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from cms.demo.draw import draw_scene
from tests.e2e.test_journeys import staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Visitor

    Come = Callable[..., Visitor]

WORDS = "I went by on Sunday: a fence, and nobody behind it."
BOARD = "/en/commitments/?state=overdue"


def test_resident_shows_that_a_late_promise_is_not_kept(visitor: Come) -> None:
    resident = visitor(viewport={"width": 360, "height": 740})
    commitment = observe(resident)
    moderator = staff(visitor, "moderator")
    publish(moderator)
    moderator.go("/admin/figures/")

    everybody = visitor()
    everybody.go(BOARD)
    row = everybody.page.locator(".row", has=everybody.page.locator(f"a[href='{commitment}']"))
    expect(row).to_contain_text("overdue")
    expect(row).to_contain_text("not built")
    everybody.go(commitment)
    expect(everybody.page.locator("main")).to_contain_text(WORDS)

    resident.go(commitment)
    resident.press("Take it back", "link")
    resident.press("Take it back")
    expect(resident.page.locator("main")).not_to_contain_text(WORDS)


def observe(resident: Visitor) -> str:
    """Say “not built”, with a photo, of the first one on the board; its address."""
    page = resident.page
    resident.sign_in("anna@example.org")
    resident.go(BOARD)
    link = page.locator(".row-title a").first
    commitment = link.get_attribute("href") or ""
    link.click()
    resident.press("Say what you see", "link")
    resident.press("Send")
    expect(page.locator("main")).to_contain_text("There is a problem")
    page.locator("[name=verdict][value=not_built]").check()
    page.locator("[name=text]").fill(WORDS)
    photo = BytesIO()
    draw_scene("tram", (900, 600)).save(photo, "JPEG")
    file = {"name": "fence.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    page.locator("[name=photo]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("[name=photo_alt]").fill("A fence around an empty lot")
    resident.press("Send")
    expect(page.locator("main")).to_contain_text("You said: Not built")
    return commitment


def publish(moderator: Visitor) -> None:
    moderator.go("/admin/observations/")
    moderator.page.locator("main table a").last.click()
    expect(moderator.page.locator("main")).to_contain_text(WORDS)
    moderator.look()
    moderator.press("Show it to everybody")
    expect(moderator.page.locator("body")).to_contain_text("It stands on the commitment's page now")
