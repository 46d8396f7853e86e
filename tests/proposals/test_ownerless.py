"""Drafts of people without an account: written, come back to, claimed, forgotten and erased."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from accounts.actions import erase_account
from accounts.models import AssuranceLevel, User
from accounts.personal_data import personal_data
from proposals.actions import save_draft
from proposals.keys import hash_of, new_key
from proposals.models import Proposal
from proposals.ownerless import claim_draft, discard_draft, start_ownerless_draft
from proposals.views.holders import HOW_A_DRAFT_OPENS
from tests.accounts.conftest import link_in, sign_in, sign_up
from tests.factories.accounts import PASSWORD, MunicipalityFactory
from tests.factories.home import make_standard
from tests.factories.proposals import CategoryFactory, ProposalFactory, make_call
from tests.proposals.writing import TEXTS, TITLE, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail import EmailMessage
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from home.models import HomePage
    from proposals.models import CallPage


def begin(client: Client, title: str = TITLE, **fields: Any) -> Proposal:
    """Take the first step as a form would, with the key that the page gave it."""
    key = client.get(url("start")).context["key"]
    answer = client.post(url("start"), {"title": title, "language": "ru", "key": key, **fields})
    assert answer.status_code == 302
    return Proposal.objects.get(pk=int(re.search(r"/(\d+)/edit/text/", answer.url)[1]))


def link_of(client: Client, draft: Proposal) -> str:
    """The private link, as the page shows it, without the host."""
    link = client.get(url("edit", draft.pk, "text")).context["link"]
    assert link.startswith("http://testserver/")
    return link.removeprefix("http://testserver")


def log_in(client: Client, user: User) -> HttpResponse:
    """Sign in by the page, as `force_login` would skip what follows from it."""
    return sign_in(client, user, password=PASSWORD)


@pytest.fixture
def draft(stranger: Client, call: CallPage) -> Proposal:
    """A draft whose key lies in the stranger's browser."""
    return begin(stranger)


# The whole way ------------------------------------------------------------------------------------


def test_journey_from_no_account_to_sent_in(
    stranger: Client, call: CallPage, mailoutbox: list[EmailMessage]
) -> None:
    make_standard(title="Согласие", slug="consent", intro="Я согласен.")
    draft = begin(stranger)
    assert (draft.author, draft.author_name, draft.status) == (None, "", "draft")
    assert stranger.post(url("edit", draft.pk, "text"), TEXTS).url == url("edit", draft.pk, "place")
    about = {"category": CategoryFactory().pk, "tags": "паводок"}
    assert stranger.post(url("edit", draft.pk, "place"), about).url == url("files", draft.pk)
    assert stranger.get(url("files", draft.pk)).status_code == 200
    check = url("check", draft.pk)
    page = stranger.get(check)
    assert page.context["missing"] == []
    assert f"{reverse('account_signup')}?next={check}" in page.text
    assert url("submit", draft.pk) not in page.text
    sign_up(stranger, next=check)
    assert Proposal.objects.get().author is None  # the address is not proven yet
    assert stranger.post(link_in(mailoutbox[0])).url == check
    assert TITLE in stranger.get(check).text
    assert stranger.post(url("submit", draft.pk)).url == url("done", draft.pk)
    sent = Proposal.objects.get()
    assert (sent.status, sent.author, sent.author_name) == ("submitted", User.objects.get(), "Анна")
    assert (sent.draft_key, sent.problem, list(sent.tags.names())) == (
        "",
        TEXTS["problem"],
        ["паводок"],
    )


def test_tab_closed_at_the_second_step_comes_back_by_the_link(
    stranger: Client, draft: Proposal
) -> None:
    half = {"problem": "Дописать вечером"}
    assert stranger.post(url("autosave", draft.pk, "text"), half).status_code == 204
    elsewhere = Client()
    answer = elsewhere.get(link_of(stranger, draft))
    assert answer.url == url("edit", draft.pk)
    page = elsewhere.get(answer.url, follow=True)
    assert page.redirect_chain[-1][0] == url("edit", draft.pk, "text")
    assert "Дописать вечером" in page.text


