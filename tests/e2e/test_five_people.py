"""One proposal from draft to done: its author, a moderator, a reviewer, an official, a neighbour.

What staff do between them is done here too, without a look at each page: other journeys have that.
`scripts/shots.py` runs this with SHOTS set, and takes the README's pictures of the walk from it.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import expect

from cms.demo.draw import draw_scene
from tests.e2e.test_cases import fill_part, open_case
from tests.e2e.test_journeys import confirm, decide, finish_writing, staff, write_title

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.e2e.conftest import Visitor

    Come = Callable[..., Visitor]

TITLE = "A warm shelter at the tram stop by the station"
WORDS = {
    "problem": "At minus thirty people wait for the tram in the open, half an hour and more.",
    "solution": "A closed shelter with a heater, a lamp and a board that says when the tram comes.",
    "beneficiaries": "Everybody who changes from the train to the tram: 900 people a day.",
    "summary": "A closed, heated shelter where the train meets the tram.",
    "category": "Places and regions",
    "tags": "tram, winter",
}
PROMISE = "Build a heated shelter at the tram stop"


def test_five_people_bring_a_proposal_from_draft_to_done(visitor: Come) -> None:
    author = visitor()
    author.sign_in("anna@example.org")
    number = write(author)

    moderator = staff(visitor, "moderator")
    look_at(moderator, f"/admin/proposals/{number}/", "1-moderator")
    decide(moderator, number, "Accept and publish")

    neighbour = support(visitor(), number)
    promoter = staff(visitor, "promoter")
    decide(promoter, number, "Put on the shortlist")
    assess(visitor, number)
    promote(promoter.page, f"{promoter.address}/admin/referrals/promote/{number}/")

    answer(visitor(), visitor())
    author.go(f"/en/proposals/{number}/")
    main = author.page.locator("main")
    for words in ("Accepted by the authorities", "Expert review: 8", "We build it in spring"):
        expect(main).to_contain_text(words)
    author.press(PROMISE, "link")
    commitment = author.page.url
    step(promoter, commitment, "begin", "The contract is signed.")

    observe(neighbour, commitment)
    accept_observation(moderator)
    step(promoter, commitment, "deliver", "It stands and is heated.")
    decide(promoter, number, "The work is done", "The shelter is open.")

    neighbour.page.goto(commitment)
    neighbour.look()
    expect(neighbour.page.locator("main")).to_contain_text("I waited in it this morning")
    picture(neighbour, "5-commitment")
    author.go(f"/en/proposals/{number}/")
    expect(main.locator(".status-done").first).to_contain_text("Done")
    picture(author, "4-answer")


def write(author: Visitor) -> str:
    """From nothing to sent in; the proposal's number."""
    write_title(author, TITLE)
    finish_writing(author, WORDS)
    author.press("Send in")
    found = re.search(r"/proposals/(\d+)/done/", author.page.url)
    assert found, author.page.url
    return found[1]


def support(neighbour: Visitor, number: str) -> Visitor:
    neighbour.sign_in("sergey@example.org")
    neighbour.page.goto(f"{neighbour.address}/en/proposals/{number}/")
    neighbour.press("Support")
    return neighbour


def look_at(visitor: Visitor, path: str, name: str) -> None:
    visitor.page.goto(visitor.address + path)
    visitor.page.wait_for_load_state("networkidle")
    picture(visitor, name)


def picture(visitor: Visitor, name: str) -> None:
    """Keep the top of the page as a picture, if somebody wants pictures."""
    if folder := os.environ.get("SHOTS"):
        page, size = visitor.page, visitor.page.viewport_size
        page.set_viewport_size({"width": 1280, "height": 1600})
        page.evaluate("for (const image of document.images) image.loading = 'eager'")
        page.evaluate("for (const part of document.querySelectorAll('*')) part.scrollTop = 0")
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=Path(folder) / f"walk-{name}.png")
        page.set_viewport_size(size)  # type: ignore[arg-type]


