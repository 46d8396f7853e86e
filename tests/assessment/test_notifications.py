"""Mail about a protocol: to all who wrote, one each, in their language, after the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from assessment.actions.rounds import place_by_hand, publish_protocol
from assessment.permissions import AssessmentRefused
from proposals.models import CoAuthor, Proposal
from tests.factories.accounts import UserFactory
from tests.factories.assessment import make_ended_round, secretary

if TYPE_CHECKING:
    from assessment.models import AssessmentRound

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended() -> AssessmentRound:
    """Two proposals of one author, who also joined somebody else's; that one has an author too."""
    round_ = make_ended_round(proposals=3)
    first, second, third = (row.proposal for row in round_.assessed.select_related("proposal"))
    Proposal.objects.filter(pk=second.pk).update(author=first.author)
    CoAuthor.objects.create(
        proposal=third, person=first.author, name="Соавтор", joined_at=timezone.now()
    )
    return round_


def mails_of(round_: AssessmentRound, mailoutbox: list[Any], capture: Any) -> dict[str, Any]:
    mailoutbox.clear()
    with capture(execute=True):
        publish_protocol(user=secretary(), round_=round_)
    told = {mail.to[0]: mail for mail in mailoutbox}
    assert len(told) == len(mailoutbox)
    return told


def test_publish_tells_each_writer_once(
    ended: AssessmentRound, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    first, second, third = (row.proposal for row in ended.assessed.select_related("proposal"))
    third.author.language = "en"
    third.author.save()
    last = ended.assessed.last()
    place_by_hand(user=secretary(), assessed=last, place=1, reason="Паводок в мае")
    told = mails_of(ended, mailoutbox, django_capture_on_commit_callbacks)
    assert set(told) == {first.author.email, third.author.email}
    of_first, of_third = told[first.author.email], told[third.author.email]
    assert all(one.title in of_first.body for one in (first, second, third))
    assert "8,00 из 10, место 2 из 3" in of_first.body
    assert f"/ru/assessments/{ended.pk}/" in of_first.body
    assert third.title in of_third.subject
    assert "place 1 of 3" in of_third.body
    assert "Decided by hand: Паводок в мае" in of_third.body
    assert first.title not in of_third.body
    assert f"/en/assessments/{ended.pk}/" in of_third.body


def test_publish_tells_nobody_who_left(
    ended: AssessmentRound, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    first, _second, third = (row.proposal for row in ended.assessed.select_related("proposal"))
    third.author.is_active = False
    third.author.save()
    Proposal.objects.filter(pk=first.pk).update(status="withdrawn")
    told = mails_of(ended, mailoutbox, django_capture_on_commit_callbacks)
    assert set(told) == {first.author.email}
    assert first.title not in told[first.author.email].body


def test_publish_again_tells_nobody(
    ended: AssessmentRound, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    mails_of(ended, mailoutbox, django_capture_on_commit_callbacks)
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(AssessmentRefused):
        publish_protocol(user=secretary(), round_=ended)
    assert not mailoutbox


def test_publish_for_a_proposal_without_an_author(
    mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    round_ = make_ended_round(proposals=1)
    Proposal.objects.update(author=None)
    assert UserFactory().email not in mails_of(
        round_, mailoutbox, django_capture_on_commit_callbacks
    )
    assert not mailoutbox
