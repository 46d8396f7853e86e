"""Voting in a budget: by mouse on a phone, by keyboard alone, without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD
from tests.e2e.test_journeys import PHONE, press_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.e2e.conftest import Visitor

    Come = Callable[..., Visitor]


def open_ballot(visitor: Visitor) -> str:
    """From the menu's list of votes to the one that is open; returns its address."""
    visitor.go("/en/rounds/")
    visitor.page.locator("section[aria-labelledby=open] h3 a").first.click()
    visitor.page.wait_for_load_state("networkidle")
    visitor.look()
    return visitor.page.url


def sign_in_here(page: Page, email: str) -> None:
    """On the page of signing in, where a ballot led to."""
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button:not([type=button])").first.click()
    page.wait_for_load_state()


def fill_up(resident: Visitor) -> None:
    """Choose as much as may be, and one more: the option says so and offers a swap."""
    page, boxes = resident.page, resident.page.locator("[name=option]")
    for number in range(5):
        boxes.nth(number).check()
    expect(page.locator("output")).to_contain_text("5 of 5 chosen")
    scroll_to_bar(page, 5)
    boxes.nth(5).click()
    swap = page.locator(".option .swap")
    expect(swap).to_contain_text("5 of 5 chosen. Take one off to add this one.")
    assert edge(page, ".swap", "bottom") <= edge(page, ".ballot-bar", "top")
    resident.look()
    swap.get_by_role("button", name="Swap").click()
    expect(boxes.nth(5)).to_be_checked()
    expect(boxes.nth(5)).to_be_focused()
    expect(page.locator("output")).to_contain_text("5 of 5 chosen")
    expect(page.locator("[data-autosave-status]")).to_contain_text("not cast yet")


def edge(page: Page, selector: str, side: str) -> float:
    """Where a side of an element is in the window."""
    return page.locator(selector).evaluate(f"element => element.getBoundingClientRect().{side}")


def scroll_to_bar(page: Page, number: int) -> None:
    """So far that an option ends where the bar begins: what opens in it would lie behind it."""
    page.locator(".option").nth(number).scroll_into_view_if_needed()
    end = page.locator(".option").nth(number).evaluate("row => row.getBoundingClientRect().bottom")
    page.evaluate("by => scrollBy(0, by)", end - edge(page, ".ballot-bar", "top"))


def chosen(page: Page) -> int:
    return page.locator("[name=option]:checked").count()


def test_vote_on_a_phone_is_never_lost_on_the_way(visitor: Come) -> None:
    resident = visitor(**PHONE)
    page, address = resident.page, open_ballot(resident)
    fill_up(resident)
    # Left without casting: every page says so, and leads back to the choices.
    resident.go("/en/proposals/")
    page.get_by_role("link", name="Your vote is not cast yet").click()
    page.wait_for_load_state("networkidle")
    assert chosen(page) == 5
    resident.press("Sign in and continue")
    sign_in_here(page, "anna@example.org")
    assert (page.url, chosen(page)) == (address, 5)
    resident.look()
    # The one press that is left stands on top, with what it casts.
    expect(page.locator(".notice button")).to_be_focused()
    expect(page.locator(".notice .chosen li")).to_have_count(5)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/receipts/"))
    change_and_take_back(resident, address)


def change_and_take_back(resident: Visitor, address: str) -> None:
    """A ballot that is in is changed, and then taken back altogether."""
    page = resident.page
    page.goto(address)
    expect(page.locator("main")).to_contain_text("Your ballot is in.")
    page.locator("[name=option]:checked").first.uncheck()
    resident.press("Cast the change")
    assert "/receipts/" in page.url
    page.goto(address)
    assert chosen(page) == 4
    resident.press("Take my ballot back")
    expect(page.locator("main")).to_contain_text("Your ballot is taken back.")
    expect(page.locator("main")).not_to_contain_text("not cast yet")