def test_steps_say_when_it_was_saved_and_how_to_come_back(call: CallPage, stranger: Client) -> None:
    with time_machine.travel("2026-11-24 02:04:00+00:00", tick=False):  # noon in Vladivostok
        call.phases.update(closes_at=timezone.now() + timedelta(days=1))
        call.phases.update(opens_at=timezone.now() - timedelta(days=1))
        draft = begin(stranger)
        link = link_of(stranger, draft)
        for address in (url("edit", draft.pk, "place"), url("files", draft.pk)):
            page = stranger.get(address.replace("/ru/", "/en/")).text
            assert "12:04" in page
            assert link.removeprefix("/ru/") in page
            assert "24 December 2026" in page or "Dec. 24, 2026" in page


def test_start_lists_what_this_browser_began(stranger: Client, draft: Proposal) -> None:
    assert url("edit", draft.pk) in stranger.get(url("start")).text
    assert TITLE not in Client().get(url("start")).text


# What goes wrong ----------------------------------------------------------------------------------


def test_start_refused_form_keeps_the_text_and_the_key(stranger: Client, call: CallPage) -> None:
    key = new_key()
    page = stranger.post(url("start"), {"title": "Мост", "language": "ru", "key": key})
    assert page.context["form"].errors["title"]
    assert 'value="Мост"' in page.text
    assert page.context["key"] == key
    assert not Proposal.objects.exists()


def test_edit_step_refused_form_keeps_what_was_typed(stranger: Client, draft: Proposal) -> None:
    page = stranger.post(url("edit", draft.pk, "text"), {**TEXTS, "summary": "д" * 301})
    assert "д" * 301 in page.text
    draft.refresh_from_db()
    assert (draft.problem, draft.summary) == (TEXTS["problem"], "")


def test_start_second_click_makes_one_draft_with_the_later_words(call: CallPage) -> None:
    data = {"title": TITLE, "language": "ru", "key": new_key()}
    for title in (TITLE, TITLE, TITLE + "!"):  # the first answers never arrived: no session
        assert Client().post(url("start"), {**data, "title": title}).status_code == 302
    assert Proposal.objects.get().title == TITLE + "!"


@pytest.mark.parametrize("key", ["", "short", "ы" * 43, "x" * 44, "\x00", "x" * 42 + "\n"])
def test_start_takes_no_key_that_could_be_guessed(
    stranger: Client, call: CallPage, key: str
) -> None:
    stranger.post(url("start"), {"title": TITLE, "language": "ru", "key": key})
    made = Proposal.objects.get()
    assert link_of(stranger, made) != url("open", "x" * 43)
    assert len(made.draft_key) == 43


def test_start_closed_call_is_refused_and_gives_the_text_back(
    stranger: Client, call: CallPage
) -> None:
    call.phases.update(closes_at=timezone.now() - timedelta(hours=1))
    page = stranger.post(url("start"), {"title": TITLE, "language": "ru", "call": call.slug})
    assert page.status_code == 403
    assert TITLE in page.text
    assert not Proposal.objects.exists()


def test_start_is_limited_by_address(call: CallPage) -> None:
    answers = [
        Client().post(
            url("start"), {"title": f"{TITLE} {number}", "language": "ru"}, REMOTE_ADDR=address
        )
        for number, address in enumerate(["203.0.113.9"] * 41 + ["203.0.113.10"])
    ]
    assert [answer.status_code for answer in answers] == [302] * 40 + [429, 302]
    assert Proposal.objects.count() == 41


def test_edit_step_is_limited_by_draft_and_not_by_address(
    stranger: Client, draft: Proposal
) -> None:
    other = Client()
    neighbours_draft = begin(other)
    statuses = [
        stranger.post(url("edit", draft.pk, "text"), TEXTS).status_code for _try in range(61)
    ]
    assert statuses == [302] * 60 + [429]
    assert other.post(url("edit", neighbours_draft.pk, "text"), TEXTS).status_code == 302


