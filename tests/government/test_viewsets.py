"""The staff's pages of the government app: promote, answer, dossiers, referrals, bodies."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from government.models import Answer, Body, Referral
from proposals.actions import move_proposal
from proposals.models import Proposal
from tests.conftest import _grant
from tests.factories.accounts import UserFactory
from tests.factories.government import BodyFactory, boss, make_answer, make_referral
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
Status = Proposal.Status
LIST = "/admin/referrals/"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def shortlisted(call: CallPage) -> Proposal:
    return ProposalFactory(call=call, status=Status.SHORTLISTED)


def promote_url(proposal: Proposal) -> str:
    return reverse("referrals_admin:promote", args=[proposal.pk])


def answer_url(referral: Referral) -> str:
    return reverse("referrals_admin:answer", args=[referral.proposal_id])


def page_of(proposal: Proposal) -> str:
    return reverse("proposals_admin:inspect", args=[proposal.pk])


def promotion(stage: str, **fields: object) -> dict[str, object]:
    body = fields.pop("body", None) or BodyFactory()
    return {"body": body.pk, "note": "Прошу ответить.", "stage": stage, **fields}


def an_answer(stage: str, **fields: object) -> dict[str, object]:
    return {
        "outcome": "accepted",
        "text": "Поставим датчики.",
        "official_name": "И. О.",
        "official_position": "министр",
        "answered_on": timezone.localdate().isoformat(),
        "stage": stage,
        **fields,
    }


# Putting a proposal before a body ----------------------------------------------------------------


def test_decision_page_leads_promoters_to_the_form(
    shortlisted: Proposal, promoter: User, moderator: User, staff_of: SignIn
) -> None:
    assert promote_url(shortlisted) in staff_of(promoter).get(page_of(shortlisted)).text
    assert promote_url(shortlisted) not in staff_of(moderator).get(page_of(shortlisted)).text


def test_decision_page_leads_nobody_to_promote_their_own(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    own = ProposalFactory(call=call, status=Status.SHORTLISTED, author=promoter)
    client = staff_of(promoter)
    page = client.get(page_of(own)).text
    assert "You wrote this proposal yourself" in page
    assert promote_url(own) not in page
    assert client.post(promote_url(own), promotion("send")).status_code == 302
    assert not Referral.objects.exists()


def test_promote_page_shows_everything_before_it_goes_out(
    shortlisted: Proposal, promoter: User, staff_of: SignIn
) -> None:
    body = BodyFactory(answer_days=14)
    client = staff_of(promoter)
    assert body.name in client.get(promote_url(shortlisted)).text
    shown = client.post(promote_url(shortlisted), promotion("preview", body=body))
    for text in (body.name, body.email, "Прошу ответить.", shortlisted.title):
        assert text in shown.text
    assert not Referral.objects.exists()
    again = client.post(promote_url(shortlisted), promotion("back", body=body))
    assert "Прошу ответить." in again.text
    assert not Referral.objects.exists()


def test_promote_page_sends(shortlisted: Proposal, promoter: User, staff_of: SignIn) -> None:
    client = staff_of(promoter)
    response = client.post(promote_url(shortlisted), promotion("send"))
    assert response.url == page_of(shortlisted)
    referral = Referral.objects.get()
    assert (referral.proposal, referral.by) == (shortlisted, promoter)
    page = client.get(response.url).text
    assert referral.dossier.contents_hash in page
    assert answer_url(referral) in page
    assert promote_url(shortlisted) not in page


def test_promote_page_shows_the_dossier_as_paper(
    shortlisted: Proposal, promoter: User, staff_of: SignIn
) -> None:
    response = staff_of(promoter).post(promote_url(shortlisted), promotion("paper"))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert not Referral.objects.exists()


def test_promote_page_keeps_words_that_came_too_late(
    shortlisted: Proposal, promoter: User, staff_of: SignIn
) -> None:
    move_proposal(user=boss(), proposal=shortlisted, verb="unshortlist")
    for stage in ("preview", "send"):
        response = staff_of(promoter).post(promote_url(shortlisted), promotion(stage))
        assert response.status_code == 409
        assert "Somebody else decided" in response.text
        assert "Прошу ответить." in response.text
    assert not Referral.objects.exists()


def test_promote_page_offers_bodies_in_the_staffs_language(
    home: object, shortlisted: Proposal, promoter: User, staff_of: SignIn
) -> None:
    from wagtail.models import Locale

    body = BodyFactory(name="Министерство здравоохранения")
    translated = body.copy_for_translation(Locale.objects.get(language_code="en"))
    translated.name = "Ministry of Health"
    translated.save()
    client = staff_of(promoter)
    page = client.get(promote_url(shortlisted)).text
    assert "Ministry of Health" in page
    assert body.name not in page
    refused = client.post(promote_url(shortlisted), promotion("send", body=translated))
    assert refused.context["form"].errors["body"]


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_promote_page_by_others_is_refused(
    person: str, shortlisted: Proposal, request: pytest.FixtureRequest, staff_of: SignIn
) -> None:
    client = staff_of(request.getfixturevalue(person))
    for stage in ("preview", "paper", "send"):
        response = client.post(promote_url(shortlisted), promotion(stage))
        assert response.status_code in {302, 403}
        assert not response.content.startswith(b"%PDF")
    assert client.get(promote_url(shortlisted)).status_code in {302, 403}
    assert not Referral.objects.exists()


def test_promote_page_by_strangers_leads_to_sign_in(
    shortlisted: Proposal, stranger: Client
) -> None:
    assert "next=" in stranger.post(promote_url(shortlisted), promotion("send")).url
    assert not Referral.objects.exists()


# The answer --------------------------------------------------------------------------------------


def test_answer_page_shows_it_as_residents_will_see_it(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    referral = make_referral(call=call)
    shown = staff_of(promoter).post(
        answer_url(referral), an_answer("preview", text="Да <script>alert(1)</script>")
    )
    page = shown.context["page"]
    assert 'class="answer tone tone-ok"' in page
    assert referral.body.name in page
    assert "<script>" not in page
    assert 'srcdoc="&lt;!doctype html&gt;' in shown.text
    assert not Answer.objects.exists()


def test_answer_page_publishes(call: CallPage, promoter: User, staff_of: SignIn) -> None:
    referral = make_referral(call=call)
    response = staff_of(promoter).post(answer_url(referral), an_answer("send", outcome="partly"))
    assert response.url == page_of(referral.proposal)
    answer = Answer.objects.get()
    assert (answer.outcome, answer.entered_by) == ("partly", promoter)
    assert "Accepted in part" in staff_of(promoter).get(response.url).text


def parts_of(*outcomes: str) -> dict[str, str]:
    """Rows of parts as the form sends them, an empty one last."""
    rows = {"parts-TOTAL_FORMS": f"{len(outcomes) + 1}", "parts-INITIAL_FORMS": "0"}
    for place, outcome in enumerate(outcomes):
        part = {"what": f"Часть {place}", "outcome": outcome, "reasons": "Есть средства."}
        rows |= {f"parts-{place}-{name}": value for name, value in part.items()}
    return rows


def test_answer_page_takes_parts_and_shows_them(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    referral, staff = make_referral(call=call), staff_of(promoter)
    sent = an_answer("preview", outcome="", **parts_of("accepted", "not_ours"))
    preview = staff.post(answer_url(referral), sent)
    page = preview.context["page"]
    assert "Часть 1: Решаем не мы" in page
    assert 'name="parts-1-outcome" value="not_ours"' in preview.text
    assert staff.post(answer_url(referral), sent | {"stage": "send"}).status_code == 302
    answer = Answer.objects.get()
    assert (answer.outcome, answer.parts.count()) == ("partly", 2)
    assert "Часть 1" in staff.get(page_of(referral.proposal)).text


@pytest.mark.parametrize(
    ("outcome", "parts", "words"),
    [
        ("", parts_of(), "Choose the outcome, or answer in parts"),
        ("accepted", parts_of("declined"), "The parts below come to “Declined”"),
        ("", parts_of("not_ours"), "Nothing here is yours to decide"),
        ("", parts_of("perhaps"), "perhaps is not one of the available choices"),
        ("accepted", {**parts_of(), "parts-0-reasons": "Потому."}, "Name the part"),
    ],
)
def test_answer_page_refuses_parts_that_do_not_add_up(
    outcome: str,
    parts: dict[str, str],
    words: str,
    call: CallPage,
    promoter: User,
    staff_of: SignIn,
) -> None:
    referral = make_referral(call=call)
    response = staff_of(promoter).post(
        answer_url(referral), an_answer("send", outcome=outcome, **parts)
    )
    assert words in response.text
    assert "Поставим датчики." in response.text
    assert not Answer.objects.exists()


def test_answer_page_asks_nothing_of_empty_rows(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    referral, staff = make_referral(call=call), staff_of(promoter)
    rows = staff.get(answer_url(referral)).text.split('name="parts-TOTAL_FORMS"')[1]
    assert "w-required-mark" not in rows
    grown = staff.post(answer_url(referral), an_answer("", more_parts="1", **parts_of()))
    assert 'name="parts-1-what"' in grown.text
    assert "error-message" not in grown.text


def test_answer_page_keeps_words_that_came_too_late(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    referral = make_referral(call=call)
    make_answer(referral, text="Первый ответ")
    response = staff_of(promoter).post(answer_url(referral), an_answer("send"))
    assert response.status_code == 409
    assert "Поставим датчики." in response.text
    assert Answer.objects.get().text == "Первый ответ"


@pytest.mark.parametrize("stage", ["preview", "send"])
def test_answer_page_names_an_impossible_day(
    stage: str, call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    referral = make_referral(call=call)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    response = staff_of(promoter).post(answer_url(referral), an_answer(stage, answered_on=tomorrow))
    assert response.context["form"].errors["answered_on"]
    assert not Answer.objects.exists()


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_answer_page_by_others_is_refused(
    person: str, call: CallPage, request: pytest.FixtureRequest, staff_of: SignIn
) -> None:
    referral = make_referral(call=call)
    client = staff_of(request.getfixturevalue(person))
    for stage in ("preview", "send"):
        response = client.post(answer_url(referral), an_answer(stage))
        assert response.status_code in {302, 403}
    assert not Answer.objects.exists()


def test_answer_page_without_referral_does_not_exist(
    shortlisted: Proposal, promoter: User, staff_of: SignIn
) -> None:
    url = reverse("referrals_admin:answer", args=[shortlisted.pk])
    assert staff_of(promoter).get(url, follow=True).status_code == 404


# Dossiers ----------------------------------------------------------------------------------------


def test_dossier_json_is_what_the_hash_was_made_of(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    referral = make_referral(call=call)
    response = staff_of(promoter).get(
        reverse("referrals_admin:dossier_file", args=[referral.pk, "json"])
    )
    assert hashlib.sha256(response.content).hexdigest() == referral.dossier.contents_hash
    assert json.loads(response.content)["proposal"]["title"] == referral.proposal.title
    assert "no-store" in response["Cache-Control"]


def test_dossier_pdf_is_a_paper(call: CallPage, promoter: User, staff_of: SignIn) -> None:
    referral = make_referral(call=call)
    response = staff_of(promoter).get(
        reverse("referrals_admin:dossier_file", args=[referral.pk, "pdf"])
    )
    assert response.content.startswith(b"%PDF")


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
@pytest.mark.parametrize("name", ["pdf", "docx", "xlsx", "json", ""])
def test_dossiers_are_closed_to_others(
    name: str, person: str, call: CallPage, request: pytest.FixtureRequest, staff_of: SignIn
) -> None:
    referral = make_referral(call=call)
    client = staff_of(request.getfixturevalue(person))
    url = reverse("referrals_admin:dossier", args=[referral.pk])
    if name:
        url = reverse("referrals_admin:dossier_file", args=[referral.pk, name])
    assert client.get(url).status_code in {302, 403}
    if not name:
        Proposal.objects.filter(pk=referral.proposal_id).update(title="Иначе")
        assert client.post(url).status_code in {302, 403}
        assert referral.dossiers.count() == 1


def test_dossier_page_freezes_and_shows_each_version(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    referral, client = make_referral(call=call), staff_of(promoter)
    url = reverse("referrals_admin:dossier", args=[referral.pk])
    Proposal.objects.filter(pk=referral.proposal_id).update(title="Датчики на <b>всех</b> реках")
    page = client.post(url, follow=True).content.decode()
    assert "Датчики на &lt;b&gt;всех&lt;/b&gt; реках" in page
    assert "What changed since version 1" in page
    assert referral.dossier.contents_hash in page
    older = client.get(f"{url}?version=1")
    assert older.context["dossier"].number == 1
    assert "Freeze a new version" in older.content.decode()
    again = client.post(url, follow=True).content.decode()
    assert "Nothing changed since the last version" in again
    assert referral.dossiers.count() == 2


@pytest.mark.parametrize("version", ["7", "0", "-1", "x", "²", "9" * 30])
def test_dossier_of_no_such_version_does_not_exist(
    version: str, call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    referral, client = make_referral(call=call), staff_of(promoter)
    for url in (
        reverse("referrals_admin:dossier", args=[referral.pk]),
        reverse("referrals_admin:dossier_file", args=[referral.pk, "json"]),
    ):
        assert client.get(url, {"version": version}, follow=True).status_code == 404


def test_dossier_in_no_such_format_does_not_exist(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    url = reverse("referrals_admin:dossier_file", args=[make_referral(call=call).pk, "exe"])
    assert staff_of(promoter).get(url, follow=True).status_code == 404


# Lists and panels --------------------------------------------------------------------------------


def overdue_referral(**of: object) -> Referral:
    referral = make_referral(**of)
    referral.due_on = timezone.localdate() - timedelta(days=3)
    referral.made_at = timezone.now() - timedelta(days=33)
    referral.save(update_fields=["due_on", "made_at"])
    return referral


def test_referrals_are_listed_by_state(call: CallPage, promoter: User, staff_of: SignIn) -> None:
    late, waiting, answered = overdue_referral(), make_referral(), make_referral()
    make_answer(answered)
    client = staff_of(promoter)

    def listed(query: str) -> list[int]:
        return [one.pk for one in client.get(LIST + query).context["object_list"]]

    assert listed("?state=overdue") == [late.pk]
    assert listed("?state=waiting") == [late.pk, waiting.pk]
    assert listed("?state=answered") == [answered.pk]
    assert listed(f"?body={waiting.body_id}") == [waiting.pk]
    assert set(listed("?ordering=-answered")) == {late.pk, waiting.pk, answered.pk}
    assert listed("?ordering=-answered")[0] == answered.pk
    assert "3 days overdue" in client.get(LIST).text


def test_referrals_cost_the_same_queries_for_any_number(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    client = staff_of(promoter)
    counts = []
    for more in (1, 2, 5):
        for _ in range(more):
            make_answer(make_referral())
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("person", ["resident", "editor"])
def test_referrals_are_closed_to_others(
    person: str, call: CallPage, request: pytest.FixtureRequest, staff_of: SignIn
) -> None:
    make_referral()
    assert staff_of(request.getfixturevalue(person)).get(LIST).status_code in {302, 403}


def test_front_page_says_what_is_overdue(
    call: CallPage, promoter: User, moderator: User, staff_of: SignIn
) -> None:
    client = staff_of(promoter)
    assert "No answer is overdue" in client.get("/admin/").text
    late = overdue_referral()
    page = client.get("/admin/").text
    assert "1 answer is overdue" in page
    assert late.proposal.title in page
    assert "government-overdue" not in staff_of(moderator).get("/admin/").text


def test_bodies_can_be_renamed_but_not_deleted(call: CallPage, staff_of: SignIn) -> None:
    keeper = _grant(
        UserFactory(),
        "wagtailadmin.access_admin",
        "government.change_body",
        "government.delete_body",
    )
    body = BodyFactory()
    client = staff_of(keeper)
    base = "/admin/snippets/government/body/"
    assert body.name in client.get(base).text
    assert client.get(f"{base}edit/{body.pk}/").status_code == 200
    assert client.post(f"{base}delete/{body.pk}/").status_code in {302, 403}
    assert Body.objects.filter(pk=body.pk).exists()
