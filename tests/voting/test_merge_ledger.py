"""What a merge leaves in the public ledger: followed, recounted and verified as strangers would."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import call_command

from proposals.actions.merging import finish_merge
from proposals.models import Merge, Proposal
from tests.dumps import dump_to, fault
from tests.factories.accounts import UserFactory
from tests.factories.merging import begin
from tests.factories.proposals import ProposalFactory
from voting.actions import cast_support
from voting.actions.merging import answer_merge
from voting.models import MergeAnswer, Round, VoteEvent
from voting.recounts import recount
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from proposals.models import CallPage

pytestmark = pytest.mark.django_db

# Who backs what before, what they choose, and what stands of theirs in A, B and C afterwards.
PEOPLE = [
    *[("A", "move", "C")] * 11,
    *[("A", "keep", "A")] * 2,
    *[("A", "withdraw", "")] * 2,
    *[("A", "", "A")] * 2,
    ("AB", "move", "C"),
    ("AB", "keep", "AB"),
    ("AC", "move", "C"),  # both: counts once
    ("AC", "withdraw", "C"),
    ("AC", "keep", "AC"),
    ("ABC", "move", "C"),
    ("BC", "", "BC"),
    *[("C", "", "C")] * 9,
]


@pytest.fixture
def merged(
    call: CallPage, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> dict[str, Proposal]:
    """A and B merged into C, which existed and was supported before."""
    places = {name: ProposalFactory() for name in "ABC"}
    people = [UserFactory() for _ in PEOPLE]
    with django_capture_on_commit_callbacks(execute=True):
        for person, (backed, _choice, _after) in zip(people, PEOPLE, strict=True):
            for name in backed:
                cast_support(user=person, proposal_id=places[name].pk)
        merge = begin(target=places["C"], sources=[places["A"], places["B"]])
        seal_votes()
        for person, (_backed, choice, _after) in zip(people, PEOPLE, strict=True):
            if choice:
                answer_merge(user=person, merge=merge, choice=choice)
    end(merge)
    return places


def end(merge: Merge) -> None:
    with time_machine.travel(merge.due_at + timedelta(minutes=1)):
        finish_merge(merge=merge)
        seal_votes()


def round_of(proposal: Proposal) -> Round:
    return Round.objects.get(proposal=proposal)


def expected(name: str) -> int:
    return sum(name in after for _backed, _choice, after in PEOPLE)


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_recount_after_a_merge_equals_the_figure(merged: dict[str, Proposal], name: str) -> None:
    found = recount(round_of(merged[name]))
    assert found.agrees, found.faults
    assert (found.ledger, found.standing, found.cached) == (expected(name),) * 3
    assert found.waiting == 0  # every step is sealed


def test_recount_command_after_a_merge_finds_nothing(merged: dict[str, Proposal]) -> None:
    call_command("recount", "--all")


@pytest.mark.parametrize("name", ["A", "C"])
def test_dump_after_a_merge_verifies(
    merged: dict[str, Proposal], name: str, tmp_path: Path
) -> None:
    assert fault(dump_to(round_of(merged[name]), tmp_path)) == ""


def test_ledger_shows_each_choice_by_its_reasons(merged: dict[str, Proposal]) -> None:
    def reasons(name: str) -> Counter[tuple[str, ...]]:
        events = VoteEvent.objects.filter(round__proposal=merged[name]).order_by("gen")
        found: dict[bytes, list[str]] = {}
        for voter, reason in events.values_list("voter", "reason"):
            found.setdefault(bytes(voter), []).append(reason)
        return Counter(tuple(rows) for rows in found.values())

    left = sum(
        "A" in backed and choice in {"move", "withdraw"} for backed, choice, _after in PEOPLE
    )
    stayed = sum("A" in after for _backed, _choice, after in PEOPLE)
    assert reasons("A") == {("cast", "withdraw"): left, ("cast",): stayed}
    # Here everybody was given once, also who came over with a support that stood already.
    assert reasons("C") == {("cast",): expected("C")}


def test_no_name_of_a_merge_stands_in_the_ledger(merged: dict[str, Proposal]) -> None:
    """A row that said it was moved would tie the names of one person in two rounds together."""
    names = {bytes(voter) for voter in MergeAnswer.objects.values_list("voter", flat=True)}
    events = list(VoteEvent.objects.values_list("round", "voter"))
    rounds_of_voter = Counter(bytes(voter) for _round, voter in set(events))
    assert not names & set(rounds_of_voter)
    assert set(rounds_of_voter.values()) == {1}  # nobody has one name in two rounds


def test_pages_show_what_the_ledger_has(merged: dict[str, Proposal], stranger: Client) -> None:
    shown = Proposal.objects.select_related("figures").get(pk=merged["C"].pk).support_count
    assert shown == expected("C")
    page = stranger.get(f"/en/proposals/{merged['C'].pk}/").text
    moved = sum(choice == "move" for _backed, choice, _after in PEOPLE)
    assert f"{moved} moved" in page
    assert "A recount came to another figure" not in page
