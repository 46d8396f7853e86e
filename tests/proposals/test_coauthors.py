"""Co-authors: invited by mail, what they may do and what not, and how it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actions import erase_account
from accounts.personal_data import personal_data
from proposals.actions import move_proposal, save_draft
from proposals.actions.inviting import (
    InvitationOver,
    accept_invitation,
    decline_invitation,
    forget_old_invitations,
    invite_coauthor,
    remove_coauthor,
    revoke_invitation,
)
from proposals.keys import hash_of
from proposals.models import CoAuthor, Invitation, Proposal
from proposals.models.coauthors import COAUTHORS_MAX
from proposals.permissions import may_move_proposal
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory

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
def draft(call: CallPage, resident: User) -> Proposal:
    return ProposalFactory(author=resident, status=Proposal.Status.DRAFT, published_at=None)


def invited(draft: Proposal, email: str = "neighbour@example.org") -> Invitation:
    return invite_coauthor(user=draft.author, proposal=draft, email=email)


def join(proposal: Proposal, person: User) -> CoAuthor:
    return CoAuthor.objects.create(
        proposal=proposal, person=person, name=person.name, joined_at=timezone.now()
    )


def test_invite_coauthor_mails_a_link_that_is_kept_as_a_hash(
    draft: Proposal,
    neighbour: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    neighbour.language = "ja"
    neighbour.save()
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invited(draft, " Neighbour@Example.org ")
    (mail,) = mailoutbox
    assert mail.to == [neighbour.email]
    key = re.search(r"/ja/proposals/invitation/([\w-]{43})/", mail.body)[1]
    assert invitation.key_hash == hash_of(key)


def test_invite_coauthor_by_the_wrong_person_is_refused(
    draft: Proposal, neighbour: User, moderator: User
) -> None:
    writer = UserFactory()
    join(draft, writer)
    for person in (neighbour, moderator, writer):
        with pytest.raises(PermissionDenied):
            invite_coauthor(user=person, proposal=draft, email="x@example.org")


def test_invite_coauthor_of_oneself_or_twice_is_refused(draft: Proposal, neighbour: User) -> None:
    with pytest.raises(ValidationError, match="own address"):
        invited(draft, "Resident@example.org")
    invited(draft)
    with pytest.raises(ValidationError, match="invited already"):
        invited(draft)
    join(draft, neighbour)
    Invitation.objects.update(state="revoked", email="")
    with pytest.raises(ValidationError, match="co-author already"):
        invited(draft)


def test_invite_coauthor_has_a_limit(draft: Proposal) -> None:
    join(draft, UserFactory())
    for number in range(COAUTHORS_MAX - 1):
        invited(draft, f"friend{number}@example.org")
    with pytest.raises(ValidationError, match="at most"):
        invited(draft, "one.more@example.org")


def test_accept_invitation_once(draft: Proposal, neighbour: User) -> None:
    invitation = invited(draft)
    accept_invitation(user=neighbour, invitation=invitation)
    assert draft.coauthors.get().person == neighbour
    invitation.refresh_from_db()
    assert (invitation.state, invitation.email) == ("accepted", "")
    with pytest.raises(InvitationOver):
        accept_invitation(user=neighbour, invitation=invitation)
    assert draft.coauthors.count() == 1


def test_accept_invitation_that_was_passed_on_is_refused(draft: Proposal) -> None:
    invitation = invited(draft)
    with pytest.raises(PermissionDenied):
        accept_invitation(user=UserFactory(), invitation=invitation)
    assert Invitation.objects.get().state == "open"


@pytest.mark.parametrize("how", ["late", "revoked", "declined"])
def test_accept_invitation_that_is_over_is_refused(
    draft: Proposal, neighbour: User, how: str
) -> None:
    invitation = invited(draft)
    if how == "revoked":
        revoke_invitation(user=draft.author, invitation=invitation)
    if how == "declined":
        decline_invitation(invitation=invitation)
    with (
        time_machine.travel(timezone.now() + timedelta(days=15 if how == "late" else 0)),
        pytest.raises(InvitationOver),
    ):
        accept_invitation(user=neighbour, invitation=Invitation.objects.get())
    assert not draft.coauthors.exists()


def test_old_invitations_are_forgotten_with_their_addresses(draft: Proposal) -> None:
    invited(draft)
    assert forget_old_invitations() == 0
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert forget_old_invitations() == 1
    assert Invitation.objects.get().email == ""


# What co-authors may do --------------------------------------------------------------------------


def test_coauthor_writes_and_sends_in_but_does_not_withdraw(
    draft: Proposal, neighbour: User
) -> None:
    join(draft, neighbour)
    save_draft(user=neighbour, proposal=draft, summary="Вдвоём лучше.")
    move_proposal(user=neighbour, proposal=draft, verb="submit")
    with pytest.raises(PermissionDenied):
        move_proposal(user=neighbour, proposal=draft, verb="withdraw")


def test_coauthor_of_a_proposal_without_author_may_withdraw(
    draft: Proposal, neighbour: User
) -> None:
    join(draft, neighbour)
    Proposal.objects.update(author=None)
    draft.refresh_from_db()
    assert move_proposal(user=neighbour, proposal=draft, verb="withdraw")


@pytest.mark.parametrize("verb", ["accept", "return", "reject", "shortlist", "promote", "merge"])
def test_coauthor_is_no_judge_of_it(draft: Proposal, verb: str) -> None:
    boss = UserFactory(is_superuser=True)
    assert may_move_proposal(boss, draft, verb)
    join(draft, boss)
    draft = Proposal.objects.get(pk=draft.pk)
    assert not may_move_proposal(boss, draft, verb)


def test_coauthors_get_the_mails_too(
    draft: Proposal,
    neighbour: User,
    moderator: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    join(draft, neighbour)
    with django_capture_on_commit_callbacks(execute=True):
        move_proposal(user=draft.author, proposal=draft, verb="submit")
    assert [mail.to[0] for mail in mailoutbox] == [draft.author.email, neighbour.email]


def test_coauthor_finds_it_among_their_own(
    draft: Proposal, neighbour: User, client_of: Callable[[User], Client]
) -> None:
    join(draft, neighbour)
    client = client_of(neighbour)
    assert draft.title in client.get(reverse("proposals:mine")).text
    assert client.get(reverse("proposals:edit", args=[draft.pk, "text"])).status_code == 200


# How it ends -------------------------------------------------------------------------------------


def test_remove_coauthor_by_the_author_or_themselves(
    draft: Proposal, neighbour: User, moderator: User
) -> None:
    for person in (draft.author, neighbour):
        coauthor = join(draft, neighbour)
        other = join(draft, UserFactory())
        for wrong in (moderator, other.person):
            with pytest.raises(PermissionDenied):
                remove_coauthor(user=wrong, coauthor=coauthor)
        remove_coauthor(user=person, coauthor=coauthor)
        assert not draft.coauthors.filter(person=neighbour).exists()


def test_erased_coauthor_is_one_no_more(call: CallPage, neighbour: User) -> None:
    proposal = ProposalFactory()
    join(proposal, neighbour)
    assert personal_data(neighbour)["coauthored"]["proposals"]
    erase_account(account=neighbour, by=neighbour, keep_name=True)
    assert not proposal.coauthors.exists()


def test_draft_of_an_erased_author_goes_on_with_the_coauthor(
    draft: Proposal, resident: User, neighbour: User
) -> None:
    join(draft, neighbour)
    erase_account(account=resident, by=resident, keep_name=False)
    draft.refresh_from_db()
    assert (draft.author, draft.author_name) == (neighbour, neighbour.name)
    assert not draft.coauthors.exists()


def test_invitation_to_somebody_erased_is_forgotten(draft: Proposal, neighbour: User) -> None:
    invited(draft)
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert not Invitation.objects.exists()


# The pages ---------------------------------------------------------------------------------------


def test_journey_from_invitation_to_the_page(
    draft: Proposal,
    resident: User,
    neighbour: User,
    client_of: Callable[[User], Client],
    stranger: Client,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    url = reverse("proposals:coauthors", args=[draft.pk])
    with django_capture_on_commit_callbacks(execute=True):
        client_of(resident).post(url, {"email": neighbour.email})
    link = re.search(r"/\w\w(/\S+/invitation/\S+)", mailoutbox[0].body)[1]
    link = f"/en{link}"  # the mail speaks Russian
    page = stranger.get(link)
    assert page["Referrer-Policy"] == "same-origin"  # so that its form is let in
    assert neighbour.email not in page.text
    assert "/login/" in stranger.post(link, {"accept": "1"})["Location"]
    passed_on = client_of(UserFactory()).post(link, {"accept": "1"})
    assert (passed_on.status_code, "another address" in passed_on.text) == (403, True)
    assert client_of(neighbour).post(link, {"accept": "1"})["Location"] == url
    assert client_of(neighbour).get(link).status_code == 410
    Proposal.objects.update(status="supporting", published_at=timezone.now())
    assert neighbour.name in stranger.get(draft.get_absolute_url()).text


KEY = "k" * 43


def link_of(invitation: Invitation) -> str:
    """The address in its mail, as if its key were known."""
    Invitation.objects.filter(pk=invitation.pk).update(key_hash=hash_of(KEY))
    return reverse("proposals:invitation", args=[KEY])


@pytest.mark.parametrize("how", ["expired", "forgotten", "revoked", "author erased"])
def test_link_that_is_over_says_so_and_changes_nothing(
    call: CallPage,
    resident: User,
    neighbour: User,
    client_of: Callable[[User], Client],
    stranger: Client,
    how: str,
) -> None:
    proposal = ProposalFactory(author=resident)
    invitation = invited(proposal)
    link, client = link_of(invitation), client_of(neighbour)
    if how == "revoked":
        revoke_invitation(user=resident, invitation=invitation)
    if how == "author erased":
        erase_account(account=resident, by=resident, keep_name=False)
    late = how in {"expired", "forgotten"}
    with time_machine.travel(timezone.now() + timedelta(days=15 if late else 0)):
        if how == "forgotten":
            forget_old_invitations()
        if late:
            client.force_login(neighbour)
        for page in (stranger.get(link), client.get(link), client.post(link, {"accept": "1"})):
            assert page.status_code == 410
            assert "This invitation is no longer open" in page.text
            assert "with the author’s account" in page.text
            assert proposal.title not in page.text
    assert not CoAuthor.objects.exists()


def test_link_of_a_draft_whose_author_erased_the_account_opens_nothing(
    draft: Proposal, resident: User, neighbour: User, client_of: Callable[[User], Client]
) -> None:
    link = link_of(invited(draft))
    erase_account(account=resident, by=resident, keep_name=True)
    page = client_of(neighbour).post(link, {"accept": "1"})
    assert page.status_code == 404
    assert "the proposal it was for is gone" in page.text


def test_link_used_again_says_that_it_was_accepted(
    draft: Proposal, neighbour: User, client_of: Callable[[User], Client], stranger: Client
) -> None:
    link, client = link_of(invited(draft)), client_of(neighbour)
    client.post(link, {"accept": "1"})
    for page in (client.get(link), client.post(link, {"accept": "1"}), stranger.get(link)):
        assert page.status_code == 410
        assert "A link works once" in page.text
    assert client.post(link, {"decline": "1"}).status_code == 410
    assert draft.coauthors.count() == 1


@pytest.mark.parametrize("who", ["author", "co-author"])
@pytest.mark.parametrize("address", ["another", "the invited one"])
def test_link_opened_by_who_writes_it_already_says_so(
    draft: Proposal, neighbour: User, client_of: Callable[[User], Client], who: str, address: str
) -> None:
    invitation = invited(draft, "new@example.org")
    writer = draft.author if who == "author" else neighbour
    if who == "co-author":
        join(draft, neighbour)
    if address == "the invited one":  # changed it since
        type(writer).objects.filter(pk=writer.pk).update(email="new@example.org")
    link, before = link_of(invitation), draft.coauthors.count()
    client = client_of(type(writer).objects.get(pk=writer.pk))
    shown, answer = client.get(link), client.post(link, {"accept": "1"})
    assert (shown.status_code, answer.status_code) == (200, 403)
    for page in (shown, answer):
        assert "You write this proposal already" in page.text
        assert 'name="accept"' not in page.text
    assert draft.coauthors.count() == before
    assert Invitation.objects.get().state == "open"


def test_declining_needs_no_account(draft: Proposal, stranger: Client) -> None:
    page = stranger.post(link_of(invited(draft)), {"decline": "1"})
    assert "You declined" in page.text
    assert Invitation.objects.get().state == "declined"


def test_invitation_form_says_what_is_wrong(
    draft: Proposal, resident: User, client_of: Callable[[User], Client]
) -> None:
    url = reverse("proposals:coauthors", args=[draft.pk])
    for email, words in (("", "required"), ("nobody", "valid"), (resident.email, "own address")):
        assert words in client_of(resident).post(url, {"email": email}).text
