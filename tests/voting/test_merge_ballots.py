"""A proposal is either being merged or an option of a ballot that is not closed, never both."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone, translation

from proposals.models import Merge, Proposal
from tests.factories.accounts import UserFactory
from tests.factories.merging import begin, only_source, propose
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory
from tests.voting.test_rounds_admin import ADD, errors_of, form, option, page
from voting.actions.preparing import copy_round, take_proposals
from voting.models import Option, Round

# Fixtures of the round's admin.
from tests.voting.test_rounds_admin import desk, keeper  # noqa: F401  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db

WORDS = "which is not over yet"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def merged(place: str, **fields: Any) -> Proposal:
    """One of a merge under way: where the others go, or one of these."""
    merge = begin(**fields)
    return merge.target if place == "target" else only_source(merge)


@pytest.mark.parametrize("place", ["target", "source"])
def test_form_of_a_round_refuses_what_is_being_merged(
    call: CallPage,
    desk: Client,  # noqa: F811
    place: str,
) -> None:
    proposal = merged(place)
    filled = form(option(0, proposal=proposal.pk), option(1))
    answer = desk.post(ADD, filled)
    assert WORDS in str(errors_of(answer)["proposal"])
    assert f'value="{proposal.pk}"' in answer.text  # what was typed is there
    assert not Option.objects.exists()
    Merge.objects.update(state="cancelled", ended_at=timezone.now())
    Merge.objects.get().parts.update(is_active=False)
    assert desk.post(ADD, filled).status_code == 302
    assert Option.objects.filter(proposal=proposal).exists()


def test_form_of_a_round_refuses_a_merge_proposed_after_its_first_look(
    call: CallPage,
    desk: Client,  # noqa: F811
) -> None:
    proposal, begun = ProposalFactory(), []

    def merge_after(execute: Any, sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if not begun and 'FROM "proposals_mergepart"' in sql:
            begun.append(True)
            propose(sources=[proposal])
        return found

    with connection.execute_wrapper(merge_after):
        answer = desk.post(ADD, form(option(0, proposal=proposal.pk), option(1)))
    assert WORDS in answer.text
    assert not Round.objects.ballots().exists()


def test_taking_from_the_call_leaves_out_what_is_being_merged(
    call: CallPage,
    desk: Client,  # noqa: F811
    keeper: User,  # noqa: F811
) -> None:
    proposal, free = (ProposalFactory(status="shortlisted") for _ in range(2))
    propose(sources=[proposal])
    ballot = BallotFactory(call=call)
    had = ballot.options.count()
    url = page("take", ballot)
    shown = desk.get(url).text
    assert WORDS in shown
    assert f'name="proposal" value="{proposal.pk}"' not in shown
    assert f'name="proposal" value="{free.pk}"' in shown
    answer = desk.post(url, {"proposal": [proposal.pk, free.pk]}, follow=True)
    assert WORDS in answer.text
    with pytest.raises(ValidationError, match=WORDS):
        take_proposals(user=keeper, round_=ballot, proposals=[proposal])
    assert ballot.options.count() == had
    desk.post(url, {"proposal": [free.pk]})
    assert ballot.options.count() == had + 1


def test_copy_of_a_round_with_what_is_being_merged_is_refused(
    call: CallPage,
    desk: Client,  # noqa: F811
    keeper: User,  # noqa: F811
) -> None:
    proposal, ballot = ProposalFactory(), BallotFactory()
    ballot.options.filter(number=1).update(proposal=proposal)
    Round.objects.filter(pk=ballot.pk).update(closed_at=timezone.now())
    propose(sources=[proposal])  # the ballot is closed, so that is no hindrance
    assert WORDS in desk.post(page("copy", ballot), follow=True).text
    with pytest.raises(ValidationError, match=WORDS):
        copy_round(user=keeper, round_=ballot)
    assert Round.objects.ballots().count() == 1


@pytest.mark.parametrize("place", ["target", "source"])
@pytest.mark.parametrize("when", ["prepared", "open"])
def test_merge_of_an_option_of_a_ballot_is_refused(call: CallPage, place: str, when: str) -> None:
    days = {"prepared": (5, 9), "open": (-1, 9)}[when]
    start = timezone.now()
    ballot = BallotFactory(
        opens_at=start + timedelta(days=days[0]),
        closes_at=start + timedelta(days=days[1]),
    )
    proposal = ProposalFactory()
    ballot.options.filter(number=1).update(proposal=proposal)
    of = {"target": proposal} if place == "target" else {"sources": [proposal]}
    with pytest.raises(ValidationError, match="option of the ballot"):
        propose(**of, user=UserFactory(is_superuser=True))
    assert not Merge.objects.exists()
