"""Two clicks at once: threads on PostgreSQL, processes on SQLite; red without the constraint.

The races run on committed data, so each test cleans up after itself (`transaction=True`).
"""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.actions import erase_account
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.ledger import empty_ledger
from voting.actions import VoteRefused, cast_support, close_round
from voting.models import Round, VoteEvent
from voting.pseudonyms import make_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from accounts.models import User
    from home.models import HomePage
    from proposals.models import Proposal

POSTGRESQL = connection.vendor == "postgresql"
only_postgresql = pytest.mark.skipif(not POSTGRESQL, reason="threads race on PostgreSQL")
only_sqlite = pytest.mark.skipif(POSTGRESQL, reason="processes race on SQLite")
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CLICKS = 8


def standing_votes() -> int:
    """The most standing votes that any one voter has in any one round."""
    sums = VoteEvent.objects.values("round", "voter").annotate(total=Sum("kind"))
    return max((row["total"] for row in sums), default=0)


def at_once(work: Callable[[], object]) -> list[object]:
    """Run the work in `CLICKS` threads that start together; exceptions are returned."""
    gate = threading.Barrier(CLICKS)

    def one() -> object:
        gate.wait()
        try:
            return work()
        except Exception as failure:  # noqa: BLE001 - the test looks at what came
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLICKS) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(CLICKS)]]


def supports_at_once(user: User, proposal: Proposal) -> list[object]:
    make_key(user)
    return at_once(lambda: cast_support(user=user, proposal_id=proposal.pk))


@only_postgresql
def test_cast_support_by_many_clicks_at_once_is_one_row(home: HomePage) -> None:
    user, proposal = UserFactory(), ProposalFactory()
    results = supports_at_once(user, proposal)
    assert not [result for result in results if isinstance(result, Exception)]
    assert VoteEvent.objects.count() == standing_votes() == 1
    proposal.figures.refresh_from_db()
    assert proposal.support_count == 1


@pytest.fixture
def without_unique_constraint() -> Iterator[None]:
    """The ledger with its promise taken away, to show that the promise is what keeps it."""
    constraint = next(c for c in VoteEvent._meta.constraints if c.name == "one_event_per_gen")
    with connection.schema_editor() as editor:
        editor.remove_constraint(VoteEvent, constraint)
    yield
    empty_ledger()
    with connection.schema_editor() as editor:
        editor.add_constraint(VoteEvent, constraint)


@only_postgresql
def test_cast_support_without_the_constraint_counts_double(
    home: HomePage, without_unique_constraint: None
) -> None:
    """Python alone lets two clicks through: the read and the write are two steps."""
    for _ in range(20):
        supports_at_once(UserFactory(), ProposalFactory())
        if standing_votes() > 1:
            return
    pytest.fail("without the constraint this race should have shown")


def waits_for_a_vote(user: User, proposal: Proposal, work: Callable[[], object]) -> bool:
    """Whether work begun beside a vote under way ends only after the vote; it has ended then."""
    done = threading.Event()

    def other() -> None:
        work()
        done.set()
        connections.close_all()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        cast_support(user=user, proposal_id=proposal.pk)
        thread.start()
        waited = not done.wait(0.5)
    thread.join()
    return waited


@only_postgresql
def test_close_round_waits_for_a_vote_and_refuses_the_next(home: HomePage) -> None:
    user, late, proposal = UserFactory(), UserFactory(), ProposalFactory()
    assert waits_for_a_vote(user, proposal, lambda: close_round(proposal=proposal))
    with pytest.raises(VoteRefused):
        cast_support(user=late, proposal_id=proposal.pk)
    assert VoteEvent.objects.count() == 1


@only_postgresql
def test_erasure_waits_for_a_vote_and_undoes_it(home: HomePage) -> None:
    user, proposal = UserFactory(), ProposalFactory()
    assert waits_for_a_vote(
        user, proposal, lambda: erase_account(account=user, by=user, keep_name=False)
    )
    assert VoteEvent.objects.tally() == 0
    with pytest.raises(Round.DoesNotExist):
        cast_support(user=user, proposal_id=proposal.pk)


@only_postgresql
def test_no_vote_lands_after_the_close(home: HomePage) -> None:
    """Votes and the close all at once: what was acknowledged is there, nothing came later."""
    proposal = ProposalFactory()
    people = iter([UserFactory() for _ in range(CLICKS)])
    lock = threading.Lock()

    def vote_or_close() -> object:
        with lock:
            user = next(people)
        if user.pk % 4 == 0:
            close_round(proposal=proposal)
            return VoteEvent.objects.count()
        return cast_support(user=user, proposal_id=proposal.pk)

    results = at_once(vote_or_close)
    counts_at_close = [result for result in results if isinstance(result, int)]
    failures = [r for r in results if isinstance(r, Exception) and type(r) is not VoteRefused]
    assert not failures
    assert {VoteEvent.objects.count()} == set(counts_at_close)


