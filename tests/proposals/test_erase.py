"""What becomes of a person's proposals when their account is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from wagtail import hooks
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from accounts.actions import erase_account
from accounts.personal_data import personal_data
from proposals.actions import move_proposal
from proposals.models import Proposal, ProposalDocument
from tests.factories.proposals import ProposalFactory
from voting.actions import cast_support

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import CallPage

UNREAD = ("draft", "submitted", "returned", "rejected")
PUBLISHED = ("supporting", "shortlisted", "promoted", "done", "archived")


def make(call: CallPage, author: User, status: str, **fields: Any) -> Proposal:
    if status in UNREAD:
        fields["published_at"] = None
    return ProposalFactory(call=call, author=author, status=status, **fields)


def attach(proposal: Proposal) -> ProposalDocument:
    document = ProposalDocument(proposal=proposal, name="план.pdf", size_bytes=4)
    document.file.save("plan.pdf", ContentFile(b"plan"), save=False)
    document.save()
    return document


def is_stored(document: ProposalDocument) -> bool:
    return document.file.storage.exists(document.file.name)


@pytest.mark.parametrize("status", UNREAD)
def test_what_nobody_read_goes_with_its_files(
    call: CallPage,
    resident: User,
    status: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    proposal = make(call, resident, status)
    document = attach(proposal)
    log(instance=proposal, action="proposals.submit", user=resident)
    with django_capture_on_commit_callbacks(execute=True):
        erase_account(account=resident, by=resident, keep_name=True)
    assert not Proposal.objects.exists()
    assert not is_stored(document)
    labels = ModelLogEntry.objects.values_list("label", flat=True)
    assert not any(proposal.title in label for label in labels)


@pytest.mark.parametrize("status", PUBLISHED)
@pytest.mark.parametrize(("keep_name", "shown"), [(True, "Анна"), (False, "a resident")])
def test_published_stays_under_the_name_chosen(
    call: CallPage, resident: User, status: str, keep_name: bool, shown: str
) -> None:
    proposal = make(call, resident, status, author_name="Анна", language="en")
    document = attach(proposal)
    erase_account(account=resident, by=resident, keep_name=keep_name)
    kept = Proposal.objects.get(pk=proposal.pk)
    assert (kept.author, kept.author_name, kept.title) == (None, shown, proposal.title)
    assert is_stored(document)


def test_others_keep_their_names(call: CallPage, resident: User, neighbour: User) -> None:
    other = make(call, neighbour, "supporting")
    erase_account(account=resident, by=resident, keep_name=False)
    other.refresh_from_db()
    assert (other.author, other.author_name) == (neighbour, "Борис")


def test_of_a_withdrawn_proposal_only_the_frame_of_its_votes_stays(
    call: CallPage,
    resident: User,
    neighbour: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    proposal = make(call, resident, "supporting")
    document = attach(proposal)
    cast_support(user=neighbour, proposal_id=proposal.pk)
    move_proposal(user=resident, proposal=proposal, verb="withdraw")
    with django_capture_on_commit_callbacks(execute=True):
        erase_account(account=resident, by=resident, keep_name=True)
    kept = Proposal.objects.get(pk=proposal.pk)
    assert (kept.title, kept.problem, kept.author_name, kept.author) == ("", "", "", None)
    assert not is_stored(document)
    labels = ModelLogEntry.objects.values_list("label", flat=True)
    assert not any(proposal.title in label for label in labels)


def test_failure_in_the_middle_leaves_proposals_and_files(
    call: CallPage,
    resident: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    draft, published = make(call, resident, "draft"), make(call, resident, "supporting")
    document = attach(draft)

    def fail(account: User, keep_name: bool) -> None:
        raise RuntimeError

    with (
        hooks.register_temporarily("before_erase_account", fail, order=1000),
        pytest.raises(RuntimeError),
        django_capture_on_commit_callbacks(execute=True),
    ):
        erase_account(account=resident, by=resident, keep_name=False)
    assert Proposal.objects.filter(author=resident).count() == 2
    published.refresh_from_db()
    assert published.author_name == "Анна"
    assert is_stored(document)


def test_personal_data_lists_own_proposals(call: CallPage, resident: User, neighbour: User) -> None:
    draft, published = make(call, resident, "draft"), make(call, resident, "supporting")
    published.tags.add("вода")
    attach(published)
    make(call, neighbour, "supporting")
    first, second = personal_data(resident)["proposals"]
    assert (first["number"], second["number"]) == (draft.pk, published.pk)
    assert (second["title"], second["tags"]) == (published.title, ["вода"])
    assert second["documents"] == ["план.pdf"]
