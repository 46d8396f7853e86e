"""Race storms through real HTTP: whatever arrives at once, one voter has at most one vote.

Gunicorn serves with two workers of eight threads; on PostgreSQL and on SQLite alike.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.db.models import Count, Max, Sum

from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.storm.clients import Person, at_once
from tests.storm.site import reading, served, shared_database
from voting.models import VoteEvent
from voting.pseudonyms import make_key

if TYPE_CHECKING:
    from pathlib import Path

    from home.models import HomePage
    from proposals.models import Proposal
    from tests.storm.site import Site

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CLICKS = 200
ROUNDS = int(os.environ.get("STORM_ROUNDS", "20"))


async def storm(site: Site, person: Person, path: str, *, mixed: bool) -> None:
    """So many clicks of one person on one button; mixed ones give and take back in turn."""
    await at_once(
        person.post(site, path, **({} if mixed and click % 2 else {"stands": "1"}))
        for click in range(CLICKS)
    )


def standing() -> list[dict[str, int]]:
    """Per round and voter: rows, the newest generation, what they add up to."""
    rows = VoteEvent.objects.values("round__proposal", "voter").order_by()
    return list(rows.annotate(rows=Count("pk"), newest=Max("gen"), total=Sum("kind")))


def path_of(proposal: Proposal) -> str:
    return f"/ru/proposals/{proposal.pk}/support/"


def test_storm_of_one_person_leaves_one_standing_vote(home: HomePage, tmp_path: Path) -> None:
    user = UserFactory()
    make_key(user)
    proposals = [ProposalFactory(author=user) for _ in range(ROUNDS)]
    person = Person.signed_in(user)
    mixed = {proposal.pk for proposal in proposals[1::2]}
    url = shared_database(tmp_path)
    with served(url) as site:
        for proposal in proposals:
            asyncio.run(storm(site, person, path_of(proposal), mixed=proposal.pk in mixed))
    statuses = Counter(answer.status for answer in person.answers)
    with reading(url):
        found = standing()
    assert statuses == {200: CLICKS * ROUNDS}
    assert len(found) == ROUNDS
    for row in found:
        assert row["rows"] == row["newest"]
        assert row["total"] == row["newest"] % 2
        if row["round__proposal"] not in mixed:
            assert row["rows"] == 1