CHILD = """
import os, sys, time
os.environ["DATABASE_URL"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
import django
django.setup()
from accounts.models import User
from tests.ledger import empty_ledger
from voting.actions import VoteRefused, cast_support, close_round
from proposals.models import Proposal
user, proposal = User.objects.get(pk=sys.argv[2]), Proposal.objects.get(pk=sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
try:
    if sys.argv[4] == "close":
        close_round(proposal=proposal)
    else:
        cast_support(user=user, proposal_id=proposal.pk)
    print("done")
except VoteRefused:
    print("refused")
"""


def processes_at_once(url: str, jobs: list[tuple[int, int, str]]) -> list[str]:
    """Run one process for each (user, proposal, verb); all begin on one signal."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, url, str(user), str(proposal), verb],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for user, proposal, verb in jobs
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return [child.communicate()[0].strip() for child in children]


@pytest.fixture
def database_file(tmp_path: Path, home: HomePage) -> str:
    """This test's rows in a SQLite file that other processes can open."""
    path = tmp_path / "race.sqlite3"
    user, proposal = UserFactory(pk=7001), ProposalFactory(pk=7001)
    make_key(user)
    assert proposal.pk == 7001
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return f"sqlite:///{path}"


def rows(url: str, sql: str) -> list[tuple]:
    import sqlite3

    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        found = database.execute(sql).fetchall()
        database.commit()
        return found
    finally:
        database.close()


EVENTS = "SELECT count(*), coalesce(max(gen), 0) FROM voting_voteevent"


@only_sqlite
def test_cast_support_from_processes_at_once_is_one_row(database_file: str) -> None:
    answers = processes_at_once(database_file, [(7001, 7001, "cast")] * 4)
    assert answers == ["done"] * 4
    assert rows(database_file, EVENTS) == [(1, 1)]
    assert rows(database_file, "SELECT support_count FROM proposals_proposalfigures") == [(1,)]


@only_sqlite
def test_cast_support_while_the_round_closes_is_all_or_nothing(database_file: str) -> None:
    answers = processes_at_once(
        database_file, [(7001, 7001, "cast"), (7001, 7001, "close"), (7001, 7001, "cast")]
    )
    votes = rows(database_file, EVENTS)[0][0]
    assert set(answers) <= {"done", "refused"}
    assert votes == (1 if "done" in {answers[0], answers[2]} else 0)
    assert rows(database_file, "SELECT closed_at IS NOT NULL FROM voting_round") == [(1,)]


@only_sqlite
def test_vote_event_second_first_generation_needs_the_constraint(database_file: str) -> None:
    """SQLite's writers queue up, so the constraint is shown by a writer that read too early."""
    import sqlite3

    processes_at_once(database_file, [(7001, 7001, "cast")])
    copy = (
        "INSERT INTO voting_voteevent (uuid, round_id, voter, gen, kind, reason, level, channel,"
        " day, nonce, leaf) SELECT 'x', round_id, voter, gen, kind, reason, level, channel, day,"
        " nonce, leaf FROM voting_voteevent"
    )
    with pytest.raises(sqlite3.IntegrityError):
        rows(database_file, copy)
    schema = rows(database_file, "SELECT sql FROM sqlite_master WHERE name = 'voting_voteevent'")
    bare = schema[0][0].replace(
        'CONSTRAINT "one_event_per_gen" UNIQUE ("round_id", "voter", "gen")', "CHECK (1)"
    )
    assert bare != schema[0][0]
    rows(database_file, "ALTER TABLE voting_voteevent RENAME TO guarded")
    rows(database_file, bare)
    rows(database_file, "INSERT INTO voting_voteevent SELECT * FROM guarded")
    rows(database_file, copy)
    assert rows(database_file, EVENTS) == [(2, 1)]


def test_round_lock_reads_the_clock_inside(home: HomePage) -> None:
    """A round that ended while the person read the page takes no vote."""
    user, proposal = UserFactory(), ProposalFactory()
    Round.objects.filter(proposal=proposal).update(closes_at=timezone.now())
    with pytest.raises(VoteRefused):
        cast_support(user=user, proposal_id=proposal.pk)
    assert VoteEvent.objects.aggregate(n=Count("pk"))["n"] == 0
