"""Traces of votes: what is kept of an origin, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.personal_data import personal_data
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from voting.actions import cast_ballot, cast_support, tracing, withdraw_support
from voting.models import VoteEvent, VoteTrace
from voting.origins import Origin, origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client, RequestFactory

    from accounts.models import User
    from proposals.models import Proposal
    from voting.models import Round

pytestmark = pytest.mark.django_db
HOME = Origin("203.0.113.0/24", "example.org")


def cast(user: User, proposal: Proposal, origin: Origin | None = HOME) -> VoteEvent:
    return cast_support(user=user, proposal_id=proposal.pk, origin=origin).event


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::9", "2001:db8:1::/48"),
    ],
)
def test_origin_is_a_network_and_a_mail_provider(
    address: str, network: str, rf: RequestFactory, resident: User
) -> None:
    request = rf.get("/", REMOTE_ADDR=address)
    request.user = resident
    assert origin_of(request) == Origin(network, "example.org")


def test_vote_leaves_one_trace_without_an_address_or_a_person(
    proposal: Proposal,
    neighbour: User,
) -> None:
    event = cast(neighbour, proposal)
    trace = VoteTrace.objects.get()
    assert trace.event == event
    assert trace.minute.second == trace.minute.microsecond == 0
    assert trace.mail_domain == "example.org"
    assert bytes(trace.subnet) == HOME.subnet_in(event.round_id)
    assert {field.name for field in VoteTrace._meta.get_fields()} == {
        "event",
        "minute",
        "subnet",
        "mail_domain",
    }


def test_network_cannot_be_followed_from_round_to_round(
    proposal: Proposal,
    neighbour: User,
) -> None:
    other = ProposalFactory(call=proposal.call)
    for one in (proposal, other):
        cast(neighbour, one)
    assert len({bytes(trace.subnet) for trace in VoteTrace.objects.all()}) == 2


def test_changed_ballot_leaves_a_trace_of_its_own(
    ballot: Round,
    neighbour: User,
) -> None:
    for choice in ([1], [2], [2]):
        cast_ballot(user=neighbour, round_id=ballot.pk, choice=choice, origin=HOME)
    assert VoteTrace.objects.count() == 2
    assert VoteTrace.objects.of_standing(ballot).count() == 1


def test_vote_without_an_origin_leaves_no_trace(
    proposal: Proposal,
    neighbour: User,
) -> None:
    cast(neighbour, proposal, origin=None)
    assert not VoteTrace.objects.exists()


def test_vote_and_its_trace_stand_or_fall_together(
    proposal: Proposal, neighbour: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_trace: VoteTrace) -> None:
        raise DatabaseError

    monkeypatch.setattr(tracing, "insert", fail)
    with pytest.raises(DatabaseError), transaction.atomic():
        cast_support(user=neighbour, proposal_id=proposal.pk, origin=HOME)
    assert VoteEvent.objects.tally() == 0


def test_support_button_leaves_a_trace(
    proposal: Proposal,
    neighbour: User,
    client_of: Callable[[User], Client],
) -> None:
    browser, url = client_of(neighbour), reverse("voting:support", args=[proposal.pk])
    browser.post(url, {"stands": "1", "gen": "0"}, REMOTE_ADDR="203.0.113.9")
    browser.post(url, {"gen": "1"}, REMOTE_ADDR="203.0.113.9")
    trace = VoteTrace.objects.get()
    assert bytes(trace.subnet) == HOME.subnet_in(trace.event.round_id)


def test_ballot_leaves_a_trace(
    ballot: Round,
    neighbour: User,
    client_of: Callable[[User], Client],
) -> None:
    url = reverse("voting:cast", args=[ballot.pk])
    fields = {"option": "1", "rules": ballot.rules_hex}
    client_of(neighbour).post(url, fields, REMOTE_ADDR="2001:db8:1::7")
    subnet = Origin("2001:db8:1::/48", "example.org").subnet_in(ballot.pk)
    assert bytes(VoteTrace.objects.get().subnet) == subnet


def test_traces_are_erased_when_their_time_is_over(
    proposal: Proposal,
    resident: User,
    neighbour: User,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        old = cast_old(resident, proposal)
    new = cast(neighbour, proposal)
    call_command("erase_old_traces")
    assert "1 traces and 0 keys erased" in capsys.readouterr().out
    assert list(VoteTrace.objects.values_list("event", flat=True)) == [new.pk]
    assert VoteEvent.objects.filter(pk=old.pk).exists()


def cast_old(user: User, proposal: Proposal) -> VoteEvent:
    """A vote of a time when the round was open already."""
    round_ = proposal.round
    type(round_).objects.filter(pk=round_.pk).update(opens_at=timezone.now() - timedelta(days=1))
    return cast(user, proposal)


def test_traces_are_in_no_export(
    proposal: Proposal,
    neighbour: User,
) -> None:
    cast(neighbour, proposal)
    assert "subnet" not in str(personal_data(neighbour))
    assert VoteTrace.objects.get().subnet.hex() not in str(personal_data(neighbour))


def test_first_vote_is_written_without_reading_and_a_later_one_never_twice(
    proposal: Proposal,
) -> None:
    """The unique constraint is what the shorter way leans on."""
    user = UserFactory()
    for seen, gen in ((None, 1), (0, 1)):
        assert cast_support(user=user, proposal_id=proposal.pk, seen_gen=seen).gen == gen
    withdraw_support(user=user, proposal_id=proposal.pk)
    assert cast_support(user=user, proposal_id=proposal.pk, seen_gen=2).gen == 3
    assert VoteEvent.objects.count() == 3
