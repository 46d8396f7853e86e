"""The sealer killed at each of its steps, votes that commit late, the server gone in between."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from tests.factories.voting import BallotFactory, make_events
from tests.voting.test_sealing import assert_heads_are_sound
from voting import sealing
from voting.models import Round, VoteEvent, VoteLeaf

if TYPE_CHECKING:
    from home.models import HomePage

POSTGRESQL = connection.vendor == "postgresql"
only_postgresql = pytest.mark.skipif(not POSTGRESQL, reason="SQLite has one writer at a time")
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

STEPS = ["committed", "closed", "taken", "head", "leaves", "blocks", "sealed", "committed"]
STEPS += ["published", "written"]
# One process loads Django; each step is a fork of it that opens a connection of its own.
CRASHES = """
import os, signal, sys, time, traceback
from pathlib import Path
os.environ |= {"DATABASE_URL": sys.argv[1], "DJANGO_SETTINGS_MODULE": "cms.settings.test"}
import django
from django.conf import settings
django.setup()
settings.SEAL_FILE = Path(sys.argv[2])
from tests.factories.voting import make_events
from tests.voting.test_sealing import assert_heads_are_sound
from voting import heads, sealing
from voting.models import Round

def run(work):
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)

def die_at(step):
    kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    if step == "written":
        heads.Path.replace = kill  # between the file's last byte and its name
    sealing.reached = lambda here: here == step and kill()
    sealing.seal_votes()

def finish():
    # PostgreSQL lets go of a dead sealer's lock when it notices that nobody is there.
    for _ in range(50):
        if not sealing.seal_votes().busy:
            return assert_heads_are_sound()
        time.sleep(0.1)
    raise AssertionError("the lock is still held")

for step in sys.argv[3:]:
    codes = [run(lambda: make_events(Round.objects.get(), 300)), run(lambda: die_at(step))]
    print(step, *codes, run(finish), flush=True)
"""


def url_of_test_database(tmp_path: Path) -> str:
    """This test's committed rows, where another process finds them."""
    if not POSTGRESQL:
        path = tmp_path / "crash.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        return f"sqlite:///{path}"
    found = connection.settings_dict
    password = f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else ""
    port = f":{found['PORT']}" if found["PORT"] else ""
    where = f"{quote(found['HOST'], safe='')}{port}/{found['NAME']}"
    return f"postgres://{found['USER']}{password}@{where}"


def test_sealer_killed_at_any_step_loses_and_doubles_nothing(
    home: HomePage, tmp_path: Path
) -> None:
    BallotFactory()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            CRASHES,
            url_of_test_database(tmp_path),
            str(tmp_path / "head"),
            *STEPS,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )
    assert done.stdout.splitlines() == [f"{step} 0 -9 0" for step in STEPS], done.stderr


def by_last_number() -> list[VoteEvent]:
    """What a sealer would take that goes on after the last number it has sealed."""
    last = VoteLeaf.objects.order_by("-event_id").values_list("event_id", flat=True).first()
    return list(VoteEvent.objects.filter(pk__gt=last or 0))


@only_postgresql
def test_vote_that_commits_late_comes_into_the_next_batch(home: HomePage) -> None:
    ballot = BallotFactory()
    written, go_on = threading.Event(), threading.Event()

    def slow_voter() -> None:
        with transaction.atomic():
            make_events(ballot, 1)
            written.set()
            go_on.wait(20)
        connections.close_all()

    slow = threading.Thread(target=slow_voter)
    slow.start()
    written.wait(20)
    make_events(ballot, 1)
    assert sealing.seal_votes().sealed == 1
    go_on.set()
    slow.join()
    assert VoteEvent.objects.count() == 2
    assert by_last_number() == [], "a sealer by the last number would lose it"
    assert sealing.seal_votes().sealed == 1
    assert_heads_are_sound()


@only_postgresql
def test_second_sealer_at_once_does_nothing(home: HomePage) -> None:
    make_events(BallotFactory(), 3)
    locked, go_on = threading.Event(), threading.Event()

    def first_sealer() -> None:
        with transaction.atomic():
            assert sealing._lock()
            locked.set()
            go_on.wait(20)
        connections.close_all()

    first = threading.Thread(target=first_sealer)
    first.start()
    locked.wait(20)
    assert sealing.seal_votes().busy
    go_on.set()
    first.join()
    assert sealing.seal_votes().sealed == 3


@only_postgresql
def test_close_that_waits_for_a_vote_gets_a_seal_that_holds_it(home: HomePage) -> None:
    """A seal made while the close waits must not pass for the closing one."""
    ballot = BallotFactory()
    written, go_on = threading.Event(), threading.Event()

    def slow_voter() -> None:
        with transaction.atomic():
            Round.objects.select_for_update(of=["self"]).get(pk=ballot.pk)
            make_events(ballot, 1)
            written.set()
            go_on.wait(20)
        connections.close_all()

    def closer() -> None:
        Round.objects.filter(pk=ballot.pk).update(closed_at=timezone.now())
        connections.close_all()

    threads = [threading.Thread(target=slow_voter), threading.Thread(target=closer)]
    sealing.seal_votes()
    threads[0].start()
    written.wait(20)
    threads[1].start()
    make_events(BallotFactory(), 1)
    assert sealing.seal_votes().sealed == 1
    go_on.set()
    for thread in threads:
        thread.join()
    sealing.seal_votes()
    ballot.refresh_from_db()
    assert ballot.closing_seal is not None
    assert VoteEvent.objects.get(round=ballot).place.seq < ballot.closing_seal.size


@only_postgresql
def test_server_gone_while_sealing_leaves_nothing_half_done(
    home: HomePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_events(BallotFactory(), 300)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()

    def end_backend() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
        connections.close_all()

    def at(step: str) -> None:
        if step == "blocks":
            thread = threading.Thread(target=end_backend)
            thread.start()
            thread.join()

    monkeypatch.setattr(sealing, "reached", at)
    with pytest.raises(OperationalError):
        sealing.seal_votes()
    connection.close()
    monkeypatch.undo()
    assert VoteLeaf.objects.count() == 0
    assert sealing.seal_votes().sealed == 300
    assert_heads_are_sound()