def test_link_with_a_wrong_key_opens_nothing(stranger: Client, draft: Proposal) -> None:
    link = link_of(stranger, draft)
    other = Client()
    for wrong in (url("open", new_key()), link[:-2] + "/", url("open", draft.draft_key)):
        page = other.get(wrong)
        assert page.status_code == 404
        assert TITLE not in page.text
        assert not other.session.items()
    assert other.get(url("edit", draft.pk, "text")).status_code == 302  # to sign in


def test_stranger_with_a_session_of_their_own_gets_nothing(
    draft: Proposal, resident: User, moderator: User, client_of: Callable[[User], Client]
) -> None:
    anonymous = Client()
    begin(anonymous)
    for client in (anonymous, client_of(resident), client_of(moderator)):
        for name in ("edit", "check", "files", "leave", "done"):
            page = client.get(url(name, draft.pk))
            assert page.status_code in (302, 404), name
            assert url("edit", draft.pk, "text") not in page.headers.get("Location", "")
        assert client.get(draft.get_absolute_url()).status_code == 404
        refused = client.post(url("edit", draft.pk, "text"), {"problem": "Чужое"})
        assert refused.status_code in (403, 404)
        assert "Чужое" in refused.text  # given back
        assert client.post(url("autosave", draft.pk, "text"), TEXTS).status_code in (403, 404)
        assert client.post(url("claim", draft.pk)).status_code in (403, 404)
        assert client.post(url("submit", draft.pk)).status_code in (403, 404)
        client.post(url("leave", draft.pk), {"erase": ""})
    draft.refresh_from_db()
    assert (draft.author, draft.problem, draft.status) == (None, "", "draft")


def test_holder_cannot_send_in_or_add_files_without_an_account(
    stranger: Client, draft: Proposal
) -> None:
    Proposal.objects.filter(pk=draft.pk).update(**TEXTS, category=CategoryFactory())
    for name in ("submit", "add_image", "add_document", "withdraw"):
        assert stranger.post(url(name, draft.pk)).status_code == 403
    page = stranger.get(url("files", draft.pk))
    assert "multipart/form-data" not in page.text
    assert f"{reverse('account_login')}?next={url('files', draft.pk)}" in page.text
    assert Proposal.objects.get().status == "draft"


# The key ------------------------------------------------------------------------------------------


def test_key_is_kept_as_a_hash_and_leaves_the_address(stranger: Client, draft: Proposal) -> None:
    link = link_of(stranger, draft)
    key = link.split("/")[-2]
    assert draft.draft_key == hash_of(key) != key
    for address in (link, url("open", new_key())):
        answer = Client().get(address)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer.headers["Cache-Control"]
        assert key not in answer.headers.get("Location", "")
    cookie = stranger.cookies["sessionid"]
    assert cookie["httponly"]
    assert key not in str(stranger.cookies)


