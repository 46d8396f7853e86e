"""Sign-up: what is asked, what is kept, what a stranger may learn."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from accounts.consents import consent_page, words_of
from accounts.forms import SignupForm
from accounts.models import AssuranceLevel, Consent, ConsentText, Municipality, User
from tests.accounts.conftest import CONSENT, link_in, sign_in, sign_up
from tests.factories.accounts import MunicipalityFactory, UserFactory

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from django.test import Client
    from wagtail.models import Page

pytestmark = pytest.mark.django_db


def test_sign_up_keeps_person_and_consent(browser: Client, consent: dict[str, Page]) -> None:
    place = MunicipalityFactory()
    sign_up(browser, "en", municipality=place.pk)
    user = User.objects.get(email="anna@example.org")
    assert (user.name, user.municipality, user.language) == ("Анна", place, "en")
    assert user.level == AssuranceLevel.NONE
    text = "Consent\n\nI agree."
    kept = user.consents.get()
    assert kept.purpose == Consent.Purpose.PERSONAL_DATA
    assert kept.text_hash == hashlib.sha256(text.encode()).hexdigest()
    assert ConsentText.objects.get(pk=kept.text_hash).text == text


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_sign_up_asks_for_consent_in_the_language(
    browser: Client, consent: dict[str, Page], language: str
) -> None:
    page = browser.get(f"/{language}/accounts/signup/").content.decode()
    assert f'href="{consent[language].url}"' in page
    box = page[page.index('name="consent"') :].split(">")[0]
    assert "checked" not in box


def test_sign_up_without_consent_keeps_what_was_typed(
    browser: Client, consent: dict[str, Page]
) -> None:
    answer = sign_up(browser, "en", consent=None, name="Anna Amur")
    page = answer.content.decode()
    assert not User.objects.exists()
    assert 'value="Anna Amur"' in page
    assert 'value="anna@example.org"' in page
    assert 'href="#id_consent"' in page
    assert "<title>Error:" in page


@pytest.mark.parametrize("field", ["email", "password1", "name"])
def test_sign_up_without_a_field_names_it(
    browser: Client, consent: dict[str, Page], field: str
) -> None:
    form = sign_up(browser, "en", **{field: ""}).context["form"]
    assert form.errors[field] == [SignupForm().fields[field].error_messages["required"]]
    assert not User.objects.exists()


def test_sign_up_with_weak_password_is_refused(browser: Client, consent: dict[str, Page]) -> None:
    assert "password1" in sign_up(browser, password1="12345678").context["form"].errors
    assert not User.objects.exists()


def test_sign_up_without_a_consent_page_is_closed(browser: Client, home: Page) -> None:
    assert consent_page() is None
    answer = sign_up(browser)
    assert answer.templates[0].name == "account/signup_closed.html"
    assert not User.objects.exists()


def test_consent_falls_back_to_the_source_language(consent: dict[str, Page]) -> None:
    from django.utils import translation

    consent["ja"].unpublish()
    with translation.override("ja"):
        assert consent_page().text == "\n\n".join(CONSENT["ru"])


def test_words_of_a_page_leave_mark_up_out(consent: dict[str, Page]) -> None:
    page = consent["ru"]
    page.body = [("paragraph", "<p>Первый <b>абзац</b>.</p>")]
    assert words_of(page) == "Согласие\n\nЯ согласен на обработку данных.\n\nПервый абзац."


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_municipalities_have_names_of_the_language_in_its_order(
    browser: Client, consent: dict[str, Page], language: str
) -> None:
    from wagtail.models import Locale

    for slug, names in (
        ("a", {"ru": "Ванинский", "en": "Aaa", "ja": "い"}),
        ("b", {"ru": "Амурский", "en": "Bbb", "ja": "あ"}),
    ):
        source = MunicipalityFactory(slug=slug, name=names["ru"])
        for code in ("en", "ja"):
            Municipality.objects.create(
                locale=Locale.objects.get(language_code=code),
                translation_key=source.translation_key,
                slug=slug,
                name=names[code],
            )
    form = browser.get(f"/{language}/accounts/signup/").context["form"]
    shown = [str(label) for _value, label in form.fields["municipality"].choices][1:]
    assert (
        shown
        == {"ru": ["Амурский", "Ванинский"], "en": ["Aaa", "Bbb"], "ja": ["あ", "い"]}[language]
    )


# Nobody learns who has an account ----------------------------------------------------------------


def test_sign_up_with_a_taken_address_looks_the_same(
    consent: dict[str, Page], mailoutbox: list[EmailMessage]
) -> None:
    from django.test import Client

    UserFactory(email="taken@example.org", language="en")
    answers = [sign_up(Client(), email=email) for email in ("taken@example.org", "new@example.org")]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert set(answers[0].cookies) == set(answers[1].cookies)
    pages = [answer.client.get(answer.headers["Location"]).content for answer in answers]
    assert pages[0] == pages[1]
    taken, new = mailoutbox
    assert "confirm-email" not in taken.body
    assert "password/reset" in taken.body
    assert "confirm-email" in new.body
    assert User.objects.filter(email="taken@example.org").count() == 1


def test_sign_up_with_a_taken_address_in_capitals_makes_no_second_account(
    browser: Client, consent: dict[str, Page]
) -> None:
    UserFactory(email="taken@example.org")
    assert sign_up(browser, email="Taken@Example.ORG").status_code == 302
    assert User.objects.count() == 1


def test_sign_up_hashes_a_password_for_a_taken_address_too(
    browser: Client, consent: dict[str, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("accounts.forms.make_password", hashed.append)
    UserFactory(email="taken@example.org")
    sign_up(browser, email="taken@example.org")
    assert len(hashed) == 1


def test_sign_up_beaten_by_a_second_click_looks_the_same(
    browser: Client, consent: dict[str, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other click writes after this one has looked and found the address free.
    UserFactory(email="anna@example.org")
    monkeypatch.setattr(
        SignupForm, "validate_unique_email", lambda _form, value: value, raising=True
    )
    answer = sign_up(browser)
    assert answer.headers["Location"] == "/ru/accounts/confirm-email/"
    assert User.objects.count() == 1


@pytest.mark.parametrize("known", [True, False])
def test_password_reset_answers_the_same_for_any_address(
    browser: Client, home: Page, known: bool, mailoutbox: list[EmailMessage]
) -> None:
    if known:
        UserFactory(email="anna@example.org")
    answer = browser.post("/en/accounts/password/reset/", {"email": "anna@example.org"})
    assert answer.headers["Location"] == "/en/accounts/password/reset/done/"
    page = browser.get("/en/accounts/password/reset/done/").content.decode()
    assert "anna@example.org" not in page
    assert len(mailoutbox) == 1


def test_sign_in_answers_the_same_for_any_address(confirmed: User, browser: Client) -> None:
    wrong = sign_in(browser, confirmed, password="wrong").context["form"].errors
    cache.clear()
    nobody = UserFactory.build(email="nobody@example.org")
    assert sign_in(browser, nobody).context["form"].errors == wrong


def test_sign_in_stops_after_too_many_wrong_passwords(confirmed: User, browser: Client) -> None:
    for _try in range(5):
        sign_in(browser, confirmed, password="wrong")
    refused = sign_in(browser, confirmed)
    assert refused.status_code == 200
    assert not refused.wsgi_request.user.is_authenticated


def test_reset_link_sets_the_password_and_signs_in(
    confirmed: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    browser.post("/ru/accounts/password/reset/?next=/ru/wanted/", {"email": confirmed.email})
    opened = browser.get(link_in(mailoutbox[0]), follow=True)
    path = opened.redirect_chain[-1][0]
    answer = browser.post(path, {"password1": "another-77", "next": "/ru/wanted/"})
    assert answer.headers["Location"] == "/ru/wanted/"
    assert User.objects.get(pk=confirmed.pk).check_password("another-77")
    assert len(mailoutbox) == 2  # the owner is told
