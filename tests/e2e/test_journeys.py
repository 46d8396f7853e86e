"""The journeys of the first release, each as its person makes it, with axe after every step."""

from __future__ import annotations

import re
import secrets
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.e2e.conftest import Visitor

    Come = Callable[..., Visitor]

PHONE = {"viewport": {"width": 360, "height": 740}}


def sign_up(visitor: Visitor) -> str:
    """From nothing to a confirmed account, as a stranger does it with the development mail page."""
    visitor.go("/en/accounts/signup/")
    return fill_in_sign_up(visitor)


def fill_in_sign_up(visitor: Visitor) -> str:
    """From the page of signing up, wherever it was come to from, to a confirmed account."""
    email = f"new-{secrets.token_hex(4)}@example.org"
    page = visitor.page
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=name]").fill("New Person")
    for field in page.locator("input[type=password]").all():
        field.fill("a-long-new-password-7")
    page.locator("main input[type=checkbox][name=consent]").check()
    visitor.press("Sign up")
    visitor.go("/mail/")
    page.locator(f"article:has-text('{email}') a[href*='confirm']").first.click()
    page.wait_for_load_state()
    visitor.look()
    page.locator("main form button:not([type=button])").first.click()
    page.wait_for_load_state()
    visitor.look()
    return email


def write_title(visitor: Visitor, title: str) -> None:
    visitor.go("/en/proposals/new/")
    visitor.page.locator("#id_title").fill(title)
    visitor.press("Save and go on")


def finish_writing(visitor: Visitor, words: dict[str, str] | None = None) -> None:
    """The steps after the first, up to the check; `words` by name of the field."""
    page, words = visitor.page, words or {}
    for name in ("problem", "solution", "beneficiaries", "summary"):
        some = f"Words about the {name} that a neighbour understands."
        page.locator(f"#id_{name}").fill(words.get(name, some))
    visitor.press("Save and go on")
    page.get_by_role("radio", name=words.get("category")).first.check()
    page.locator("#id_tags").fill(words.get("tags", "night, buses"))
    visitor.press("Save and go on")
    if "/files/" in page.url:
        page.get_by_role("link", name=re.compile("check", re.IGNORECASE)).first.click()
        page.wait_for_load_state()
        visitor.look()


def submit_proposal(visitor: Visitor, title: str) -> str:
    """Write and send in a proposal; returns its number."""
    write_title(visitor, title)
    finish_writing(visitor)
    visitor.press("Send in")
    found = re.search(r"/proposals/(\d+)/done/", visitor.page.url)
    assert found, visitor.page.url
    return found[1]


def decide(visitor: Visitor, number: str, button: str, reason: str = "", *, code: str = "") -> None:
    """Take one step on the staff's decision page, through the preview of the mail."""
    page = visitor.page
    page.goto(f"{visitor.address}/admin/proposals/{number}/")
    if code:
        page.locator("select[name=reason_code]").select_option(code)
    if reason:
        page.locator("textarea[name=reason]").first.fill(reason)
    page.locator(f"main button[name=verb]:has-text('{button}')").first.click()
    page.wait_for_load_state()
    page.locator("button[name=stage][value=send]").click()
    page.wait_for_load_state()


def staff(come: Come, who: str) -> Visitor:
    """A member of staff whose admin speaks English."""
    visitor = come(locale="en-GB", viewport={"width": 1280, "height": 1000})
    visitor.sign_in(f"{who}@example.org")
    return visitor


def test_resident_signs_up_writes_and_sends_in(visitor: Come) -> None:
    resident = visitor()
    sign_up(resident)
    write_title(resident, "Buses that run until midnight on Fridays")
    page = resident.page
    page.goto(resident.address + "/en/proposals/mine/")
    resident.look()
    expect(page.get_by_text("Buses that run until midnight on Fridays").first).to_be_visible()
    page.go_back()
    finish_writing(resident)
    resident.press("Send in")
    expect(page.locator("main")).to_contain_text("will be checked by")


def test_stranger_writes_first_and_signs_up_to_send_in(visitor: Come) -> None:
    stranger = visitor(**PHONE)
    write_title(stranger, "A ferry timetable at every pier of the river")
    page = stranger.page
    page.locator("#id_problem").fill("Nobody knows when it leaves.")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved at")
    finish_writing(stranger)
    expect(page.locator("main")).to_contain_text("Sending it in needs an account")
    page.locator("main section a", has_text="Sign up").click()
    page.wait_for_load_state()
    stranger.look()
    fill_in_sign_up(stranger)
    assert page.url.endswith("/edit/check/")
    expect(page.locator("main")).to_contain_text("A ferry timetable at every pier of the river")
    stranger.press("Send in")
    assert "/done/" in page.url