def test_database_allows_no_key_beside_an_author(draft: Proposal, resident: User) -> None:
    rows = Proposal.objects.filter(pk=draft.pk)
    for change in ({"author": resident}, {"status": "withdrawn"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    twin = Proposal(call=draft.call, draft_key=draft.draft_key)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_pages_of_a_draft_never_reach_a_cache(stranger: Client, draft: Proposal) -> None:
    link = link_of(stranger, draft)
    addresses = [
        url("start"),
        url("edit", draft.pk),
        url("edit", draft.pk, "text"),
        url("edit", draft.pk, "place"),
        url("files", draft.pk),
        url("check", draft.pk),
        url("leave", draft.pk),
        link,
    ]
    for address in addresses:
        answer = stranger.get(address)
        assert "no-store" in answer.headers["Cache-Control"], address
        assert "public" not in answer.headers["Cache-Control"], address
        assert TITLE not in Client().get(address).text, address
    # The public pages that the same visitor reads are their own too, and kept for nobody.
    assert "private" in stranger.get("/ru/").headers["Cache-Control"]
    assert TITLE not in Client().get("/ru/").text


# Claiming -----------------------------------------------------------------------------------------


def test_signing_in_claims_what_the_browser_holds(
    stranger: Client, draft: Proposal, resident: User
) -> None:
    link = link_of(stranger, draft)
    resident.emailaddress_set.create(email=resident.email, verified=True, primary=True)
    log_in(stranger, resident)
    claimed = Proposal.objects.get()
    assert (claimed.author, claimed.author_name, claimed.draft_key) == (resident, "Анна", "")
    assert TITLE in stranger.get(url("mine")).text
    for other in (Client(), stranger):  # the link is dead, for the author too
        assert other.get(link).status_code == 404
    entry = ModelLogEntry.objects.get(action="proposals.claim")
    assert entry.label == f"#{draft.pk}"  # staff read the log, and not the drafts


def test_link_opened_signed_in_is_claimed_by_a_button(
    stranger: Client, draft: Proposal, resident: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(resident)
    page = browser.get(link_of(stranger, draft), follow=True)
    assert url("claim", draft.pk) in page.text
    assert Proposal.objects.get().author is None  # opening a link takes nothing
    for _click in range(2):
        assert browser.post(url("claim", draft.pk)).url == url("edit", draft.pk)
    assert Proposal.objects.get().author == resident


def test_claimed_draft_is_nobody_elses(
    stranger: Client,
    draft: Proposal,
    resident: User,
    neighbour: User,
    client_of: Callable[[User], Client],
) -> None:
    link = link_of(stranger, draft)
    late = client_of(neighbour)
    late.get(link)  # holds the key from before
    claim_draft(user=resident, proposal=draft, key=link.split("/")[-2])
    assert late.get(link).status_code == 404
    assert late.post(url("claim", draft.pk)).status_code == 404
    assert late.get(url("check", draft.pk)).status_code == 404
    refused = late.post(url("edit", draft.pk, "text"), {"problem": "Опоздал"})
    assert (refused.status_code, "Опоздал" in refused.text) == (404, True)
    refused = stranger.post(url("edit", draft.pk, "text"), {"problem": "В той вкладке"})
    assert (refused.status_code, "В той вкладке" in refused.text) == (403, True)
    assert Proposal.objects.get().author == resident


def test_claim_draft_takes_only_the_right_key_and_once(
    draft: Proposal, resident: User, neighbour: User
) -> None:
    key = new_key()
    other = start_ownerless_draft(call=draft.call, key=key, title=TITLE)
    with pytest.raises(PermissionDenied):
        claim_draft(user=neighbour, proposal=draft, key=key)
    claim_draft(user=resident, proposal=other, key=key)
    for refused in (
        lambda: claim_draft(user=neighbour, proposal=other, key=key),
        lambda: discard_draft(proposal=other, key=key),
        lambda: save_draft(user=neighbour, proposal=other, key=key, title="Чужое"),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    other.refresh_from_db()
    assert (other.author, other.title) == (resident, TITLE)


def test_claim_asks_what_starting_asks(stranger: Client, home: HomePage, resident: User) -> None:
    call = make_call(audience="residents")
    call.municipalities.add(MunicipalityFactory())
    call.save()
    draft = begin(stranger)
    resident.emailaddress_set.create(email=resident.email, verified=True, primary=True)
    log_in(stranger, resident)  # nothing is claimed, and signing in works
    refused = stranger.post(url("claim", draft.pk))
    assert (refused.status_code, refused.context["rule"]) == (403, "residents")
    assert stranger.get(url("edit", draft.pk, "text")).status_code == 200  # still held
    assert Proposal.objects.get().author is None


def test_claim_needs_the_level_of_the_call(call: CallPage, resident: User) -> None:
    key = new_key()
    draft = start_ownerless_draft(call=call, key=key, title=TITLE)
    resident.level = AssuranceLevel.NONE
    with pytest.raises(PermissionDenied):
        claim_draft(user=resident, proposal=draft, key=key)


def test_claimed_draft_is_personal_data_and_goes_with_the_account(
    stranger: Client, draft: Proposal, resident: User
) -> None:
    key = link_of(stranger, draft).split("/")[-2]
    assert personal_data(resident)["proposals"] == []
    claim_draft(user=resident, proposal=draft, key=key)
    [told] = personal_data(resident)["proposals"]
    assert (told["title"], "draft_key" in told) == (TITLE, False)
    erase_account(account=resident, by=resident, keep_name=False)
    assert not Proposal.objects.exists()


@pytest.mark.usefixtures("indexed")
def test_similar_finds_no_ownerless_draft_and_the_index_holds_it_once_claimed(
    stranger: Client, draft: Proposal, resident: User
) -> None:
    assert not Proposal.objects.matching("притоках").exists()
    public = ProposalFactory(call=draft.call, title=TITLE)
    assert stranger.get(url("check", draft.pk)).context["similar"] == [public]
    claim_draft(user=resident, proposal=draft, key=link_of(stranger, draft).split("/")[-2])
    assert {row.pk for row in Proposal.objects.matching("притоках")} == {public.pk, draft.pk}


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
@pytest.mark.parametrize("there_is_one", [True, False])
def test_edit_without_the_key_says_how_a_draft_opens(
    there_is_one: bool, language: str, draft: Proposal
) -> None:
    number = draft.pk if there_is_one else draft.pk + 1
    page = Client().get(f"/{language}/proposals/{number}/edit/text/", follow=True)
    assert page.redirect_chain[-1][0].startswith(f"/{language}/accounts/login/?next=")
    with translation.override(language):
        assert page.text.count(str(HOW_A_DRAFT_OPENS)) == 1


# Leaving ------------------------------------------------------------------------------------------


def test_leave_forgets_on_this_device_and_the_link_still_works(
    stranger: Client, draft: Proposal, resident: User
) -> None:
    link = link_of(stranger, draft)
    assert stranger.get(url("leave", draft.pk)).status_code == 200
    assert stranger.post(url("leave", draft.pk), {"forget": ""}).url == url("start")
    assert TITLE not in stranger.get(url("start")).text
    assert "/login/" in stranger.get(url("edit", draft.pk, "text")).url
    resident.emailaddress_set.create(email=resident.email, verified=True, primary=True)
    log_in(stranger, resident)  # whoever uses the device next
    assert Proposal.objects.get().author is None
    assert Client().get(link).url == url("edit", draft.pk)


def test_leave_erases_at_once_and_twice_does_no_harm(stranger: Client, draft: Proposal) -> None:
    for _click in range(2):
        assert stranger.post(url("leave", draft.pk), {"erase": ""}).url == url("start")
    assert not Proposal.objects.exists()


def test_erase_old_drafts_takes_those_without_author_after_30_days(
    call: CallPage, resident: User, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {name: new_key() for name in ("old", "touched", "new")}
    drafts = {
        name: start_ownerless_draft(call=call, key=key, title=TITLE) for name, key in keys.items()
    }
    mine = ProposalFactory(call=call, author=resident, status="draft", published_at=None)
    now = timezone.now()
    Proposal.objects.exclude(pk=drafts["new"].pk).update(changed_at=now - timedelta(days=31))
    save_draft(user=resident, proposal=drafts["touched"], key=keys["touched"], problem="Снова")
    call_command("erase_old_drafts")
    assert capsys.readouterr().out == "1 erased\n"
    left = {drafts["touched"].pk, drafts["new"].pk, mine.pk}
    assert set(Proposal.objects.values_list("pk", flat=True)) == left
    page = Client().get(url("open", keys["old"]))
    assert (page.status_code, page.headers["Referrer-Policy"]) == (404, "no-referrer")


# What it costs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_however_many_drafts_a_browser_holds(
    stranger: Client, call: CallPage, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    drafts = [begin(stranger, f"{TITLE} {place}") for place in range(number)]
    address = url("edit", drafts[0].pk, "text")
    stranger.get(address)
    with django_assert_num_queries(8):
        stranger.get(address)
    stranger.get(url("start"))
    with django_assert_num_queries(6):
        assert len(stranger.get(url("start")).context["begun"]) == number
