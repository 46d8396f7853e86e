"""Versions of a proposal's words, amendments after support began, and comparing them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actions import erase_account
from proposals.actions import move_proposal, save_draft, submit_proposal
from proposals.actions.amending import (
    AmendmentDecided,
    decline_amendment,
    publish_amendment,
    send_amendment,
)
from proposals.models import Amendment, CoAuthor, Proposal, Version
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from voting.actions import cast_support

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.core.mail import EmailMessage
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def submitted(call: CallPage, resident: User) -> Proposal:
    proposal = ProposalFactory(author=resident, status="draft", published_at=None)
    submit_proposal(user=resident, proposal=proposal)
    return proposal


def send(proposal: Proposal, **words: str) -> Amendment:
    values = {"note": "Нашли мастера.", "addition": "Датчики сделает колледж.", **words}
    return send_amendment(user=proposal.author, proposal=proposal, **values)


def occasions(proposal: Proposal) -> list[tuple[int, str, bool]]:
    return list(proposal.versions.values_list("number", "occasion", "is_public"))


# Versions ----------------------------------------------------------------------------------------


def test_versions_follow_a_proposal_until_it_is_published(
    submitted: Proposal, resident: User, moderator: User
) -> None:
    save_draft(user=resident, proposal=submitted, summary="Вторая мысль.")
    save_draft(user=resident, proposal=submitted, summary="Третья мысль.")  # the same sitting
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        save_draft(user=resident, proposal=submitted, summary="Наутро.")
    move_proposal(user=moderator, proposal=submitted, verb="return", reason="Уточните.")
    save_draft(user=resident, proposal=submitted, summary="Уточнили.")
    submit_proposal(user=resident, proposal=submitted)
    move_proposal(user=moderator, proposal=submitted, verb="accept")
    assert occasions(submitted) == [
        (1, "sent", False),
        (2, "edited", False),
        (3, "edited", False),
        (4, "published", True),
    ]
    assert submitted.versions.get(number=2).summary == "Третья мысль."
    assert submitted.versions.last().words["summary"] == "Уточнили."
    assert submitted.versions.last().by_name == submitted.author_name


def test_saving_the_same_words_makes_no_version(submitted: Proposal, resident: User) -> None:
    save_draft(user=resident, proposal=submitted, summary=submitted.summary)
    assert occasions(submitted) == [(1, "sent", False)]


def test_text_is_locked_at_the_moment_of_the_first_support(
    submitted: Proposal,
    resident: User,
    moderator: User,
    neighbour: User,
    client_of: Callable[[User], Client],
) -> None:
    author, url = client_of(resident), reverse("proposals:edit", args=[submitted.pk, "text"])
    assert author.get(url).status_code == 200  # the form lies open
    was = Proposal.objects.get(pk=submitted.pk)
    move_proposal(user=moderator, proposal=submitted, verb="accept")
    cast_support(user=neighbour, proposal_id=submitted.pk)
    words = {"problem": "Теперь о другом.", "solution": "Совсем другое.", "beneficiaries": "Я"}
    page = author.post(url, words)
    assert page.status_code == 409
    assert "others support the text as they read it" in page.text
    assert "Теперь о другом." in page.text  # given back, to copy
    assert reverse("proposals:amend", args=[submitted.pk]) in page.text
    autosave = reverse("proposals:autosave", args=[submitted.pk, "text"])
    assert author.post(autosave, words).status_code == 409
    with pytest.raises(PermissionDenied):
        save_draft(user=resident, proposal=submitted, solution="Совсем другое.")
    now = Proposal.objects.get(pk=submitted.pk)
    assert (now.problem, now.solution) == (was.problem, was.solution)
    assert occasions(submitted) == [(1, "published", True)]


def test_two_versions_of_one_number_are_refused_by_the_database(submitted: Proposal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(
            proposal=submitted, number=1, occasion="edited", made_at=timezone.now()
        )


# Amendments --------------------------------------------------------------------------------------


def test_amendment_is_public_once_a_moderator_has_read_it(
    proposal: Proposal, moderator: User, neighbour: User, client_of: Callable[[User], Client]
) -> None:
    amendment = send(proposal)
    page, client = proposal.get_absolute_url(), client_of(neighbour)
    assert amendment.addition not in client.get(page).text
    was = proposal.solution
    publish_amendment(user=moderator, amendment=amendment)
    proposal.refresh_from_db()
    assert proposal.solution == was  # what people support stays
    assert proposal.versions.last().solution == f"{was}\n\n{amendment.addition}"
    assert occasions(proposal) == [(1, "published", True), (2, "amended", True)]
    text = client.get(page).text
    assert amendment.addition in text
    assert "Amended by its authors" in text


def test_send_amendment_by_the_wrong_person_is_refused(
    proposal: Proposal, neighbour: User, moderator: User
) -> None:
    for person in (neighbour, moderator):
        with pytest.raises(PermissionDenied):
            send_amendment(user=person, proposal=proposal, note="Я", addition="Хочу.")


@pytest.mark.parametrize("status", ["draft", "submitted", "archived", "merged", "done"])
def test_send_amendment_at_the_wrong_time_is_refused(call: CallPage, status: str) -> None:
    with pytest.raises(PermissionDenied):
        send(ProposalFactory(status=status))


def test_send_amendment_twice_is_one_and_another_has_to_wait(proposal: Proposal) -> None:
    assert send(proposal) == send(proposal)
    with pytest.raises(ValidationError, match="being checked"):
        send(proposal, addition="И ещё.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.create(proposal=proposal, note="x", addition="y", sent_at=timezone.now())


@pytest.mark.parametrize("who", ["neighbour", "promoter", "author", "co-author"])
def test_publish_amendment_by_the_wrong_person_is_refused(
    proposal: Proposal, neighbour: User, promoter: User, moderator: User, who: str
) -> None:
    amendment = send(proposal)
    person = {"neighbour": neighbour, "promoter": promoter}.get(who, moderator)
    if who == "author":
        Proposal.objects.update(author=moderator)
    if who == "co-author":
        CoAuthor.objects.create(
            proposal=proposal, person=moderator, name="М", joined_at=timezone.now()
        )
    with pytest.raises(PermissionDenied):
        publish_amendment(user=person, amendment=amendment)
    with pytest.raises(PermissionDenied):
        decline_amendment(user=person, amendment=amendment, reason="Нет.")


def test_decided_amendment_is_not_decided_again(proposal: Proposal, moderator: User) -> None:
    amendment = send(proposal)
    publish_amendment(user=moderator, amendment=Amendment.objects.get())
    with pytest.raises(AmendmentDecided):
        decline_amendment(user=moderator, amendment=amendment, reason="Поздно.")
    with pytest.raises(AmendmentDecided):
        publish_amendment(user=moderator, amendment=amendment)
    assert proposal.versions.count() == 2


def test_amendment_of_a_proposal_withdrawn_meanwhile_is_not_published(
    proposal: Proposal, moderator: User
) -> None:
    amendment = send(proposal)
    move_proposal(user=proposal.author, proposal=proposal, verb="withdraw")
    with pytest.raises(AmendmentDecided):
        publish_amendment(user=moderator, amendment=amendment)


def test_declined_amendment_tells_its_authors_why(
    proposal: Proposal,
    moderator: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    amendment = send(proposal)
    with pytest.raises(ValidationError):
        decline_amendment(user=moderator, amendment=amendment, reason="")
    with django_capture_on_commit_callbacks(execute=True):
        decline_amendment(user=moderator, amendment=amendment, reason="Это другое предложение.")
    assert [mail.to for mail in mailoutbox] == [[proposal.author.email]]
    assert "Это другое предложение." in mailoutbox[0].body


def test_versions_forget_the_name_with_the_account(proposal: Proposal, moderator: User) -> None:
    proposal.language = "en"
    proposal.save()
    publish_amendment(user=moderator, amendment=send(proposal))
    erase_account(account=proposal.author, by=proposal.author, keep_name=False)
    names = {*Version.objects.values_list("by_name", flat=True)}
    names |= {*Amendment.objects.values_list("by_name", flat=True)}
    assert names == {"a resident"}


def test_versions_of_a_withdrawn_proposal_go_with_the_account(
    proposal: Proposal, moderator: User
) -> None:
    publish_amendment(user=moderator, amendment=send(proposal))
    move_proposal(user=proposal.author, proposal=proposal, verb="withdraw")
    erase_account(account=proposal.author, by=proposal.author, keep_name=True)
    assert not Version.objects.exists()
    assert not Amendment.objects.exists()
    assert not proposal.history_notes.exclude(words="").exists()


# The pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "ja"])
def test_comparison_marks_words_and_says_so_in_text(
    call: CallPage, moderator: User, stranger: Client, language: str
) -> None:
    proposal = ProposalFactory(language=language, solution="川にセンサーを置く。")
    publish_amendment(user=moderator, amendment=send(proposal, addition="十二か所に置く。"))
    page = stranger.get(reverse("proposals:versions", args=[proposal.pk]))
    text = page.text
    assert "<ins>" in text
    assert "added:" in text
    assert "十二か所に置く。" in text
    assert "public" in page["Cache-Control"]
    assert '<a class="tap" href="#part-4">What should be done</a>' in text
    same = stranger.get(f"{page.request['PATH_INFO']}?old=1&new=1").text
    assert "<ins>" not in same
    assert 'href="#part-' not in same


def test_versions_before_publication_are_not_public(
    submitted: Proposal,
    resident: User,
    neighbour: User,
    moderator: User,
    stranger: Client,
    client_of: Callable[[User], Client],
) -> None:
    url = reverse("proposals:versions", args=[submitted.pk])
    save_draft(user=resident, proposal=submitted, summary="Тайнаямысль.")
    assert stranger.get(url).status_code == 404
    save_draft(user=resident, proposal=submitted, summary="Явная мысль.")
    Version.objects.filter(number=2).update(summary="Тайнаямысль.")
    move_proposal(user=moderator, proposal=submitted, verb="accept")
    for client in (stranger, client_of(neighbour)):
        assert "Тайнаямысль" not in client.get(url).text
        assert client.get(f"{url}?old=2").status_code == 404
    for person in (resident, moderator):
        page = client_of(person).get(f"{url}?old=2&new=3")
        assert "Тайнаямысль" in page.text
        assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ("en", ["Versions", "What should be done", "added:", "As it was published"]),
        ("ru", ["Редакции", "Что сделать", "добавлено:", "В опубликованном виде"]),
        ("ja", ["版", "行うこと", "追加："]),
    ],
)
def test_comparison_speaks_the_language_of_the_visitor(
    call: CallPage, moderator: User, stranger: Client, site: str, words: list[str]
) -> None:
    proposal = ProposalFactory(language="en", solution="Sensors on the river.")
    publish_amendment(user=moderator, amendment=send(proposal, addition="Twelve of them."))
    text = stranger.get(f"/{site}/proposals/{proposal.pk}/versions/").text
    assert [one for one in words if one not in text] == []
    assert '<p lang="en">' in text  # what residents wrote stays as it is


@pytest.mark.parametrize("query", ["?old=99", "?old=x", "?new=-1", "?old=" + "9" * 30, "?old="])
def test_comparison_of_what_is_not_there_is_no_error(
    proposal: Proposal, moderator: User, stranger: Client, query: str
) -> None:
    publish_amendment(user=moderator, amendment=send(proposal))
    url = reverse("proposals:versions", args=[proposal.pk])
    assert stranger.get(url + query).status_code in (200, 404)


def test_versions_of_an_older_proposal_are_none(proposal: Proposal, stranger: Client) -> None:
    page = stranger.get(reverse("proposals:versions", args=[proposal.pk]))
    assert "No version of this proposal is kept yet" in page.text


def test_author_amends_on_the_page(proposal: Proposal, client_of: Callable[[User], Client]) -> None:
    client, url = client_of(proposal.author), reverse("proposals:amend", args=[proposal.pk])
    assert url in client.get(proposal.get_absolute_url()).text
    page = client.post(url, {"note": "Нашли мастера.", "addition": ""})
    assert "There is a problem" in page.text
    assert "Нашли мастера." in page.text
    words = {"note": "Нашли мастера.", "addition": "Датчики сделает колледж."}
    assert client.post(url, words)["Location"] == proposal.get_absolute_url()
    assert "is being checked" in client.get(url).text
    refused = client.post(url, {**words, "addition": "Второе."})
    assert "Wait for the answer first" in refused.text
    assert "Второе." in refused.text


def test_moderator_decides_on_amendments_in_the_admin(
    call: CallPage, moderator: User, staff_of: Callable[[User], Client]
) -> None:
    staff = staff_of(moderator)
    first, second = send(ProposalFactory()), send(ProposalFactory())
    index = reverse("amendments_admin:index")
    assert first.proposal.title in staff.get(index).text
    url = reverse("amendments_admin:amendment", args=[first.pk])
    assert first.addition in staff.get(url).text
    assert staff.post(url, {"stage": "publish"})["Location"] == index
    other = reverse("amendments_admin:amendment", args=[second.pk])
    assert staff.post(other, {"stage": "decline", "reason": ""}).status_code == 422
    staff.post(other, {"stage": "decline", "reason": "Не об этом."})
    assert sorted(Amendment.objects.values_list("state", flat=True)) == ["declined", "published"]
    assert "meanwhile" in staff.post(other, {"stage": "publish"}, follow=True).text


def test_list_of_amendments_takes_the_same_queries_for_one_and_three(
    call: CallPage,
    moderator: User,
    staff_of: Callable[[User], Client],
    django_assert_num_queries: Callable,
) -> None:
    staff, index = staff_of(UserFactory(is_superuser=True)), reverse("amendments_admin:index")
    send(ProposalFactory())
    staff.get(index)
    for more in (0, 2):
        for _ in range(more):
            send(ProposalFactory())
        with django_assert_num_queries(7):
            staff.get(index)