def test_draft_comes_back_by_its_link_without_javascript(visitor: Come) -> None:
    stranger = visitor(java_script_enabled=False, **PHONE).page
    address = visitor().address
    stranger.goto(f"{address}/en/proposals/new/")
    stranger.locator("#id_title").fill("Warm waiting rooms at the river station")
    stranger.get_by_role("button", name="Save and go on").click()
    stranger.locator("#id_problem").fill("It is minus thirty in January.")
    stranger.get_by_role("button", name="Save and go on").click()
    stranger.locator("summary").last.click()
    link = stranger.get_by_label("Private link to your draft").input_value()
    elsewhere = visitor(java_script_enabled=False, **PHONE).page
    elsewhere.goto(link)
    assert link.split("/")[-2] not in elsewhere.url
    expect(elsewhere.locator("#id_problem")).to_have_value("It is minus thirty in January.")
    elsewhere.goto(re.sub(r"/edit/.*", "/edit/check/", elsewhere.url))
    elsewhere.locator("main section a", has_text="Sign in").click()
    elsewhere.locator("input[name=login]").fill("anna@example.org")
    elsewhere.locator("input[name=password]").fill(PASSWORD)
    elsewhere.locator("main form button:not([type=button])").first.click()
    assert elsewhere.url.endswith("/edit/check/")
    expect(elsewhere.locator("main")).to_contain_text("is kept in your account now")
    stranger.goto(link)
    expect(stranger.locator("h1")).to_have_text("This draft cannot be opened here")


def test_resident_is_told_what_is_missing_and_loses_nothing(visitor: Come) -> None:
    resident = visitor(**PHONE)
    resident.sign_in("anna@example.org")
    page = resident.page
    resident.go("/en/proposals/new/")
    page.locator("#id_title").fill("Too short")
    resident.press("Save and go on")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value("Too short")
    page.locator("#id_title").fill("Long enough to be a proposal")
    resident.press("Save and go on")
    page.goto(re.sub(r"/edit/.*", "/edit/check/", page.url))
    resident.look()
    resident.press("Send in")
    assert "/done/" not in page.url
    expect(page.locator(".error-summary")).to_contain_text("still missing")
    expect(page.locator("main")).to_contain_text("Long enough to be a proposal")


def test_draft_saves_itself_while_typing(visitor: Come) -> None:
    resident = visitor()
    resident.sign_in("anna@example.org")
    write_title(resident, "A bench at every tram stop of the city")
    resident.page.locator("#id_problem").fill("There is nowhere to sit.")
    expect(resident.page.locator("[data-autosave-status]")).to_contain_text("Saved at")
    resident.page.reload()
    expect(resident.page.locator("#id_problem")).to_have_value("There is nowhere to sit.")


def test_signed_out_support_survives_signing_in(visitor: Come) -> None:
    resident = visitor()
    resident.go("/en/proposals/?status=supporting&order=newest")
    page = resident.page
    page.locator("#rows .support a.button").first.click()
    page.wait_for_load_state()
    page.locator("input[name=login]").fill("darya@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button:not([type=button])").first.click()
    page.wait_for_load_state()
    resident.look()
    resident.press("Support")
    expect(page.locator(".support").first).to_contain_text("You support this proposal")


def toggle_support(visitor: Visitor) -> None:
    """Give and take back support on the first open proposal of the list."""
    visitor.go("/en/proposals/?status=supporting&order=newest")
    support = visitor.page.locator("#rows .support:has(form)").first
    number = (support.get_attribute("id") or "").removeprefix("support-")
    support = visitor.page.locator(f"#support-{number}")
    if "You support" in support.inner_text():
        support.get_by_role("button").click()
        expect(support.get_by_role("button", name="Support", exact=False)).to_be_visible()
        visitor.page.wait_for_load_state("networkidle")
    before = int(support.locator("b").first.inner_text())
    support.get_by_role("button").click()
    expect(support).to_contain_text("You support this proposal")
    expect(support.locator("b").first).to_have_text(str(before + 1))
    visitor.look()
    support.get_by_role("button").click()
    expect(support).not_to_contain_text("You support this proposal")
    expect(support.locator("b").first).to_have_text(str(before))


def test_support_from_the_list_and_back(visitor: Come) -> None:
    resident = visitor()
    resident.sign_in("sergey@example.org")
    toggle_support(resident)


