"""The way into a case over HTTP, and what its pages show and take; for others, nothing."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from cms.logs import PrivateFormatter
from government.actions import (
    add_note,
    ask_question,
    forward_case,
    hide_step,
    revoke_links,
    say_not_ours,
    send_link,
)
from government.dossier_formats import FORMATS
from government.models import Answer, CaseLink, Referral, ReferralStep
from government.snapshots import canonical, contents_hash
from tests.factories.accounts import UserFactory
from tests.factories.assessment import make_protocol
from tests.factories.government import BodyFactory, OfficialFactory, make_answer, make_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail import EmailMessage
    from django.http import HttpResponse

    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
VERBS = ("forward", "question", "extension", "not-ours", "answer")
SAID = {"words": "Где именно, у какого моста?"}


def url(name: str, link: CaseLink, *more: str) -> str:
    return reverse(f"government:{name}", args=[link.referral_id, *more])


def code_in(mails: list[EmailMessage]) -> str:
    return re.findall(r"^\d{6}$", mails[-1].body, re.MULTILINE)[0]


def come_by(link: CaseLink) -> Client:
    """A browser that came by the link, before any code."""
    client = Client()
    client.cookies["language"] = "en"
    client.get(reverse("government:open_case", args=[link.take_key()]))
    return client


def open_case(link: CaseLink) -> Client:
    """A browser to which the code has opened the case."""
    client = come_by(link)
    client.post(url("enter_code", link), {"code": link.take_code()})
    return client


def page(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


# The link ----------------------------------------------------------------------------------------


def test_open_case_moves_the_key_out_of_the_address() -> None:
    link = make_case()
    key = link.take_key()
    response = Client().get(reverse("government:open_case", args=[key]))
    assert (response.status_code, response["Location"]) == (302, url("case_code", link))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    link.refresh_from_db()
    assert key not in link.key_hash


def test_link_clicked_again_leaves_the_case_open() -> None:
    link = make_case()
    client = open_case(link)
    client.get(reverse("government:open_case", args=[link.take_key()]))
    assert client.get(url("case", link)).status_code == 200


def test_language_is_switched_on_the_page_of_a_wrong_code() -> None:
    link = make_case()
    client = come_by(link)
    address = url("enter_code", link)
    assert client.post(address, {"code": "000000"}).status_code == 422
    other = client.get(address.replace("/ru/", "/ja/"), follow=True)
    assert other.redirect_chain[-1][0] == url("case_code", link).replace("/ru/", "/ja/")
    assert other.status_code == 200


def test_what_cannot_be_taken_any_more_is_shown_whole() -> None:
    typed = {
        "parts-0-what": "Мост",
        "parts-0-outcome": "declined",
        "promises-0-due_on": "2027-05-05",
        "promises-0-amount": "5 000",
        "stage": "preview",
    }
    text = page(come_by(link := make_case()).post(url("case_answer", link), typed))
    for words in ("Мост", "Отклонено", "2027-05-05", "5 000"):
        assert words in text, words
    assert "preview" not in text.split("<main", 1)[1]


def test_open_case_sends_no_code_by_itself(mailoutbox: list[EmailMessage]) -> None:
    link = make_case()
    mailoutbox.clear()
    come_by(link)
    assert mailoutbox == []


def test_case_mail_carries_a_link_that_opens_it(
    mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = make_case()
    (mail,) = [mail for mail in mailoutbox if mail.to == [link.official.email]]
    (path,) = re.findall(r"https?://[^/]+(/ru/cases/open/[^/]+/)", mail.body)
    client = Client()
    assert client.get(path)["Location"] == url("case_code", link)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("send_code", link))
    assert mailoutbox[-1].to == [link.official.email]
    response = client.post(url("enter_code", link), {"code": code_in(mailoutbox)})
    assert response["Location"] == url("case", link)
    assert client.get(url("case", link)).status_code == 200
    link.refresh_from_db()
    assert link.opened_at


def test_case_shows_what_expert_review_found() -> None:
    protocol = make_protocol()
    proposal = protocol.round.assessed.select_related("proposal").first().proposal
    link = make_case(proposal=proposal)
    text = page(open_case(link).get(url("case", link)))
    assert "8,00 из 10, место 1 из 2" in text
    assert ", 30 %: 8,00" in text
    assert protocol.round.get_absolute_url() in text
    assert not any(row["name"] in text for row in protocol.contents["members"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_case_mails_and_pages_are_in_the_bodys_language(
    language: str, mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = make_case(body=BodyFactory(mail_language=language))
    (mail,) = [mail for mail in mailoutbox if mail.to == [link.official.email]]
    (path,) = re.findall(rf"https?://[^/]+(/{language}/cases/open/[^/]+/)", mail.body)
    to_body = next(mail for mail in mailoutbox if mail.to == [link.referral.body.email])
    assert f"/{language}/proposals/" in to_body.body
    client = Client()
    response = client.get(path, follow=True)
    assert f'<html lang="{language}"' in page(response)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("send_code", link))
    with translation.override(language):
        assert gettext("Your code:") in mailoutbox[-1].body
    assert re.search(rf'href="/ru/cases/{link.referral_id}/code/[^"]*" lang="ru"', page(response))


def spoil_expired(link: CaseLink) -> None:
    CaseLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())


def spoil_replaced(link: CaseLink) -> None:
    send_link(user=UserFactory(is_superuser=True), referral=link.referral)


def spoil_revoked(link: CaseLink) -> None:
    revoke_links(user=UserFactory(is_superuser=True), referral=link.referral)


SPOILT = {
    "expired": (spoil_expired, "The link has expired", True),
    "replaced": (spoil_replaced, "A newer link was sent", True),
    "revoked": (spoil_revoked, "have taken this link back", False),
}


@pytest.mark.parametrize(("spoil", "words", "renews"), SPOILT.values(), ids=SPOILT)
def test_refused_link_says_why_and_a_fresh_one_goes_to_the_address_on_file(
    spoil: Callable,
    words: str,
    renews: bool,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Callable,
) -> None:
    link = make_case()
    key = link.take_key()
    spoil(link)
    client = Client(headers={"accept-language": "en"})
    client.cookies["language"] = "en"
    response = client.get(f"/en/cases/open/{key}/", follow=True)
    assert words in page(response)
    assert client.get(url("case", link)).status_code == 302
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/en/cases/link/", follow=True)
    assert "a fresh link is on its way" in page(answer)
    assert [mail.to for mail in mailoutbox] == [[link.official.email]] * renews


def test_altered_link_gets_the_same_answer_and_no_mail(
    mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Callable
) -> None:
    link = make_case()
    client = Client()
    altered = ("A" if link.take_key()[0] != "A" else "B") * 43
    for key in (altered, "x", "A" * 300):
        response = client.get(f"/en/cases/open/{key}/", follow=True)
        assert "was changed" in page(response)
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/en/cases/link/", follow=True)
    assert "a fresh link is on its way" in page(answer)
    assert mailoutbox == []


def test_fresh_links_are_limited() -> None:
    link = make_case()
    key = link.take_key()
    spoil_expired(link)
    client = Client()
    client.get(f"/en/cases/open/{key}/")
    codes = [client.post("/en/cases/link/").status_code for _ in range(6)]
    assert codes == [302] * 5 + [429]
    assert CaseLink.objects.exclude(pk=link.pk).count() == 3


def test_no_key_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    link = make_case()
    key, client = link.take_key(), Client()
    with caplog.at_level(logging.DEBUG):
        for _ in range(61):
            response = client.get(f"/en/cases/open/{key}/")
    assert response.status_code == 429
    said = [PrivateFormatter("%(message)s").format(record) for record in caplog.records]
    assert said
    assert key not in "".join(said)


# The code ----------------------------------------------------------------------------------------


def test_code_page_shows_the_address_masked() -> None:
    link = make_case()
    text = page(come_by(link).get(url("case_code", link)))
    assert link.official.masked_email in text
    assert link.official.email not in text


def test_enter_code_five_times_wrong_ends_the_code() -> None:
    link = make_case()
    client, code = come_by(link), link.take_code()
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1):
        response = client.post(url("enter_code", link).replace("/ru/", "/en/"), {"code": wrong})
        assert response.status_code == 422
        assert f"{left} tr" in page(response)
    client.post(url("enter_code", link), {"code": wrong})
    response = client.post(url("enter_code", link).replace("/ru/", "/en/"), {"code": code})
    assert "Send another code" in page(response)
    assert client.get(url("case", link)).status_code == 302


def test_enter_code_after_its_quarter_of_an_hour_is_refused() -> None:
    link = make_case()
    client, code = come_by(link), link.take_code()
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert client.post(url("enter_code", link), {"code": code}).status_code == 422


def test_code_works_once_and_only_for_its_own_link() -> None:
    link, other = make_case(), make_case()
    code = link.take_code()
    other.take_code()
    assert not other.use_code(code)
    assert link.use_code(code)
    assert not link.use_code(code)


def test_a_code_without_the_link_opens_nothing() -> None:
    link = make_case()
    response = Client().post(url("enter_code", link), {"code": link.take_code()})
    assert response.status_code == 403
    assert CaseLink.objects.get(pk=link.pk).opened_at is None


def test_codes_sent_are_limited() -> None:
    link = make_case()
    client = come_by(link)
    codes = [client.post(url("send_code", link)).status_code for _ in range(6)]
    assert codes == [302] * 5 + [429]


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "1" * 500])
def test_enter_code_that_is_none_says_what_to_do(code: str) -> None:
    link = make_case()
    response = come_by(link).post(url("enter_code", link), {"code": code})
    assert response.status_code == 422


def test_case_closes_after_four_hours_and_when_it_is_revoked() -> None:
    link = make_case()
    client = open_case(link)
    assert client.get(url("case", link)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=4, minutes=1), tick=False):
        assert client.get(url("case", link)).status_code == 302
    spoil_revoked(link)
    assert client.get(url("case", link)).status_code == 302


def test_leave_case_forgets_it_on_this_device() -> None:
    link = make_case()
    client = open_case(link)
    client.post(url("leave_case", link))
    assert client.get(url("case", link)).status_code == 302


# Nobody else -------------------------------------------------------------------------------------


def pages_of(link: CaseLink) -> list[str]:
    return [
        url("case", link),
        *(url("case_dossier", link, name) for name in FORMATS),
        url("case_answer", link),
        *(url("case_step", link, verb) for verb in VERBS[:-1]),
    ]


def test_link_of_one_case_opens_no_other() -> None:
    link, other = make_case(), make_case()
    client = open_case(link)
    for address in pages_of(other):
        assert client.get(address).status_code == 302
        assert client.post(address, SAID).status_code in (403, 405)
    assert not ReferralStep.objects.exists()


def test_link_without_the_code_opens_nothing() -> None:
    link = make_case()
    client = come_by(link)
    for address in pages_of(link):
        assert client.get(address)["Location"] == url("case_code", link)
        assert client.post(address, SAID).status_code in (403, 405)
    assert not ReferralStep.objects.exists()


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter"])
def test_case_is_not_for_people_with_accounts(
    person: str, client_of: Callable, request: pytest.FixtureRequest
) -> None:
    link = make_case()
    client = client_of(request.getfixturevalue(person))
    for address in pages_of(link):
        assert client.get(address)["Location"] == reverse("government:case_refused")


def test_post_with_a_closed_case_keeps_the_words() -> None:
    link = make_case()
    response = come_by(link).post(url("case_step", link, "question"), SAID)
    assert response.status_code == 403
    assert SAID["words"] in page(response)


# What the page shows -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_case_shows_dossier_clock_and_steps_in_each_language(language: str) -> None:
    link = make_case(solution="Поставить датчики")
    ask_question(link=link, words="Где?")
    response = open_case(link).get(url("case", link).replace("/ru/", f"/{language}/"))
    text = page(response)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    for words in ("Поставить датчики", "Просим ответить.", "Где?"):
        assert words in text


def test_case_pages_hold_no_note_and_no_address(promoter: User) -> None:
    author = UserFactory(email="canary-author@example.org")
    link = make_case(author=author)
    add_note(user=promoter, referral=link.referral, words="CANARY-NOTE")
    hide_step(user=promoter, step=ask_question(link=link, words="CANARY-HIDDEN"))
    client = open_case(link)
    shown = "".join(
        page(client.get(address)) for address in pages_of(link) if "dossier." not in address
    )
    public = page(Client().get(link.referral.proposal.get_absolute_url()))
    public += page(Client().get(reverse("government:results")))
    assert "CANARY" not in canonical(link.referral.dossiers.get().snapshot)
    for text in (shown, public):
        assert "CANARY" not in text
        assert "canary-author" not in text
        assert promoter.email not in text
        assert link.official.email not in text


def test_public_page_tells_each_step_and_who_is_in_charge() -> None:
    link = make_case()
    ask_question(link=link, words="Где именно?")
    text = page(Client().get(link.referral.proposal.get_absolute_url()))
    assert "Где именно?" in text
    assert link.official.shown in text


@pytest.mark.parametrize("name", FORMATS)
def test_case_dossier_is_there_in_each_format(name: str) -> None:
    link = make_case()
    client = open_case(link)
    address = url("case_dossier", link, name)
    assert address in page(client.get(url("case", link)))
    response = client.get(address)
    assert response["Content-Type"] == FORMATS[name].content_type
    assert "no-store" in response["Cache-Control"]
    if name == "json":
        assert contents_hash(response.json()) == link.referral.dossier.contents_hash


def test_case_dossier_in_no_such_format_is_missing() -> None:
    link = make_case()
    assert open_case(link).get(url("case_dossier", link, "exe")).status_code == 404


# What it takes -----------------------------------------------------------------------------------


def test_case_step_question_is_public_at_once() -> None:
    link = make_case()
    response = open_case(link).post(url("case_step", link, "question"), SAID)
    assert response["Location"] == url("case", link)
    assert ReferralStep.objects.get().words == SAID["words"]


def test_case_step_extension_takes_a_date_and_a_reason() -> None:
    link = make_case()
    client, due = open_case(link), timezone.localdate() + timedelta(days=45)
    address = url("case_step", link, "extension").replace("/ru/", "/en/")
    refused = client.post(address, {"due_on": "2020-01-01", "words": "Считаем."})
    assert refused.status_code == 422 or "Give a later date" in page(refused)
    assert "Считаем." in page(refused)
    client.post(address, {"due_on": due.isoformat(), "words": "Считаем."})
    assert Referral.objects.get(pk=link.referral_id).due_on == due
    text = page(Client().get(link.referral.proposal.get_absolute_url().replace("/ru/", "/en/")))
    assert "more time was given" in text


def test_case_step_forward_offers_colleagues_alone() -> None:
    link = make_case()
    colleague = OfficialFactory(body=link.referral.body, name="Коллега")
    OfficialFactory(name="Чужой")
    client = open_case(link)
    text = page(client.get(url("case_step", link, "forward")))
    assert "Коллега" in text
    assert "Чужой" not in text
    stranger = OfficialFactory()
    bad = client.post(url("case_step", link, "forward"), {"to": f"o{stranger.pk}"})
    assert bad.status_code == 422
    client.post(url("case_step", link, "forward"), {"to": f"o{colleague.pk}"})
    assert Referral.objects.get(pk=link.referral_id).official == colleague
    assert "Коллега" in page(client.get(url("case", link)))
    assert client.get(url("case_answer", link)).status_code == 409


def test_case_step_not_ours_names_the_body() -> None:
    link = make_case()
    other = OfficialFactory().body
    data = {"body": other.pk, "words": "Это дороги."}
    open_case(link).post(url("case_step", link, "not-ours"), data)
    assert Referral.objects.get(pk=link.referral_id).is_returned
    assert other.name in page(Client().get(link.referral.proposal.get_absolute_url()))


def test_case_step_of_an_unknown_kind_is_missing() -> None:
    link = make_case()
    assert open_case(link).get(url("case_step", link, "nowhere")).status_code == 404


def answer(stage: str, **more: str) -> dict[str, str]:
    rows = {"parts-TOTAL_FORMS": "1", "parts-INITIAL_FORMS": "0"}
    rows |= {"promises-TOTAL_FORMS": "1", "promises-INITIAL_FORMS": "0"}
    part = {
        "parts-0-what": "Мост",
        "parts-0-outcome": "accepted",
        "parts-0-reasons": "Построим к маю.",
        "promises-0-currency": "RUB",
    }
    return {**rows, **part, "text": "Принимаем.", "stage": stage, **more}


def test_case_shows_its_own_promises_once_they_are_published() -> None:
    link = make_case()
    client = open_case(link)
    day = (timezone.localdate() + timedelta(days=90)).isoformat()
    promise = {"promises-0-what": "Построить мост", "promises-0-due_on": day}
    client.post(url("case_answer", link), answer("send", **promise))
    assert "Построить мост" in page(client.get(url("case", link)))


def test_case_answer_is_shown_before_it_is_published() -> None:
    link = make_case()
    client = open_case(link)
    preview = client.post(url("case_answer", link), answer("preview"))
    assert "Построим к маю." in page(preview)
    assert not Answer.objects.exists()
    back = client.post(url("case_answer", link), answer("back"))
    assert "Построим к маю." in page(back)
    sent = client.post(url("case_answer", link), answer("send"))
    assert sent["Location"] == url("case", link)
    public = page(Client().get(link.referral.proposal.get_absolute_url()))
    assert "Мост: " in public
    assert "Построим к маю." in public


def test_case_answer_adds_a_row_and_keeps_the_words() -> None:
    link = make_case()
    client = open_case(link)
    typed = answer("", **{"more_parts": "1", "parts-0-reasons": ""})
    text = page(client.post(url("case_answer", link), typed))
    assert 'name="parts-1-what"' in text
    assert "Мост" in text
    assert "field-error" not in text
    more = page(client.post(url("case_answer", link), answer("", more_promises="1")))
    assert 'name="promises-1-what"' in more
    assert "Построим к маю." in more


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"parts-0-what": "", "parts-0-outcome": "", "parts-0-reasons": ""},
        {"parts-0-outcome": "perhaps"},
        {"parts-0-outcome": "not_ours"},
        {"parts-TOTAL_FORMS": "x"},
        {"parts-TOTAL_FORMS": "9" * 40},
        {"promises-0-what": "Построить", "promises-0-due_on": ""},
    ],
)
def test_case_answer_that_is_incomplete_publishes_nothing(wrong: dict[str, str]) -> None:
    link = make_case()
    response = open_case(link).post(url("case_answer", link), answer("send", **wrong))
    assert response.status_code == 422
    assert not Answer.objects.exists()


def test_case_answer_shows_promises_as_residents_will_see_them() -> None:
    link = make_case()
    promise = {"what": "Построить", "owner_name": "Отдел мостов", "amount": "4 500 000"}
    promise |= {"due_on": "2030-05-01", "budget_line": "Программа «Мосты»", "currency": "RUB"}
    rows = {f"promises-0-{name}": value for name, value in promise.items()}
    text = page(open_case(link).post(url("case_answer", link), answer("preview", **rows)))
    shown = text[text.index('class="rows"') : text.index("promises-TOTAL_FORMS")]
    for words in ("Построить", "Отдел мостов", "4 500 000", "2030", "Программа «Мосты»"):
        assert words in shown.replace("\u00a0", " ")


def test_case_answer_asks_nothing_of_an_empty_row() -> None:
    link = make_case()
    client = open_case(link)
    address = url("case_answer", link).replace("/ru/", "/en/")
    text = page(client.get(address))
    row = text[text.index('id="id_promises-0-what"') - 200 : text.index('id="id_promises-0-what"')]
    assert "(optional)" not in row
    half = answer("preview", **{"promises-0-owner_name": "Отдел мостов"})
    refused = client.post(address, half)
    assert refused.status_code == 422
    for words in ("Promise 1, What is promised: Write what is promised.", "Give the day by which"):
        assert words in page(refused)


def test_case_answer_that_promises_for_the_past_is_not_shown_as_it_will_be() -> None:
    link = make_case()
    wrong = {"promises-0-what": "Построить", "promises-0-due_on": "2020-01-01"}
    response = open_case(link).post(url("case_answer", link), answer("preview", **wrong))
    assert response.status_code == 422
    assert "Построим к маю." in page(response)


def test_case_answer_of_the_second_of_two_is_told_and_keeps_the_words() -> None:
    link = make_case()
    client = open_case(link)
    make_answer(link.referral, text="Ответ быстрого.")
    response = client.post(url("case_answer", link), answer("send"))
    assert response.status_code == 409
    assert "Ответ быстрого." in page(response)
    assert "Построим к маю." in page(response)
    assert Answer.objects.count() == 1


# The author --------------------------------------------------------------------------------------


def test_reply_by_the_author(client_of: Callable) -> None:
    author = UserFactory()
    link = make_case(author=author)
    ask_question(link=link, words="Где?")
    client = client_of(author)
    proposal = link.referral.proposal
    address = reverse("government:reply", args=[proposal.pk])
    assert address in page(client.get(proposal.get_absolute_url()))
    assert client.post(address, {"words": " "}).status_code == 422
    client.post(address, {"words": "У моста."})
    assert ReferralStep.objects.get(kind="reply").by == author
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("person", ["resident", "promoter"])
def test_reply_is_for_the_author_alone(
    person: str, client_of: Callable, request: pytest.FixtureRequest
) -> None:
    link = make_case(author=UserFactory())
    ask_question(link=link, words="Где?")
    client = client_of(request.getfixturevalue(person))
    address = reverse("government:reply", args=[link.referral.proposal_id])
    assert client.post(address, SAID).status_code == 403
    assert "/login/" in Client().get(address)["Location"]


def test_forwarded_reader_sees_who_is_in_charge_and_gets_no_fresh_link() -> None:
    link = make_case()
    forward_case(link=link, official=OfficialFactory(body=link.referral.body, name="Коллега"))
    client = open_case(link)
    text = page(client.get(url("case", link)))
    assert "Коллега" in text
    assert url("case_answer", link) not in text
    before = CaseLink.objects.count()
    spoil_expired(link)
    client.get(reverse("government:open_case", args=[link.take_key()]))
    client.post(reverse("government:case_refused"))
    assert CaseLink.objects.count() == before


def test_case_given_back_says_so() -> None:
    link = make_case()
    client = open_case(link)
    say_not_ours(link=link, words="Это дороги.")
    assert client.post(url("case_step", link, "question"), SAID).status_code == 409
    assert client.get(url("case", link)).status_code == 200
