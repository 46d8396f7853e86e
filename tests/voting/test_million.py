"""A million votes: every way to count them comes to the same, and how long each takes.

Times are printed beside their goals and not asserted: machines differ, sums do not.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from tqdm import tqdm

from proposals.models import ProposalFigures
from tests.dumps import dump_to, fault
from tests.factories.voting import cast_in_bulk
from voting.models import VoteEvent
from voting.receipts import Receipt
from voting.recounts import recount
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from proposals.models import Proposal

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

VOTES = 1_000_000
AT_ONCE = 10_000


@contextmanager
def timed(what: str, goal: str = "") -> Iterator[None]:
    start = time.perf_counter()
    yield
    took = time.perf_counter() - start
    sys.stderr.write(f"{connection.vendor}, {VOTES:,} votes: {what} {took:.2f} s{goal}\n")


@pytest.fixture
def million(proposal: Proposal) -> Proposal:
    """A proposal with a million sealed supports of as many people."""
    with timed("cast in bulk"), tqdm(total=VOTES, unit=" votes") as bar:
        for _ in range(VOTES // AT_ONCE):
            bar.update(len(cast_in_bulk(proposal.round, [None] * AT_ONCE)))
    ProposalFigures.objects.filter(proposal=proposal).update(support_count=VOTES)
    with timed("sealed"):
        assert seal_votes().sealed == VOTES
    return proposal


def test_million_votes_come_to_the_same_however_they_are_counted(
    million: Proposal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        count_all_ways(million, tmp_path)


def count_all_ways(million: Proposal, tmp_path: Path) -> None:
    round_ = million.round
    with timed("recount SQL", " (goal 2)"):
        assert round_.events.tally() == VOTES
    with timed("recount, all of it"):
        found = recount(round_)
    assert found.agrees
    assert found.cached == found.ledger == found.standing == found.sealed == VOTES
    folder = tmp_path / "dump"
    with timed("dump", " (goal 90)"):
        dump_to(round_, folder)
    with timed("verify.py", " (goal 30)"):
        done = subprocess.run(
            [sys.executable, folder / "verify.py", folder],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert f"{VOTES} ballots, 0 blank" in done.stdout
    with timed("a receipt with its proof"):
        receipt = Receipt.find(VoteEvent.objects.latest("pk").uuid)
        assert receipt is not None
        assert receipt.is_proved
    with timed("a pass of the sealer with nothing to do"):
        assert seal_votes().sealed == 0
    flip_one_bit(folder, tmp_path / "changed")


def flip_one_bit(folder: Path, changed: Path) -> None:
    shutil.copytree(folder, changed)
    with (changed / "leaves.bin").open("r+b") as file:
        file.seek(VOTES * 16)
        byte = file.read(1)[0]
        file.seek(VOTES * 16)
        file.write(bytes([byte ^ 1]))
    with timed("one flipped bit found"):
        assert "leaves.bin is not what" in fault(changed)