def test_support_without_javascript(visitor: Come) -> None:
    resident = visitor(java_script_enabled=True)
    resident.sign_in("nikolay@example.org")
    state = resident.page.context.storage_state()
    plain = visitor(java_script_enabled=False, storage_state=state)
    page = plain.page
    page.goto(plain.address + "/en/proposals/?status=supporting&order=newest")
    support = page.locator("#rows .support:has(form)").first
    number = support.get_attribute("id")
    support.get_by_role("button").click()
    page.wait_for_load_state()
    first = "You support this proposal" in page.locator(f"#{number}").inner_text()
    page.locator(f"#{number}").get_by_role("button").click()
    page.wait_for_load_state()
    assert first != ("You support this proposal" in page.locator(f"#{number}").inner_text())


def test_resident_writes_without_javascript(visitor: Come) -> None:
    resident = visitor()
    resident.sign_in("darya@example.org")
    state = resident.page.context.storage_state()
    page = visitor(java_script_enabled=False, storage_state=state, **PHONE).page
    page.goto(resident.address + "/en/proposals/new/")
    page.locator("#id_title").fill("A lamp over every crossing near a school")
    page.get_by_role("button", name="Save and go on").click()
    for name in ("problem", "solution", "beneficiaries", "summary"):
        page.locator(f"#id_{name}").fill("Plain words.")
    page.get_by_role("button", name="Save and go on").click()
    page.locator("input[name=category]").first.check()
    page.get_by_role("button", name="Save and go on").click()
    page.goto(re.sub(r"/edit/.*", "/edit/check/", page.url))
    page.get_by_role("button", name="Send in").click()
    assert "/done/" in page.url


