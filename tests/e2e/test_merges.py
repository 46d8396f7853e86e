"""A merge: a moderator proposes it, authors agree, a supporter answers by link on a plain phone.

Where scripts are off axe cannot run, so another browser looks at the same pages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.test_journeys import staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.e2e.conftest import Visitor

    Come = Callable[..., Visitor]

PHONE = {"viewport": {"width": 360, "height": 740}}
SOURCE, TARGET = "空港から堤防まで", "Вернись домой"
WHY = "Both help people to arrive and to stay."


def test_supporter_moves_a_support_by_link_without_scripts(visitor: Come) -> None:
    supporter = visitor(**PHONE)
    supporter.sign_in("nikolay@example.org")
    source, target = number_of(supporter, SOURCE), number_of(supporter, TARGET)
    supporter.go(f"/en/proposals/{source}/")
    supporter.page.get_by_role("button", name="Support").first.click()
    expect(supporter.page.locator("main")).to_contain_text("You support this proposal")
    supporter.look()

    moderator = propose(staff(visitor, "moderator"), target, source)
    mail, eye = visitor(), visitor(**PHONE)
    phone = visitor(java_script_enabled=False, **PHONE).page
    asked = links(mail, "/merging/", 2)
    eye.go(asked[0])
    for link in asked:
        agree(phone, eye.address + link)

    before = supports(supporter, target)
    (link,) = links(mail, "/merges/", 1, "nikolay@example.org")
    main = phone.locator("main")
    phone.goto(eye.address + link)
    expect(main).to_contain_text("You support “空港から堤防まで")
    phone.get_by_role("button", name="Keep this choice").click()
    expect(main).to_contain_text("Choose one of the three")
    phone.get_by_label("Move it", exact=True).check()
    phone.get_by_role("button", name="Keep this choice").click()
    expect(main).to_contain_text("Your choice so far: Move it")
    eye.go(link)

    supporter.go(f"/en/proposals/{target}/")
    for words in ("are to become part of this one", "You support this proposal"):
        expect(supporter.page.locator("main")).to_contain_text(words)
    assert supports(supporter, target) == before + 1
    moderator.page.reload()
    expect(moderator.page.locator("main")).to_contain_text("Supporters choose")
    finished(eye)


def number_of(visitor: Visitor, title: str) -> str:
    visitor.page.goto(f"{visitor.address}/en/proposals/?q={title}")
    links = visitor.page.locator("main a", has_text=title)
    hrefs = " ".join(links.evaluate_all("all => all.map(a => a.href)"))
    return re.findall(r"/proposals/(\d+)/", hrefs)[0]


def propose(moderator: Visitor, target: str, source: str) -> Visitor:
    page = moderator.page
    page.goto(f"{moderator.address}/admin/merges/propose/{target}/")
    page.locator("[name=others]").fill(source)
    page.locator("[name=reason]").fill(WHY)
    page.get_by_role("button", name="Propose it and ask the authors").click()
    expect(page.locator("main")).to_contain_text("The authors have got a mail")
    return moderator


def links(mail: Visitor, part: str, count: int, address: str = "") -> list[str]:
    """The newest links in the mails of the demonstration, in English."""
    mail.page.goto(f"{mail.address}/mail/")
    found = mail.page.locator("article", has_text=address).locator(f"a[href*='{part}']")
    hrefs = found.evaluate_all("all => all.map(a => a.href)")[:count]
    return [re.sub(r"/(ru|ja)/", "/en/", href.removeprefix(mail.address)) for href in hrefs]


def agree(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("main")).to_contain_text(WHY)
    page.locator("[name=agrees]").first.check()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("main")).to_contain_text("Agreed")


def supports(visitor: Visitor, number: str) -> int:
    visitor.page.goto(f"{visitor.address}/en/proposals/{number}/")
    return int(re.findall(r"\d+", visitor.page.locator(".support-large").inner_text())[0])


def finished(everybody: Visitor) -> None:
    """The demonstration has a merge that is over: what its supporters chose stands on the page."""
    everybody.go(f"/en/proposals/{number_of(everybody, 'Круглогодичная теплица')}/")
    for words in ("became part of this one", "14 moved", "not answered, so not moved"):
        expect(everybody.page.locator("main")).to_contain_text(words)
