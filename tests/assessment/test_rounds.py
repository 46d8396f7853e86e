"""A round's way: criteria frozen and hashed, reviewers shared out, quorum, places, protocol."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessment.actions.reading import declare
from assessment.actions.rounds import (
    end_reading,
    leave_out,
    mark_discussed,
    open_reading,
    place_by_hand,
    publish_protocol,
    share_out_reviews,
    take_proposals,
)
from assessment.hashes import hash_of
from assessment.models import AssessedProposal, AssessmentRound, Assignment, Criterion, Protocol
from assessment.permissions import Refusal
from assessment.protocols import contents_of
from assessment.results import summary_of
from proposals.models import CoAuthor
from tests.assessment.asking import refused
from tests.factories.accounts import UserFactory
from tests.factories.assessment import (
    MembershipFactory,
    make_ended_round,
    make_open_round,
    make_protocol,
    make_round,
    reviewers,
    secretary,
    send,
    sheets,
)
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "step",
    [share_out_reviews, open_reading, end_reading, publish_protocol],
    ids=lambda step: step.__name__,
)
def test_step_of_a_round_by_the_wrong_person(
    step: Callable[..., Any], promoter: User, moderator: User
) -> None:
    round_ = make_round()
    for person in (UserFactory(), promoter, moderator, reviewers(round_)[0]):
        with pytest.raises(PermissionDenied):
            step(user=person, round_=round_)


def test_take_proposals_by_the_wrong_person(proposal: Proposal, moderator: User) -> None:
    with pytest.raises(PermissionDenied):
        take_proposals(user=moderator, round_=make_round(), proposals=[proposal])


def test_open_reading_freezes_and_hashes_the_criteria() -> None:
    round_ = make_open_round()
    assert round_.sheet_hash == hash_of(round_.sheet)
    assert [row["weight"] for row in round_.sheet["criteria"]] == [
        "0.300",
        "0.200",
        "0.300",
        "0.200",
    ]
    for change in (
        lambda: Criterion.objects.filter(round=round_).update(weight=Decimal("0.1")),
        lambda: Criterion.objects.filter(round=round_).update(low={"ru": "Иначе"}),
        lambda: Criterion.objects.create(round=round_, name={"ru": "Новый"}, weight=1),
        lambda: Criterion.objects.filter(round=round_).first().delete(),
        lambda: AssessmentRound.objects.filter(pk=round_.pk).update(sheet={}),
        lambda: AssessmentRound.objects.filter(pk=round_.pk).update(spread_max=9),
        lambda: AssessedProposal.objects.create(round=round_, proposal=ProposalFactory()),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with refused(Refusal.BEGUN):
        open_reading(user=secretary(), round_=round_)
    with refused(Refusal.BEGUN):
        take_proposals(user=secretary(), round_=round_, proposals=[ProposalFactory()])
    with refused(Refusal.BEGUN):
        leave_out(user=secretary(), assessed=round_.assessed.first())


def test_open_reading_wants_weights_that_add_up_to_one() -> None:
    round_ = make_round()
    Criterion.objects.filter(round=round_, weight=Decimal("0.3")).update(weight=Decimal("0.31"))
    with refused(Refusal.WEIGHTS):
        open_reading(user=secretary(), round_=round_)


def test_open_reading_wants_proposals_reviewers_and_time() -> None:
    with refused(Refusal.NO_PROPOSALS):
        open_reading(user=secretary(), round_=make_round(proposals=0))
    late = make_round(due_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(ValidationError):
        open_reading(user=secretary(), round_=late)
    few = make_round(members=2)
    MembershipFactory.create_batch(3, committee=few.committee, user=None)
    with refused(Refusal.TOO_FEW):
        open_reading(user=secretary(), round_=few)


def test_open_reading_tells_each_reviewer(
    mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make_open_round(proposals=2, members=3)
    told = [mail for mail in mailoutbox if "Экспертиза" in mail.subject]
    assert len(told) == 3
    assert "2 предложения" in told[0].body


def test_reviewers_are_shared_out_evenly_and_the_same_each_time() -> None:
    round_ = make_round(proposals=6, members=4, per_proposal=2)
    share_out_reviews(user=secretary(), round_=round_)
    rows = Assignment.objects.filter(assessed__round=round_)
    pairs = list(rows.values_list("assessed", "membership"))
    loads = [sum(member == one for _proposal, one in pairs) for member in {m for _p, m in pairs}]
    assert loads == [3, 3, 3, 3]
    assert share_out_reviews(user=secretary(), round_=round_) == []


def test_own_proposals_and_those_of_ones_organisation_are_recusals_from_the_start() -> None:
    round_ = make_round(proposals=3, members=4)
    own, same, written = round_.assessed.select_related("proposal__author")
    chair, second, third, _fourth = round_.committee.memberships.order_by("pk")
    own.proposal.author = chair.user
    own.proposal.save()
    same.proposal.author.organisation = "ООО «Амур-Холод»"
    same.proposal.author.save()
    second.organisation = "Амур Холод"
    second.save()
    now = timezone.now()
    CoAuthor.objects.create(
        proposal=written.proposal, person=third.user, name="Третий", joined_at=now
    )
    open_reading(user=secretary(), round_=round_)
    found = Assignment.objects.exclude(recusal="").values_list("assessed", "membership", "recusal")
    assert set(found) == {
        (own.pk, chair.pk, "own"),
        (same.pk, second.pk, "organisation"),
        (written.pk, third.pk, "own"),
    }


def test_share_out_fills_the_place_of_who_declared_a_conflict() -> None:
    round_ = make_open_round(proposals=1, members=3, per_proposal=2, declared=False)
    first = sheets(round_)[0]
    declare(user=first.membership.user, round_=round_, conflicts={first.pk: "Родственник"})
    assert len(share_out_reviews(user=secretary(), round_=round_)) == 1
    assert len(sheets(round_)) == 2


def test_end_reading_without_a_quorum() -> None:
    round_ = make_open_round(members=5)
    for sheet in sheets(round_):
        if sheet.membership.user in reviewers(round_)[:2]:
            send(sheet, 7)
    with refused(Refusal.NO_QUORUM):
        end_reading(user=secretary(), round_=round_)
    for sheet in sheets(round_):
        if sheet.membership.user == reviewers(round_)[2]:
            send(sheet, 7)
    with refused(Refusal.EARLY):
        end_reading(user=secretary(), round_=round_)
    with time_machine.travel(round_.due_at):
        assert end_reading(user=secretary(), round_=round_).ended_at


def test_end_reading_hides_no_disagreement_behind_a_missing_sheet() -> None:
    round_ = make_open_round(proposals=1, members=3)
    first, second, _missing = sheets(round_)
    send(first, 2)
    send(second, 9)
    assessed = round_.assessed.get()
    with refused(Refusal.NOT_DISPUTED):
        mark_discussed(user=secretary(), assessed=assessed)
    with time_machine.travel(round_.due_at):
        with refused(Refusal.UNDISCUSSED):
            end_reading(user=secretary(), round_=round_)
        mark_discussed(user=secretary(), assessed=assessed)
        end_reading(user=secretary(), round_=round_)


def test_end_reading_wants_disagreements_discussed() -> None:
    round_ = make_open_round(proposals=1, members=3)
    for sheet, value in zip(sheets(round_), (2, 6, 6), strict=True):
        send(sheet, value)
    with refused(Refusal.UNDISCUSSED):
        end_reading(user=secretary(), round_=round_)
    mark_discussed(user=secretary(), assessed=round_.assessed.get())
    end_reading(user=secretary(), round_=round_)


def test_closed_round_takes_no_scores_and_never_reopens() -> None:
    round_ = make_ended_round()
    with refused(Refusal.ENDED):
        end_reading(user=secretary(), round_=round_)
    with refused(Refusal.ENDED):
        share_out_reviews(user=secretary(), round_=round_)
    with pytest.raises(DatabaseError), transaction.atomic():
        AssessmentRound.objects.filter(pk=round_.pk).update(ended_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.filter(assessed__round=round_).update(submitted_at=None)


def test_place_by_hand_wants_a_reason_and_never_from_the_author() -> None:
    round_ = make_ended_round(proposals=3)
    last = round_.assessed.last()
    with pytest.raises(ValidationError, match="reason"):
        place_by_hand(user=secretary(), assessed=last, place=1, reason=" ")
    with pytest.raises(ValidationError, match="place"):
        place_by_hand(user=secretary(), assessed=last, place=4, reason="Срочно")
    author = secretary()
    last.proposal.author = author
    last.proposal.save()
    with pytest.raises(PermissionDenied):
        place_by_hand(user=author, assessed=last, place=1, reason="Моё")
    with pytest.raises(DatabaseError), transaction.atomic():
        AssessedProposal.objects.filter(pk=last.pk).update(place_by_hand=1)
    place_by_hand(user=secretary(), assessed=last, place=1, reason="Паводок в мае")
    protocol = publish_protocol(user=secretary(), round_=round_)
    rows = protocol.contents["proposals"]
    assert [row["place"] for row in rows] == [1, 2, 3]
    assert rows[0]["proposal"] == last.proposal_id
    assert rows[0]["place_by_scores"] == 3
    assert rows[0]["place_reason"] == "Паводок в мае"
    with refused(Refusal.HAS_PROTOCOL):
        place_by_hand(user=secretary(), assessed=last, place=2, reason="Ещё раз")


def test_place_by_hand_only_once_the_reading_has_ended() -> None:
    round_ = make_open_round()
    with refused(Refusal.NOT_ENDED):
        place_by_hand(user=secretary(), assessed=round_.assessed.first(), place=1, reason="Так")
    with refused(Refusal.NOT_ENDED):
        publish_protocol(user=secretary(), round_=round_)


def test_protocol_is_made_once_and_never_changes() -> None:
    protocol = make_protocol()
    assert protocol.contents_hash == hash_of(protocol.contents)
    with refused(Refusal.HAS_PROTOCOL):
        publish_protocol(user=secretary(), round_=protocol.round)
    for change in ({"contents": {}}, {"contents_hash": "0" * 64}, {"salt": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Protocol.objects.filter(pk=protocol.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        protocol.delete()
    protocol.made_by.delete()  # an account may go: the protocol stays


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of everything in nested dicts and lists."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in items:
        yield (*path, key)
        if isinstance(one, dict | list):
            yield from paths(one, (*path, key))


def test_protocol_hash_changes_with_everything_in_it() -> None:
    protocol = make_protocol()
    before = hash_of(protocol.contents)
    for path in paths(protocol.contents):
        changed = Protocol.objects.get(pk=protocol.pk).contents
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = "changed"
        assert hash_of(changed) != before, path


def test_protocol_hash_holds_every_sheet() -> None:
    round_ = make_ended_round()
    with_salt = contents_of(round_, "salt")
    assert contents_of(round_, "salt") == with_salt
    assert contents_of(round_, "other")["sheets_hash"] != with_salt["sheets_hash"]


def test_protocol_shows_spread_and_no_name_beside_a_score() -> None:
    protocol = make_protocol()
    names = {row["name"] for row in protocol.contents["members"]}
    told = str(protocol.contents["proposals"])
    assert not any(name in told for name in names)
    assert protocol.contents["proposals"][0]["spreads"].popitem()[1] == [8, 8]
    quorum = {"members": 3, "recused": 0, "needed": 2, "took_part": 3}
    assert protocol.contents["quorum"] == quorum


def test_protocol_of_a_single_sheet_gives_no_spread() -> None:
    protocol = make_protocol(members=1)
    found = protocol.contents["proposals"][0]
    assert (found["sheets"], found["spreads"], found["total_spread"]) == (1, {}, None)


def test_summary_is_what_the_protocol_says(django_assert_num_queries: Any) -> None:
    protocol = make_protocol()
    best = protocol.round.assessed.first().proposal
    with django_assert_num_queries(1):
        found = summary_of(best)
    assert found
    assert (found["total"], found["rank"], found["of"]) == ("8.00", 1, 2)
    assert found["protocol_hash"] == protocol.contents_hash
    assert [row["mean"] for row in found["criteria"]] == ["8.00"] * 4
    assert summary_of(ProposalFactory()) is None