def test_proposal_by_keyboard_alone(visitor: Come) -> None:
    """Sign in, find a proposal and support it, never touching the mouse; focus always shows."""
    resident = visitor()
    page = resident.page
    page.goto(resident.address + "/en/accounts/login/")
    press_until(resident, "login")
    page.keyboard.type("sergey@example.org")
    press_until(resident, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/login/"))
    page.goto(resident.address + "/en/proposals/?status=supporting&order=supported")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    press_until(resident, "support-button")
    button = page.evaluate("document.activeElement.id")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.activeElement.id") == button, "focus was lost"
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    resident.look()


def press_until(visitor: Visitor, wanted: str) -> None:
    """Tab to the element whose id or name begins so; each stop on the way must be visible."""
    for _ in range(150):
        visitor.page.keyboard.press("Tab")
        stop = visitor.page.evaluate(
            """() => { const e = document.activeElement, r = e.getBoundingClientRect(),
            s = getComputedStyle(e);
            return {id: e.id, name: e.name || "", seen: r.width > 0 && r.bottom > 0,
                    outline: s.outlineStyle !== "none" || s.boxShadow !== "none"}; }"""
        )
        assert stop["seen"], stop
        assert stop["outline"], stop
        if stop["id"].startswith(wanted) or stop["name"] == wanted:
            return
    pytest.fail(f"the keyboard never reached {wanted}")


def promote(promoter: Visitor, number: str, note: str) -> None:
    """Put a shortlisted proposal before the first body, past the preview of dossier and mail."""
    page = promoter.page
    page.goto(f"{promoter.address}/admin/referrals/promote/{number}/")
    page.locator("select[name=body]").select_option(index=1)
    page.locator("textarea[name=note]").fill(note)
    confirm(page)


def answer(promoter: Visitor, number: str, text: str) -> None:
    """Enter the official answer from the proposal's page, past the preview."""
    page = promoter.page
    page.goto(f"{promoter.address}/admin/proposals/{number}/")
    page.locator("a[href*='/answer/']").first.click()
    page.wait_for_load_state()
    page.locator("input[name=outcome][value=accepted]").check()
    page.locator("textarea[name=text]").fill(text)
    page.locator("[name=official_name]").fill("A. Official")
    confirm(page)


def confirm(page: Page) -> None:
    """Send the form, look at the preview, send it for good."""
    page.locator("main form button[name=stage][value=preview]:visible").click()
    page.wait_for_load_state()
    page.locator("button[name=stage][value=send]").click()
    page.wait_for_load_state()


def test_proposal_from_sent_in_to_answered(visitor: Come) -> None:
    """A resident's words, a moderator, the promoter, the answer, and the mail about it."""
    author, neighbour = visitor(), visitor()
    author.sign_in("anna@example.org")
    title = f"Warm bus shelters {secrets.token_hex(3)}"
    number = submit_proposal(author, title)

    moderator = staff(visitor, "moderator")
    decide(moderator, number, "Return to the author", "Please say where exactly.", code="unclear")
    author.go(f"/en/proposals/{number}/")
    expect(author.page.locator("main")).to_contain_text("Please say where exactly.")
    author.go(f"/en/proposals/{number}/edit/check/")
    author.press("Send in again")
    decide(moderator, number, "Accept and publish")

    neighbour.sign_in("sergey@example.org")
    neighbour.go(f"/en/proposals/{number}/")
    neighbour.press("Support")
    expect(neighbour.page.locator(".support").first).to_contain_text("You support this proposal")

    promoter = staff(visitor, "promoter")
    decide(promoter, number, "Put on the shortlist")
    promote(promoter, number, "Twelve stops, one winter.")
    author.go(f"/en/proposals/{number}/")
    expect(author.page.locator("main")).to_contain_text("Twelve stops, one winter.")

    answer(promoter, number, "We build twelve shelters by May.")
    neighbour.go(f"/en/proposals/{number}/")
    expect(neighbour.page.locator("main")).to_contain_text("We build twelve shelters by May.")
    mails_reached(neighbour, title, "sergey@example.org", "anna@example.org")


def test_rejected_proposal_is_published_after_a_second_look(visitor: Come) -> None:
    """A moderator takes and rejects it, the author appeals, another moderator publishes it."""
    author = visitor()
    author.sign_in("anna@example.org")
    title = f"Lights at the ferry {secrets.token_hex(3)}"
    number = submit_proposal(author, title)

    moderator = staff(visitor, "moderator")
    moderator.page.goto(f"{moderator.address}/admin/proposals/{number}/")
    moderator.page.get_by_role("button", name="Take it").click()
    expect(moderator.page.locator("main")).to_contain_text("checks it.")
    decide(moderator, number, "Reject", "See the ferry's own plan.", code="duplicate")

    author.go(f"/en/proposals/{number}/")
    expect(author.page.locator("main")).to_contain_text("Repeats another proposal")
    author.page.get_by_role("link", name="Ask for a second look").click()
    author.look()
    author.page.locator("textarea[name=text]").fill("That plan ends at the pier; mine begins.")
    author.press("Ask for a second look")
    expect(author.page.locator("main")).to_contain_text("You get an answer by")

    overturn(staff(visitor, "moderator2"), title)
    author.go(f"/en/proposals/{number}/")
    expect(author.page.locator("main")).to_contain_text("Gathering support")
    expect(author.page.locator("main")).not_to_contain_text("The author is right.")
    mails_reached(author, title, "anna@example.org")


def overturn(moderator: Visitor, title: str) -> None:
    """Find the appeal in the queue, look at the mail, publish the proposal."""
    page = moderator.page
    page.goto(f"{moderator.address}/admin/proposals/?queue=appeals")
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("link", name="Take a second look").click()
    page.locator("textarea[name=reason]").fill("The author is right.")
    page.get_by_role("button", name="Overturn and publish").click()
    page.locator("button[name=stage][value=send]").click()
    page.wait_for_load_state()


def mails_reached(visitor: Visitor, title: str, *addresses: str) -> None:
    """Each of these got a mail about the proposal, as the development page shows."""
    visitor.page.goto(visitor.address + "/mail/")
    mails = visitor.page.locator("article", has_text=title)
    for address in addresses:
        expect(mails.filter(has_text=address).first).to_be_visible()


def test_promoter_exports_what_the_list_shows(visitor: Come) -> None:
    promoter = staff(visitor, "promoter")
    sent = promoter.page.request.get(
        f"{promoter.address}/admin/proposals/export/xlsx/?status=supporting"
    )
    assert sent.status == 200
    sheet = load_workbook(BytesIO(sent.body())).active
    assert sheet is not None
    assert sheet.max_row > 3
    paper = promoter.page.request.get(
        f"{promoter.address}/admin/proposals/export/pdf/?status=supporting"
    )
    assert paper.body().startswith(b"%PDF")


def test_editor_publishes_news_and_readers_see_it(visitor: Come) -> None:
    editor = staff(visitor, "editor")
    page = editor.page
    headline = f"Bridge opened {secrets.token_hex(3)}"
    page.goto(f"{editor.address}/admin/pages/add/home/newspage/{news_index(editor)}/")
    page.locator("#id_title").press_sequentially(headline)  # the address is made while typing
    page.locator("[name=intro]").fill("It took three years.")
    expect(page.locator("#id_slug")).not_to_have_value("")
    page.locator("[name=action-publish]").evaluate("button => button.click()")
    expect(page).not_to_have_url(re.compile("/add/"))
    reader = visitor()
    reader.go("/ru/news/")
    expect(reader.page.locator("main")).to_contain_text(headline)


def news_index(editor: Visitor) -> str:
    """The number of the Russian news list, read from the admin's own explorer."""
    api = f"{editor.address}/admin/api/main/pages/?limit=20&offset="
    answers = [editor.page.request.get(f"{api}{offset}") for offset in range(0, 100, 20)]
    lists = [
        item
        for answer in answers
        for item in answer.json()["items"]
        if item["meta"]["type"] == "home.NewsIndexPage" and "/ru/" in item["meta"]["html_url"]
    ]
    return str(lists[0]["id"])


LOOKS: dict[str, dict[str, object]] = {
    "phone": PHONE,
    "dark": {"color_scheme": "dark"},
    "tablet": {"viewport": {"width": 768, "height": 1000}},
}
EVERY_RUN = {("ru", "phone"), ("en", "dark"), ("ja", "tablet")}  # The other pairs at night.


@pytest.mark.parametrize(
    ("language", "options"),
    [
        pytest.param(
            language,
            LOOKS[look],
            id=f"{look}-{language}",
            marks=[] if (language, look) in EVERY_RUN else pytest.mark.slow,
        )
        for language in ("ru", "en", "ja")
        for look in LOOKS
    ],
)
def test_public_pages_are_accessible(
    language: str, options: dict[str, object], visitor: Come
) -> None:
    reader = visitor(**options)
    for path in ("", "proposals/", "proposals/1/", "calls/", "results/", "news/", "events/"):
        reader.go(f"/{language}/{path}")
    for path in ("accounts/login/", "accounts/signup/", "display/", "search/?q=2017", "about/"):
        reader.go(f"/{language}/{path}")


@pytest.mark.parametrize("path", ["/ru/", "/ru/proposals/", "/ru/proposals/1/"])
def test_page_asks_for_little(visitor: Come, path: str) -> None:
    """Without pictures, which come as the reader gets to them."""
    reader = visitor()
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.resource_type))
    reader.page.goto(f"{reader.address}{path}")
    reader.page.wait_for_load_state("networkidle")
    assert 3 < len([kind for kind in asked if kind != "image"]) <= 12, asked


