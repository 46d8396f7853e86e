"""Staff's pages about a referral that waits, and about departments and officials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from government.actions import add_note, ask_extension, ask_question
from government.models import CaseLink, Department, Official, Referral, ReferralStep
from tests.factories.government import (
    BodyFactory,
    DepartmentFactory,
    OfficialFactory,
    make_answer,
    make_case,
    make_referral,
)
from tests.government.test_cases import in_days

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def link() -> CaseLink:
    return make_case()


@pytest.fixture
def staff(promoter: User, staff_of: Callable) -> Client:
    return staff_of(promoter)


def url(link: CaseLink, verb: str) -> str:
    return reverse("referrals_admin:handle", args=[link.referral.proposal_id, verb])


def decision_page(staff: Client, link: CaseLink) -> str:
    return staff.get(reverse("proposals_admin:inspect", args=[link.referral.proposal_id])).text


def test_decision_page_shows_person_links_steps_and_notes(
    staff: Client, link: CaseLink, promoter: User
) -> None:
    ask_question(link=link, words="Где именно?")
    add_note(user=promoter, referral=link.referral, words="Звонили в среду.")
    text = decision_page(staff, link)
    for words in (link.official.email, "works until", "Где именно?", "Звонили в среду."):
        assert words in text
    assert "only staff see it" in text


def test_handle_reply_and_note_write_a_step(staff: Client, link: CaseLink) -> None:
    for verb, kind in (("reply", "reply"), ("note", "note")):
        assert staff.post(url(link, verb), {"words": "Слова."}).status_code == 302
        assert ReferralStep.objects.get(kind=kind).words == "Слова."
        assert staff.post(url(link, verb), {"words": " "}).status_code == 200
    assert ReferralStep.objects.count() == 2


def test_handle_assign_offers_the_bodys_own_people(staff: Client, link: CaseLink) -> None:
    other, stranger = OfficialFactory(body=link.referral.body), OfficialFactory()
    text = staff.get(url(link, "assign")).text
    assert other.name in text
    assert stranger.name not in text
    staff.post(url(link, "assign"), {"official": other.pk})
    assert Referral.objects.get(pk=link.referral_id).official == other


def test_handle_again_starts_a_new_clock(staff: Client, link: CaseLink) -> None:
    other = BodyFactory(answer_days=10)
    staff.post(url(link, "again"), {"body": other.pk, "note": "Это ваше."})
    referral = Referral.objects.get(pk=link.referral_id)
    assert (referral.body, referral.due_on) == (other, in_days(10))


def test_handle_extension_decides_once(staff: Client, link: CaseLink) -> None:
    ask_extension(link=link, due_on=in_days(40), words="Считаем.")
    ask_extension(link=link, due_on=in_days(50), words="Ещё.")
    assert "More time is asked for" in staff.get(url(link, "extension")).text
    staff.post(url(link, "extension"), {"is_granted": "yes"})
    assert Referral.objects.get(pk=link.referral_id).due_on == in_days(50)
    assert staff.post(url(link, "extension"), {"is_granted": "yes"}).status_code == 409


def test_handle_after_the_answer_keeps_the_words(staff: Client, link: CaseLink) -> None:
    make_answer(link.referral)
    response = staff.post(url(link, "reply"), {"words": "Уже поздно."})
    assert response.status_code == 409
    assert "Уже поздно." in response.text


def test_handle_of_an_unknown_kind_is_missing(staff: Client, link: CaseLink) -> None:
    assert staff.get(url(link, "nowhere"), follow=True).status_code == 404


def test_links_are_sent_again_and_revoked(staff: Client, link: CaseLink) -> None:
    pk = link.referral.proposal_id
    staff.post(reverse("referrals_admin:links", args=[pk, "send"]))
    assert CaseLink.objects.alive().count() == 1
    staff.post(reverse("referrals_admin:links", args=[pk, "revoke"]))
    assert not CaseLink.objects.alive().exists()
    assert set(CaseLink.objects.values_list("ending", flat=True)) == {"revoked"}


def test_links_without_anybody_in_charge_say_so(staff: Client) -> None:
    pk = make_referral().proposal_id
    response = staff.post(reverse("referrals_admin:links", args=[pk, "send"]), follow=True)
    assert "Nobody is in charge" in response.text


def test_hide_takes_the_words_off_the_public_page(staff: Client, link: CaseLink) -> None:
    step = ask_question(link=link, words="CANARY")
    staff.post(reverse("referrals_admin:hide_step", args=[step.pk]))
    assert "CANARY" not in staff.get(link.referral.proposal.get_absolute_url()).text
    assert "CANARY" in decision_page(staff, link)


def test_promote_preview_shows_the_mail_to_the_official_without_a_key(
    superuser_staff: Client,
) -> None:
    from tests.factories.proposals import ProposalFactory

    official = OfficialFactory(gets_referrals=True)
    proposal = ProposalFactory(status="shortlisted")
    address = reverse("referrals_admin:promote", args=[proposal.pk])
    text = superuser_staff.post(
        address, {"body": official.body_id, "note": "Просим.", "stage": "preview"}
    ).text
    assert official.name in text
    assert "/cases/open/…/" in text or "/cases/open/%E2%80%A6/" in text


@pytest.fixture
def superuser_staff(staff_of: Callable) -> Client:
    from tests.factories.government import boss

    return staff_of(boss())


def test_officials_are_kept_in_the_admin(superuser_staff: Client) -> None:
    body = BodyFactory()
    add = reverse(Official.snippet_viewset.get_url_name("add"))
    fields = {"body": body.pk, "name": "Ирина П.", "email": "p@example.org"}
    fields |= {"position_ru": "министр", "position_en": "Minister"}
    flags = {"is_active": "on", "gets_referrals": "on"}
    assert superuser_staff.post(add, {**fields, **flags}).status_code == 302
    second = superuser_staff.post(add, {**fields, **flags, "name": "Вторая"})
    assert second.status_code == 200
    assert "Somebody else gets this body" in second.text
    idle = superuser_staff.post(add, {**fields, "gets_referrals": "on", "name": "Третья"})
    assert idle.status_code == 200
    assert Official.objects.count() == 1
    listing = superuser_staff.get(reverse(Official.snippet_viewset.get_url_name("list")))
    assert "Ирина П., Minister" in listing.text
    assert "Ирина П." in superuser_staff.get(f"{listing.wsgi_request.path}?q=Minister").text
    assert "Ирина П." not in superuser_staff.get(f"{listing.wsgi_request.path}?q=nobody").text


def test_departments_of_one_name_are_refused(superuser_staff: Client) -> None:
    department = DepartmentFactory()
    add = reverse(Department.snippet_viewset.get_url_name("add"))
    again = superuser_staff.post(
        add, {"body": department.body_id, "name_ru": department.name["ru"]}
    )
    assert again.status_code == 200
    assert Department.objects.count() == 1
    nameless = superuser_staff.post(add, {"body": department.body_id})
    assert nameless.status_code == 200


def test_officials_are_never_deleted(superuser_staff: Client) -> None:
    official = OfficialFactory()
    address = reverse(Official.snippet_viewset.get_url_name("delete"), args=[official.pk])
    superuser_staff.post(address)
    assert Official.objects.filter(pk=official.pk).exists()