def test_vote_by_keyboard_alone(visitor: Come) -> None:
    resident = visitor()
    resident.sign_in("sergey@example.org")
    page, address = resident.page, open_ballot(resident)
    page.locator("#main").focus()
    for _option in range(2):
        press_until(resident, "option")
        page.keyboard.press("Space")
        uncovered(page)
    expect(page.locator("output")).to_contain_text("2 of 5 chosen")
    resident.look()
    for _stop in range(40):
        page.keyboard.press("Tab")
        uncovered(page)
        if page.evaluate("document.activeElement.matches('.ballot-bar button')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/receipts/"))
    resident.look()
    page.goto(address)
    assert chosen(page) == 2
    resident.press("Take my ballot back")


def uncovered(page: Page) -> None:
    """What has the focus is not hidden below the bar that stays in reach (WCAG 2.4.11)."""
    seen = page.evaluate(
        """() => { const e = document.activeElement, r = e.getBoundingClientRect();
        const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
        return e.contains(top) || top?.contains(e) && !top.closest(".ballot-bar"); }"""
    )
    assert seen, page.evaluate("document.activeElement.outerHTML")


def test_vote_after_signing_in_in_another_tab_loses_nothing(visitor: Come) -> None:
    resident = visitor()
    page, address = resident.page, open_ballot(resident)
    page.locator("[name=option]").first.check()
    expect(page.locator("[data-autosave-status]")).to_contain_text("not cast yet")
    other = page.context.new_page()
    other.goto(f"{resident.address}/en/accounts/login/")
    sign_in_here(other, "nikolay@example.org")
    page.locator("[name=option]").nth(1).check()
    expect(page.locator("[data-autosave-status]")).to_contain_text("This page is out of date")
    resident.press("Sign in and continue")
    expect(page.locator("h1")).to_have_text("The form is out of date")
    resident.press("Send it again")
    assert "/receipts/" in page.url
    page.goto(address)
    assert chosen(page) == 2
    resident.press("Take my ballot back")


def test_vote_without_javascript(visitor: Come) -> None:
    stranger = visitor(java_script_enabled=False, **PHONE)
    page = stranger.page
    page.goto(stranger.address + "/en/rounds/")
    page.locator("section[aria-labelledby=open] h3 a").first.click()
    address = page.url

    # Nothing chosen is no blank ballot unless that is said.
    page.get_by_role("button", name="Sign in and continue").click()
    expect(page.locator(".error-summary")).to_contain_text("You chose nothing.")
    for box in page.locator("[name=option]").all()[:6]:
        box.check()
    page.get_by_role("button", name="Sign in and continue").click()
    expect(page.locator(".error-summary")).to_contain_text("6 of 5 chosen")
    page.locator("[name=option]:checked").first.uncheck()
    page.get_by_role("button", name="Keep and count up").click()
    assert (page.url, chosen(page)) == (address, 5)
    expect(page.locator("output")).to_contain_text("5 of 5 chosen")
    page.get_by_role("button", name="Sign in and continue").first.click()
    sign_in_here(page, "nikolay@example.org")
    assert page.url == address
    assert chosen(page) == 5
    page.get_by_role("button", name="Cast my ballot").first.click()
    assert "/receipts/" in page.url
    page.goto(address)
    page.get_by_role("button", name="Take my ballot back").click()
    expect(page.locator("main")).to_contain_text("Your ballot is taken back.")


def test_pages_of_votes_are_accessible(visitor: Come) -> None:
    reader = visitor(**PHONE, color_scheme="dark")
    for language in ("ru", "en", "ja"):
        reader.go(f"/{language}/rounds/")
        over = reader.page.locator("section[aria-labelledby=over] h3 a").first
        address = over.get_attribute("href") or ""
        reader.go(address)
        reader.go(f"{address}method/")
        first = reader.page.locator("a[href$='/rounds/']").first.get_attribute("href")
        assert first
