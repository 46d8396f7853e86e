"""The ledger against a plain dict: whatever people and staff do in whatever order, they agree.

Votes are cast, changed, withdrawn, annulled and restored, accounts erased and come back, rounds
close, batches are sealed, a sealer crashes, an old backup is put back.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.actions import erase_account
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory
from voting import sealing
from voting.actions import (
    VoteRefused,
    append_event,
    cast_ballot,
    cast_support,
    close_round,
    withdraw_ballot,
    withdraw_support,
)
from voting.heads import published_head
from voting.models import Round, Seal, VoteEvent, VoteLeaf
from voting.pseudonyms import keys_of
from voting.sealing import SealRefused, seal_votes

if TYPE_CHECKING:
    from accounts.models import User
    from home.models import HomePage

EXAMPLES, STEPS = (int(n) for n in os.environ.get("LEDGER_MACHINE", "15x30").split("x"))
PEOPLE = 3
CRASHES = ("closed", "taken", "head", "leaves", "blocks", "sealed", "committed", "published")
people = st.integers(0, PEOPLE - 1)
rounds = st.sampled_from(["support", "ballot"])
choices = st.lists(st.sampled_from([1, 2, 3]), unique=True, max_size=3)


class Crash(Exception):
    """The process ends here."""


class LedgerMachine(RuleBasedStateMachine):
    """What stands by the dict `votes`, and by the ledger."""

    def __init__(self) -> None:
        super().__init__()
        # Undone at the end of each example, whatever it did.
        self.whole = transaction.atomic()
        self.whole._from_testcase = True  # type: ignore[attr-defined]  # sealing may be durable in it
        self.whole.__enter__()
        Path(settings.SEAL_FILE).unlink(missing_ok=True)

    @initialize()
    def begin(self) -> None:
        self.people: list[User] = [UserFactory() for _ in range(PEOPLE)]
        self.proposal = ProposalFactory(author=UserFactory())
        self.rounds: dict[str, Round] = {
            "support": Round.objects.get(proposal=self.proposal),
            "ballot": BallotFactory(),
        }
        self.votes: dict[tuple[str, int], Any] = {}
        self.annulled: dict[tuple[str, int], Any] = {}
        self.gone = 0  # standing votes in closed rounds whose voters erased their accounts
        self.closed: set[str] = set()
        self.heads: list[tuple[int, bytes]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def refuses(self, name: str, who: int) -> bool:
        return name in self.closed or (name, who) in self.annulled

    @rule(name=rounds, who=people, choice=choices)
    def cast_or_change(self, name: str, who: int, choice: list[int]) -> None:
        user = self.people[who]
        wanted = None if name == "support" else sorted(choice)
        try:
            if name == "support":
                cast_support(user=user, proposal_id=self.proposal.pk)
            else:
                cast_ballot(user=user, round_id=self.rounds[name].pk, choice=wanted)
        except VoteRefused:
            assert self.refuses(name, who)
        else:
            assert not self.refuses(name, who)
            self.votes[name, who] = wanted

    @rule(name=rounds, who=people)
    def withdraw(self, name: str, who: int) -> None:
        user = self.people[who]
        try:
            if name == "support":
                withdraw_support(user=user, proposal_id=self.proposal.pk)
            else:
                withdraw_ballot(user=user, round_id=self.rounds[name].pk)
        except VoteRefused:
            assert self.refuses(name, who)
        else:
            assert not self.refuses(name, who)
            self.votes.pop((name, who), None)

    def last(self, name: str, who: int) -> VoteEvent | None:
        voter = keys_of(self.people[who]).pseudonym_in(self.rounds[name])
        return VoteEvent.objects.last_of(self.rounds[name].pk, voter)

    @rule(name=rounds, who=people)
    def annul(self, name: str, who: int) -> None:
        last = self.last(name, who)
        if (name, who) not in self.votes or last is None:
            return
        append_event(self.rounds[name], bytes(last.voter), last.gen + 1, 1, "annul")
        self.annulled[name, who] = self.votes.pop((name, who))

    @rule(name=rounds, who=people)
    def restore_vote(self, name: str, who: int) -> None:
        last = self.last(name, who)
        if (name, who) not in self.annulled or last is None:
            return
        choice = self.annulled.pop((name, who))
        append_event(
            self.rounds[name], bytes(last.voter), last.gen + 1, 1, "restore", choice=choice
        )
        self.votes[name, who] = choice

    @rule(who=people)
    def erase_and_return(self, who: int) -> None:
        user = self.people[who]
        erase_account(account=user, by=user, keep_name=False)
        for name in self.rounds:
            stood = self.votes.pop((name, who), "none") != "none"
            self.annulled.pop((name, who), None)
            self.gone += stood and name in self.closed
        self.people[who] = UserFactory()

    @precondition(lambda self: len(self.closed) < 1)
    @rule()
    def close(self) -> None:
        close_round(proposal=self.proposal)
        self.closed.add("support")

    @rule()
    def seal(self) -> None:
        seal_votes()
        self.note_head()

    def note_head(self) -> None:
        newest = Seal.objects.last()
        if newest:
            self.heads.append((newest.size, bytes(newest.root)))

    @rule(step=st.sampled_from(CRASHES))
    def seal_and_crash(self, step: str) -> None:
        def stop(reached: str) -> None:
            if reached == step:
                raise Crash

        usual, sealing.reached = sealing.reached, stop
        try:
            seal_votes()
        except Crash:
            pass
        finally:
            sealing.reached = usual
        seal_votes()
        self.note_head()

    @rule(name=rounds, who=people, choice=choices)
    def put_an_old_backup_back(self, name: str, who: int, choice: list[int]) -> None:
        """What was sealed after the backup is missing: the sealer must see that and stop."""
        backup = transaction.savepoint_create()
        votes, annulled, heads = dict(self.votes), dict(self.annulled), list(self.heads)
        self.cast_or_change(name, who, choice)
        seal_votes()
        published = Path(settings.SEAL_FILE).read_text(encoding="utf-8")
        transaction.savepoint_rollback(backup)
        self.votes, self.annulled, self.heads = votes, annulled, heads
        newest, head = Seal.objects.last(), published_head()
        if head is None or head.size == (newest.size if newest else 0):
            return  # No vote was sealed since the backup, so none is missing.
        with pytest.raises(SealRefused):
            seal_votes()
        assert Path(settings.SEAL_FILE).read_text(encoding="utf-8") == published
        seal_votes(accept_head=True)
        self.note_head()

    @invariant()
    def the_ledger_says_what_the_dict_says(self) -> None:
        if not hasattr(self, "rounds"):
            return
        for name, round_ in self.rounds.items():
            mine = {who: choice for (where, who), choice in self.votes.items() if where == name}
            gone = self.gone if name == "support" else 0
            assert round_.events.tally() == len(mine) + gone
            assert round_.events.standing().count() == len(mine) + gone
            for who, choice in mine.items():
                last = self.last(name, who)
                assert last is not None
                assert (last.stands, last.choice) == (True, choice)

    @invariant()
    def every_old_head_is_a_prefix_of_the_tree(self) -> None:
        if not getattr(self, "heads", None):
            return
        for size, root in self.heads[-5:]:
            assert sealing.tree_at(size).root() == root
        places = list(VoteLeaf.objects.order_by("seq").values_list("seq", flat=True))
        assert places == list(range(len(places)))


@pytest.mark.django_db
def test_ledger_does_what_a_dict_does(home: HomePage) -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=hypothesis_settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
