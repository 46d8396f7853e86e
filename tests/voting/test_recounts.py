"""Counting again: what agrees, what does not, and that the public figure turns red for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from proposals.models import ProposalFigures
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory, make_events
from tests.ledger import guards_lifted
from voting import recounts
from voting.actions import cast_ballot, cast_support, withdraw_support
from voting.models import Result, Round
from voting.recounts import doubtful_rounds, recount
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounts, "PAUSE_SECONDS", 0)


@pytest.fixture
def supported(proposal: Proposal) -> Proposal:
    """Two supports that stand, one taken back, one of them not sealed yet."""
    for _ in range(2):
        user = UserFactory()
        cast_support(user=user, proposal_id=proposal.pk)
    withdraw_support(user=user, proposal_id=proposal.pk)
    seal_votes()
    cast_support(user=user, proposal_id=proposal.pk)
    return proposal


def drift(proposal: Proposal, by: int) -> None:
    figures = ProposalFigures.objects.get(proposal=proposal)
    figures.support_count += by
    figures.save()


@pytest.fixture
def stated(neighbour: User, resident: User) -> Round:
    """A ballot that is closed and has a result."""
    ballot = BallotFactory()
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[2])
    cast_ballot(user=resident, round_id=ballot.pk, choice=[2, 3])
    Round.objects.filter(pk=ballot.pk).update(closed_at=timezone.now())
    seal_votes()
    ballot.refresh_from_db()
    return ballot


def test_recount_of_supports_agrees(supported: Proposal) -> None:
    ProposalFigures.objects.filter(proposal=supported).update(support_count=2)
    found = recount(supported.round)
    assert (found.ledger, found.standing, found.cached) == (2, 2, 2)
    assert (found.sealed, found.waiting) == (1, 1)
    assert found.agrees


def test_recount_of_a_drifted_figure_differs_and_reddens_it(
    supported: Proposal, stranger: Client
) -> None:
    ProposalFigures.objects.filter(proposal=supported).update(support_count=7)
    page = f"/en/proposals/{supported.pk}/"
    words = "A recount came to another figure"
    assert words not in stranger.get(page).content.decode()
    assert recount(supported.round).faults == ["the site shows 7, the ledger has 2"]
    assert words in stranger.get(page + "?now").content.decode()
    ProposalFigures.objects.filter(proposal=supported).update(support_count=2)
    assert recount(supported.round).agrees
    assert words not in stranger.get(page + "?later").content.decode()


def test_recount_of_a_stated_result_agrees(stated: Round) -> None:
    found = recount(stated)
    assert found.counted == found.stated
    assert found.counted is not None
    assert found.counted["winners"] == [2]
    assert found.cached is None
    assert found.agrees


def test_recount_of_a_changed_result_differs(stated: Round) -> None:
    result = Result.objects.get()
    result.tally["winners"] = [3]
    with guards_lifted():
        result.save()
    assert not recount(stated).agrees
    stated.refresh_from_db()
    assert stated.disputed_at is not None


def test_recount_notes_since_when_it_differs(supported: Proposal) -> None:
    drift(supported, 5)
    recount(supported.round)
    first = Round.objects.get(proposal=supported).disputed_at
    recount(supported.round)
    assert Round.objects.get(proposal=supported).disputed_at == first


def test_all_counts_one_by_one_only_what_may_differ(supported: Proposal, stated: Round) -> None:
    ProposalFigures.objects.filter(proposal=supported).update(support_count=2)
    other = ProposalFactory(call=supported.call)
    cast_support(user=UserFactory(), proposal_id=other.pk)
    ProposalFigures.objects.filter(proposal=other).update(support_count=1)
    make_events(BallotFactory(), 3)
    assert list(doubtful_rounds()) == [stated]
    drift(other, 1)
    assert set(doubtful_rounds()) == {stated, other.round}


def test_command_prints_figures_and_ends_with_1_if_two_differ(
    supported: Proposal, capsys: pytest.CaptureFixture[str]
) -> None:
    ProposalFigures.objects.filter(proposal=supported).update(support_count=2)
    call_command("recount", str(supported.round.pk))
    assert "2 in the ledger, 1 sealed, 2 on the page: all agree" in capsys.readouterr().out
    drift(supported, 1)
    with pytest.raises(SystemExit) as ended:
        call_command("recount", str(supported.round.uuid), "--json")
    assert ended.value.code == 1
    said = json.loads(capsys.readouterr().out)
    assert said["agrees"] is False
    assert (said["ledger"], said["cached"]) == (2, 3)


def test_command_for_all_says_how_many_differ(
    supported: Proposal, stated: Round, capsys: pytest.CaptureFixture[str]
) -> None:
    ProposalFigures.objects.filter(proposal=supported).update(support_count=2)
    call_command("recount", "--all")
    assert capsys.readouterr().out.endswith("0 rounds differ\n")
    drift(supported, 1)
    with pytest.raises(SystemExit):
        call_command("recount", "--all")
    assert capsys.readouterr().out.endswith("1 rounds differ\n")


@pytest.mark.parametrize("arguments", [[], ["1", "--all"], ["nonsense"]])
def test_command_called_wrongly_says_so(arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("recount", *arguments)
    assert refused.value.returncode == 2
