"""Processes killed under load: what was acknowledged is there once, what was not may be retried."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.storm.clients import Person
from tests.storm.cluster import durable_copy
from tests.storm.site import reading, served, shared_database
from tests.voting.test_races import only_postgresql
from voting.models import VoteEvent
from voting.pseudonyms import keys_of, make_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from accounts.models import User
    from home.models import HomePage
    from tests.storm.site import Site

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PEOPLE, PROPOSALS = 12, 150
WORKER_KILLS = int(os.environ.get("WORKER_KILLS", "10"))
DATABASE_KILLS = int(os.environ.get("DATABASE_KILLS", "2"))
PATIENCE = 60  # seconds after which a vote that still gets no answer fails the test
dice = random.Random(2017)  # noqa: S311 - which worker dies, not a secret


async def vote_until_told(site: Site, person: Person, proposal: int) -> bool:
    """Press the button until an answer comes, as people do; whether it ever took a second press."""
    deadline = time.monotonic() + PATIENCE
    tries = 0
    while time.monotonic() < deadline:
        tries += 1
        answer = await person.post(site, f"/ru/proposals/{proposal}/support/", stands="1")
        if answer.status == 200:
            return tries > 1
        await asyncio.sleep(0.1)
    raise AssertionError(f"no answer within {PATIENCE} s; the last was {answer.status}")


async def vote_while(
    site: Site, people: dict[int, Person], proposals: list[int], kill: Callable[[], Awaitable[None]]
) -> tuple[set[tuple[int, int]], int]:
    """All people vote on one proposal after the other until the killing is over.

    Returns who was told that their vote on what is in, and how many had to press again.
    """
    acknowledged: set[tuple[int, int]] = set()
    again = 0
    killing = asyncio.ensure_future(kill())

    async def go_on(pk: int, person: Person) -> None:
        nonlocal again
        for proposal in proposals:
            if killing.done():
                return
            again += await vote_until_told(site, person, proposal)
            acknowledged.add((pk, proposal))

    await asyncio.gather(*(go_on(pk, person) for pk, person in people.items()))
    await killing
    return acknowledged, again


def voters() -> tuple[list[User], dict[int, Person], list[int]]:
    """People with keys and sessions, and the proposals they will support."""
    users = [UserFactory() for _ in range(PEOPLE)]
    for user in users:
        make_key(user)
    proposals = [ProposalFactory(author=users[0]).pk for _ in range(PROPOSALS)]
    return users, {user.pk: Person.signed_in(user) for user in users}, proposals


def assert_each_counts_once(users: list[User], acknowledged: set[tuple[int, int]]) -> None:
    """Every vote told to be in has one row; a vote nobody was told of has one or none."""
    rows = list(VoteEvent.objects.select_related("round"))
    keys = {user.pk: keys_of(user) for user in users}
    found = [
        (pk, row.round.proposal_id)
        for row in rows
        for pk in keys
        if keys[pk].pseudonym_in(row.round) == bytes(row.voter)
    ]
    assert len(found) == len(set(found)) == len(rows)
    assert acknowledged <= set(found)
    assert {row.gen for row in rows} == {1}


async def kill_workers(site: Site) -> None:
    """Kill -9 one worker a second; gunicorn starts another."""
    for _ in range(WORKER_KILLS):
        await asyncio.sleep(1)
        with suppress(ProcessLookupError, IndexError):
            os.kill(dice.choice(site.workers), signal.SIGKILL)


def test_votes_survive_workers_killed_each_second(home: HomePage, tmp_path: Path) -> None:
    users, people, proposals = voters()
    url = shared_database(tmp_path)
    with served(url) as site:
        acknowledged, again = asyncio.run(
            vote_while(site, people, proposals, lambda: kill_workers(site))
        )
    with reading(url):
        assert_each_counts_once(users, acknowledged)
    assert again, "nobody was ever cut off, so the kills proved nothing"


@only_postgresql
def test_votes_survive_a_killed_database(home: HomePage) -> None:
    users, people, proposals = voters()
    with durable_copy() as cluster, served(cluster.url) as site:

        async def kill_database() -> None:
            for _ in range(DATABASE_KILLS):
                await asyncio.sleep(3)
                await asyncio.to_thread(cluster.kill_and_start)
            await asyncio.sleep(2)

        acknowledged, again = asyncio.run(vote_while(site, people, proposals, kill_database))
        with reading(cluster.url):
            assert_each_counts_once(users, acknowledged)
    assert again, "nobody was ever cut off, so the kills proved nothing"