def assess(come: Come, number: str) -> None:
    """A round of its own with three readers, up to the protocol."""
    secretary = staff(come, "secretary")
    page = secretary.page
    page.goto(f"{secretary.address}/admin/assessments/new/")
    page.locator("[name=committee]").select_option(label="Working group for selecting projects")
    page.locator("[name=call]").select_option(index=2)
    page.locator("[name=title_ru]").fill("Экспертиза: остановки")
    page.locator("[name=title_en]").fill("Expert review: stops")
    page.locator("[name=due_at]").fill(f"{timezone.localdate() + timedelta(days=7)} 18:00")
    page.locator("[name=preset]").select_option(label="Residents' proposals")
    page.locator("main form button[type=submit]", has_text="Create").first.click()
    page.wait_for_url(re.compile(r"/inspect/"))
    page.get_by_role("link", name="Take proposals").click()
    page.locator(f"#take-{number}").check()
    page.get_by_role("button", name="Take these").click()
    page.get_by_role("button", name="Begin reading").click()
    for who, points in (("expert2", 7), ("expert3", 9), ("expert", 8)):
        score(staff(come, who), points)
    page.get_by_role("button", name="End reading").click()
    page.get_by_role("button", name="Publish the protocol").click()
    expect(page.locator("body")).to_contain_text("The protocol is published.")


def score(reviewer: Visitor, points: int) -> None:
    """Declare no conflict and send in the sheet of the newest round."""
    page = reviewer.page
    page.goto(f"{reviewer.address}/admin/reviews/")
    conflicts = page.get_by_role("link", name="Conflicts of interest")
    newest = page.locator("section", has_text=TITLE).filter(has=conflicts).last
    newest.get_by_role("link", name="Conflicts of interest").click()
    page.locator("[name=none_else]").check()
    page.get_by_role("button", name="Declare").click()
    newest.get_by_role("link", name=TITLE).click()
    page.locator("textarea[name^=comment-]").first.fill("900 people a day, at small cost.")
    for field in page.locator("input[name^=points-]").all():
        field.fill(f"{points}")
    picture(reviewer, "2-reviewer")
    page.get_by_role("button", name="Send the sheet").click()
    expect(page.locator("body")).to_contain_text("Your sheet is in.")


def promote(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("select[name=body]").select_option(label="Khabarovsk City Administration")
    page.locator("textarea[name=note]").fill("First of its round; please say by when.")
    confirm(page)


def answer(official: Visitor, mail: Visitor) -> None:
    """By link and code: accepted, with a promise that has a day and a price."""
    page = official.page
    case = open_case(official, mail)
    expect(page.locator("h1")).to_have_text(TITLE)
    picture(official, "3-official")
    page.goto(f"{case}answer/")
    page.locator("[name=text]").fill("We build it in spring, well before the next winter.")
    fill_part(page, 0, "The whole proposal", "accepted", "The stop is ours, and so is the money.")
    page.locator("[name=promises-0-what]").fill(PROMISE)
    day = timezone.localdate() + timedelta(days=200)
    page.locator("[name=promises-0-due_on]").fill(day.isoformat())
    page.locator("[name=promises-0-amount]").fill("1 800 000")
    page.get_by_role("button", name="See how residents will see it").last.click()
    expect(page.locator("main")).to_contain_text(PROMISE)
    official.press("Publish the answer")
    expect(page.locator("main")).to_contain_text("The answer is published")


def step(promoter: Visitor, commitment: str, verb: str, text: str) -> None:
    """What staff put down about a commitment, with a link that shows it."""
    page = promoter.page
    number = commitment.rstrip("/").rpartition("/")[2]
    page.goto(f"{promoter.address}/admin/commitments/{number}/")
    page.locator(f"[name=verb][value={verb}]").check()
    page.locator("textarea[name=text]").fill(text)
    page.locator("[name=link]").fill("https://khabarovsk.example.org/shelter")
    page.get_by_role("button", name="Put it down in public").click()
    expect(page.locator("body")).to_contain_text("Everybody can see it now.")


def observe(neighbour: Visitor, commitment: str) -> None:
    """Say “built”, with a photo, on the commitment's page."""
    page = neighbour.page
    page.goto(commitment)
    neighbour.press("Say what you see", "link")
    page.locator("[name=verdict][value=built]").check()
    page.locator("[name=text]").fill("I waited in it this morning: eighteen degrees inside.")
    photo = BytesIO()
    draw_scene("tram", (900, 600)).save(photo, "JPEG")
    file = {"name": "shelter.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    page.locator("[name=photo]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("[name=photo_alt]").fill("A tram at the stop with its new shelter")
    neighbour.press("Send")
    expect(page.locator("main")).to_contain_text("Our staff read it before everybody can")


def accept_observation(moderator: Visitor) -> None:
    page = moderator.page
    page.goto(f"{moderator.address}/admin/observations/")
    page.locator("tr", has_text=PROMISE).last.get_by_role("link").first.click()
    page.get_by_role("button", name="Show it to everybody").click()
    expect(page.locator("body")).to_contain_text("It stands on the commitment's page now.")
