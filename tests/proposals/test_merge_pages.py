"""Pages about merges: the author's link, and what staff propose, see and do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from accounts.personal_data import personal_data
from proposals.actions.merging import answer_as_author, cancel_merge
from proposals.keys import hash_of
from proposals.models import Merge, MergePart, Proposal
from tests.factories.accounts import UserFactory
from tests.factories.merging import begin, only_source, propose
from tests.factories.proposals import ProposalFactory, make_call
from tests.factories.voting import BallotFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
KEY = "k" * 43


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def asked(call: CallPage, resident: User) -> MergePart:
    """The resident's part in a merge, to which `KEY` leads."""
    merge = propose(sources=[ProposalFactory(author=resident)])
    merge.parts.filter(is_target=False).update(key_hash=hash_of(KEY))
    return merge.parts.get(is_target=False)


def consent_url(key: str = KEY) -> str:
    return reverse("proposals:merge_consent", args=[key])


# The author's link -------------------------------------------------------------------------------


def test_author_answers_by_the_link_alone(asked: MergePart, stranger: Client) -> None:
    page = stranger.get(consent_url())
    assert page.status_code == 200
    assert asked.proposal.title in page.text
    assert page["Referrer-Policy"] == "same-origin"  # so that its form is let in
    assert MergePart.objects.get(pk=asked.pk).answer == ""  # opening it answered nothing
    assert "Choose one of the two" in stranger.post(consent_url(), {}).text
    stranger.post(consent_url(), {"agrees": "no"})
    assert MergePart.objects.get(pk=asked.pk).answer == "no"


def test_author_changes_the_answer_while_others_are_asked(
    asked: MergePart, stranger: Client
) -> None:
    stranger.post(consent_url(), {"agrees": "yes"})
    page = stranger.get(consent_url())
    assert "Your answer so far" in page.text
    assert "checked" in page.text
    answer_as_author(part=asked.merge.parts.get(is_target=True), agrees=True)
    late = stranger.post(consent_url(), {"agrees": "no"})
    assert (late.status_code, "supporters choose now" in late.text) == (409, True)
    assert Merge.objects.get().state == Merge.State.OPEN


def test_link_of_an_author_opened_by_somebody_else_is_refused(
    asked: MergePart, neighbour: User, client_of: Callable[[User], Client]
) -> None:
    page = client_of(neighbour).post(consent_url(), {"agrees": "yes"})
    assert (page.status_code, "sent to somebody else" in page.text) == (403, True)
    assert MergePart.objects.get(pk=asked.pk).answer == ""


@pytest.mark.parametrize("key", ["x", "m" * 43, "ж" * 43])
def test_link_of_an_author_that_was_altered_opens_nothing(
    asked: MergePart, stranger: Client, key: str
) -> None:
    page = stranger.post(consent_url(key), {"agrees": "yes"})
    assert (page.status_code, "opens nothing" in page.text) == (404, True)


def test_link_of_an_author_after_the_time_says_so(asked: MergePart, stranger: Client) -> None:
    with time_machine.travel(asked.merge.due_at + timedelta(minutes=1)):
        page = stranger.get(consent_url())
        assert (page.status_code, "time to answer is over" in page.text) == (410, True)
        assert stranger.post(consent_url(), {"agrees": "yes"}).status_code == 409


def test_link_of_an_author_after_it_was_called_off_says_so(
    asked: MergePart, moderator: User, stranger: Client
) -> None:
    cancel_merge(user=moderator, merge=asked.merge, reason="О разном.")
    assert "called off" in stranger.get(consent_url()).text


def test_personal_data_has_what_an_author_answered(asked: MergePart, resident: User) -> None:
    (answer,) = personal_data(resident)["coauthored"]["answers_to_merges"]
    assert answer == {"merge": asked.merge_id, "proposal": asked.proposal_id, "answer": ""}


