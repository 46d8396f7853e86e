"""Commitments and observations moved by many at one moment: threads on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from government.actions.commitments import CommitmentMoved, move_commitment
from government.actions.observations import (
    ObservationDecided,
    accept_observation,
    refuse_observation,
    send_observation,
)
from government.actions.reminding import remind_of_commitment
from government.models import Commitment, CommitmentChange, CommitmentReminder, Observation
from proposals.models import StatusChange
from tests.factories.accounts import UserFactory
from tests.factories.government import SEEN, boss, make_commitment
from tests.factories.proposals import make_call
from tests.voting.test_races import at_once

if TYPE_CHECKING:
    from home.models import HomePage

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads race on PostgreSQL"),
]


def unexpected(results: list[object], *allowed: type[Exception]) -> list[object]:
    return [row for row in results if isinstance(row, Exception) and not isinstance(row, allowed)]


@pytest.fixture
def commitment(home: HomePage) -> Commitment:
    make_call()
    return make_commitment()


def test_one_commitment_begins_once(commitment: Commitment) -> None:
    by = boss()

    def begin() -> object:
        fresh = Commitment.objects.select_related("proposal").get(pk=commitment.pk)
        return move_commitment(user=by, commitment=fresh, verb="begin", evidence=SEEN)

    assert not unexpected(at_once(begin), CommitmentMoved)
    assert CommitmentChange.objects.filter(verb="begin").count() == 1


def test_many_commitments_that_begin_start_the_proposal_once(commitment: Commitment) -> None:
    by = boss()
    rows = [make_commitment(answer=commitment.answer, what=f"Дело {n}") for n in range(8)]
    mine = iter(rows)
    results = at_once(
        lambda: move_commitment(user=by, commitment=next(mine), verb="begin", evidence=SEEN)
    )
    assert not unexpected(results)
    assert CommitmentChange.objects.filter(verb="begin").count() == 8
    assert StatusChange.objects.filter(verb="start").count() == 1


def test_many_clicks_send_one_observation_and_decide_it_once(commitment: Commitment) -> None:
    by, person = boss(), UserFactory()
    move_commitment(user=by, commitment=commitment, verb="begin", evidence=SEEN)
    sent = at_once(
        lambda: send_observation(user=person, commitment=commitment, verdict="built", text="Стоит.")
    )
    assert not unexpected(sent, ValidationError)
    waiting = Observation.objects.get()
    ways = iter(range(8))

    def decide() -> object:
        fresh = Observation.objects.select_related("commitment__proposal").get(pk=waiting.pk)
        if next(ways) % 2:
            return accept_observation(user=by, observation=fresh)
        return refuse_observation(user=by, observation=fresh, reason="Нет.")

    assert not unexpected(at_once(decide), ObservationDecided)
    assert Observation.objects.get().state in {"accepted", "refused"}


def test_two_runs_at_once_remind_once(commitment: Commitment) -> None:
    Commitment.objects.filter(pk=commitment.pk).update(due_on=commitment.made_at.date())

    def remind() -> object:
        fresh = Commitment.objects.select_related("body", "proposal").get(pk=commitment.pk)
        return remind_of_commitment(commitment=fresh)

    results = at_once(remind)
    assert not unexpected(results)
    assert sum(result is True for result in results) == 1
    assert CommitmentReminder.objects.count() == 1