def test_filters_keep_up_with_the_list_and_keep_the_focus(visitor: Come) -> None:
    """Folded away on a phone: they stay open, and so does the place in them."""
    stranger = visitor(**PHONE)
    page = stranger.page
    stranger.go("/en/proposals/?order=newest")
    page.locator(".filters > summary").click()
    page.locator("#status-supporting").focus()
    page.keyboard.press("Space")
    expect(page.locator("#filters-active")).to_have_text("1 active")
    expect(page.locator("#status-supporting")).to_be_checked()
    expect(page.locator("#status-supporting")).to_be_focused()
    before = page.locator("#filter-options").inner_text()
    page.locator("#list-place").select_option(index=2)
    expect(page.locator("#filters-active")).to_have_text("2 active")
    expect(page.locator(".tile :checked")).to_have_count(1)
    expect(page.locator("#list-place")).to_have_value("")
    page.locator("#list-q").fill("nothing sounds like this")
    page.keyboard.press("Tab")
    expect(page.locator("#filters-active")).to_have_text("3 active")
    assert page.locator("#filter-options").inner_text() != before
    expect(page.locator("#list-q")).to_have_value("nothing sounds like this")
    expect(page.locator("#status-supporting")).to_be_visible()
    assert "call=" not in page.url
    stranger.look()


def test_pages_follow_one_another_without_an_error_of_the_transition(visitor: Come) -> None:
    """What the browser reports of a transition that broke off fails the test at its end."""
    stranger = visitor(reduced_motion="no-preference")
    page = stranger.page
    for number in range(4):
        page.goto(f"{stranger.address}/en/proposals/?order=newest")
        page.wait_for_load_state("networkidle")
        page.locator(".row-title a").nth(number).click()
        page.wait_for_timeout(400)
        page.go_back()
        page.wait_for_timeout(400)


def test_language_switch_keeps_page_and_filters(visitor: Come) -> None:
    reader = visitor()
    reader.go("/ru/proposals/?status=supporting&order=newest")
    reader.page.get_by_role("link", name="日本語").first.click()
    reader.page.wait_for_load_state()
    assert reader.page.url.endswith("/ja/proposals/?status=supporting&order=newest")
    reader.look()