# Staff -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("indexed")
def test_moderator_proposes_a_merge_from_the_decision_page(
    call: CallPage, moderator: User, staff_of: Callable[[User], Client]
) -> None:
    target, alike, other = (ProposalFactory() for _ in range(3))
    staff, url = staff_of(moderator), reverse("merges_admin:propose", args=[target.pk])
    assert url in staff.get(reverse("proposals_admin:inspect", args=[target.pk])).text
    assert alike.title in staff.get(url).text  # similar ones are offered
    words = {"reason": "Об одном.", "days": 14, "sources": [alike.pk], "others": f"№{other.pk}"}
    response = staff.post(url, words)
    merge = Merge.objects.get()
    assert response["Location"] == reverse("merges_admin:merge", args=[merge.pk])
    assert set(merge.sources) == {alike, other}
    page = staff.get(response["Location"])
    assert "Not answered" in page.text
    assert merge.target.title in staff.get(reverse("merges_admin:index")).text


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ("семь", "is no number"),
        ("987654321", "no public proposal"),
        ("", "one to ten"),
        ("9" * 30, "is no number"),
        ("{ballot}", "option of the ballot"),
        ("{elsewhere}", "another call"),
        ("{busy}", "another merge"),
    ],
)
def test_proposing_what_cannot_be_merged_says_why(
    call: CallPage, moderator: User, staff_of: Callable[[User], Client], others: str, words: str
) -> None:
    chosen, ballot = ProposalFactory(), BallotFactory()
    ballot.options.filter(number=1).update(proposal=chosen)
    numbers = {
        "ballot": chosen.pk,
        "elsewhere": ProposalFactory(call=make_call()).pk,
        "busy": only_source(propose()).pk,
    }
    url = reverse("merges_admin:propose", args=[ProposalFactory().pk])
    fields = {"reason": "Об одном.", "days": 14, "others": others.format(**numbers)}
    page = staff_of(moderator).post(url, fields)
    assert words in page.text
    assert "Об одном." in page.text  # what was typed stays
    assert Merge.objects.count() == 1


def test_staff_give_more_time_call_off_and_finish(
    call: CallPage, moderator: User, staff_of: Callable[[User], Client]
) -> None:
    staff, merge = staff_of(moderator), begin(days=3)
    url = reverse("merges_admin:merge", args=[merge.pk])
    earlier = timezone.localtime(merge.due_at - timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    refused = staff.post(url, {"stage": "prolong", "due_at": earlier})
    assert (refused.status_code, "later one" in refused.text) == (422, True)
    later = timezone.localtime(merge.due_at + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    assert staff.post(url, {"stage": "prolong", "due_at": later}).status_code == 302
    assert staff.post(url, {"stage": "cancel", "reason": ""}).status_code == 422
    early = staff.post(url, {"stage": "finish"}, follow=True)
    assert "Nothing was changed" in early.text
    Merge.objects.update(due_at=timezone.now())
    assert "Merge now" in staff.get(url).text
    assert "are merged" in staff.post(url, {"stage": "finish"}, follow=True).text
    assert Proposal.objects.get(pk=only_source(merge).pk).status == Proposal.Status.MERGED
    late = staff.post(url, {"stage": "cancel", "reason": "Передумали."}, follow=True)
    assert "Nothing was changed" in late.text


def test_finishing_an_option_of_an_open_ballot_says_why(
    call: CallPage, moderator: User, staff_of: Callable[[User], Client]
) -> None:
    merge, ballot = begin(), BallotFactory()
    ballot.options.filter(number=1).update(proposal=only_source(merge))
    Merge.objects.update(due_at=timezone.now())
    page = staff_of(moderator).post(
        reverse("merges_admin:merge", args=[merge.pk]), {"stage": "finish"}
    )
    assert (page.status_code, "option of the ballot" in page.text) == (409, True)


def test_staff_who_wrote_one_of_them_are_sent_to_a_colleague(
    call: CallPage, moderator: User, staff_of: Callable[[User], Client]
) -> None:
    own = ProposalFactory(author=moderator)
    merge = begin(target=own)
    staff, url = staff_of(moderator), reverse("merges_admin:merge", args=[merge.pk])
    assert "a colleague looks after" in staff.get(url).text
    assert staff.post(url, {"stage": "cancel", "reason": "Моё."}).status_code == 302
    assert Merge.objects.get().state == Merge.State.OPEN
    assert "a colleague decides" in staff.get(reverse("merges_admin:propose", args=[own.pk])).text


def test_list_of_merges_takes_the_same_queries_for_one_and_three(
    call: CallPage, staff_of: Callable[[User], Client], django_assert_num_queries: Callable
) -> None:
    staff, index = staff_of(UserFactory(is_superuser=True)), reverse("merges_admin:index")
    propose()
    staff.get(index)
    for more in (0, 2):
        for _ in range(more):
            propose()
        with django_assert_num_queries(10):
            staff.get(index)
