"""Holding, giving back, annulling and restoring votes: rows of the ledger, by enough people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.actions import erase_account
from accounts.models import AssuranceLevel, User
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import make_events
from voting.actions import (
    VoteRefused,
    append_event,
    cast_ballot,
    cast_support,
    check_document,
    close_round,
    recount_support,
    withdraw_support,
)
from voting.actions.appeals import grant_appeal, make_appeal
from voting.actions.interventions import (
    AllLeftOut,
    NoVotes,
    OwnVote,
    ReasonUnfit,
    SecondPersonNeeded,
    TooLateToHold,
    ask_intervention,
    confirm_intervention,
    refuse_intervention,
    release_by_document,
)
from voting.models import Intervention, Round
from voting.permissions import Refusal

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from proposals.models import CallPage, Proposal

pytestmark = pytest.mark.django_db
Kind, Why = Intervention.Kind, Intervention.Reason


@pytest.fixture
def cast_by(
    proposal: Proposal, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> object:
    """Casts a support of each person; returns their pseudonyms."""

    def cast(*people: User) -> list[bytes]:
        with django_capture_on_commit_callbacks(execute=True):
            events = [cast_support(user=user, proposal_id=proposal.pk).event for user in people]
        return [bytes(event.voter) for event in events]

    return cast


def ask(by: User, round_: Round, kind: str, voters: list[bytes], **more: object) -> Intervention:
    reason = Why.NETWORK if kind in Intervention.TAKING else Why.CHECKED
    values = {"reason": reason, **more}
    return ask_intervention(by=by, round_=round_, kind=kind, voters=voters, **values)


def annul(by: User, second: User, round_: Round, voters: list[bytes]) -> Intervention:
    return confirm_intervention(by=second, intervention=ask(by, round_, Kind.ANNUL, voters))


def rows(round_: Round) -> list[tuple[int, str]]:
    return list(round_.events.order_by("pk").values_list("gen", "reason"))


def shown(proposal: Proposal) -> int:
    proposal.figures.refresh_from_db()
    return proposal.support_count


def test_hold_takes_one_person_and_moves_the_figure(
    proposal: Proposal,
    resident: User,
    neighbour: User,
    scrutineer: User,
    cast_by: object,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    voters = cast_by(resident, neighbour)
    with django_capture_on_commit_callbacks(execute=True):
        row = ask(scrutineer, proposal.round, Kind.HOLD, voters[:1])
    assert (row.state, row.vote_count, row.tally_after) == ("done", 1, 1)
    assert rows(proposal.round) == [(1, "cast"), (1, "cast"), (2, "hold")]
    assert shown(proposal) == recount_support(proposal) == 1
    with pytest.raises(VoteRefused) as caught:
        withdraw_support(user=resident, proposal_id=proposal.pk)
    assert caught.value.refusal == Refusal.HELD


def test_release_gives_the_same_ballot_back(
    ballot: Round, resident: User, scrutineer: User
) -> None:
    event = cast_ballot(user=resident, round_id=ballot.pk, choice=[2, 3]).event
    resident.level = AssuranceLevel.DOCUMENT
    resident.save()
    ask(scrutineer, ballot, Kind.HOLD, [bytes(event.voter)])
    ask(scrutineer, ballot, Kind.RELEASE, [bytes(event.voter)], reason=Why.CHECKED)
    again = ballot.events.standing().get()
    assert (again.gen, again.reason, again.choice) == (3, "release", [2, 3])
    assert (again.level, again.channel) == (event.level, event.channel)


def test_annul_waits_for_a_second_person(
    proposal: Proposal, resident: User, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    voters = cast_by(resident)
    row = ask(scrutineer, proposal.round, Kind.ANNUL, voters)
    assert row.state == "asked"
    assert proposal.round.events.tally() == 1
    with pytest.raises(SecondPersonNeeded):
        confirm_intervention(by=scrutineer, intervention=row)
    assert proposal.round.events.tally() == 1
    done = confirm_intervention(by=second_scrutineer, intervention=row)
    assert (done.state, done.vote_count, done.tally_after) == ("done", 1, 0)
    with pytest.raises(VoteRefused) as caught:
        cast_support(user=resident, proposal_id=proposal.pk)
    assert caught.value.refusal == Refusal.ANNULLED


def test_database_refuses_one_person_for_two(
    proposal: Proposal, resident: User, scrutineer: User, cast_by: object
) -> None:
    row = ask(scrutineer, proposal.round, Kind.ANNUL, cast_by(resident))
    with pytest.raises(IntegrityError), transaction.atomic():
        Intervention.objects.filter(pk=row.pk).update(confirmed_by=scrutineer)


def test_database_refuses_an_annulment_by_one(
    proposal: Proposal, resident: User, scrutineer: User, cast_by: object
) -> None:
    row = ask(scrutineer, proposal.round, Kind.ANNUL, cast_by(resident))
    done = {"state": "done", "decided_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Intervention.objects.filter(pk=row.pk).update(**done)


def test_annulment_outlives_the_accounts_of_both(
    proposal: Proposal, resident: User, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    row = annul(scrutineer, second_scrutineer, proposal.round, cast_by(resident))
    for staff in (scrutineer, second_scrutineer):
        erase_account(account=staff, by=staff, keep_name=False)
    kept = Intervention.objects.select_related("requested_by", "confirmed_by").get(pk=row.pk)
    assert (kept.requested_by, kept.confirmed_by) == (None, None)
    assert kept.confirmed_by_id != kept.requested_by_id


def test_confirming_twice_annuls_once(
    proposal: Proposal, resident: User, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    row = annul(scrutineer, second_scrutineer, proposal.round, cast_by(resident))
    again = confirm_intervention(by=UserFactory(is_superuser=True), intervention=row)
    assert again.confirmed_by == second_scrutineer
    assert rows(proposal.round) == [(1, "cast"), (2, "annul")]


def test_refused_intervention_changes_nothing(
    proposal: Proposal, resident: User, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    row = ask(scrutineer, proposal.round, Kind.ANNUL, cast_by(resident))
    refused = refuse_intervention(by=second_scrutineer, intervention=row, note="A school.")
    assert (refused.state, refused.note) == ("refused", "A school.")
    assert confirm_intervention(by=second_scrutineer, intervention=row).state == "refused"
    assert rows(proposal.round) == [(1, "cast")]


def test_restore_takes_two_people_too(
    proposal: Proposal, resident: User, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    voters = cast_by(resident)
    annul(scrutineer, second_scrutineer, proposal.round, voters)
    row = ask(second_scrutineer, proposal.round, Kind.RESTORE, voters, reason=Why.MISTAKE)
    assert row.state == "asked"
    confirm_intervention(by=scrutineer, intervention=row)
    assert rows(proposal.round) == [(1, "cast"), (2, "annul"), (3, "restore")]
    withdraw_support(user=resident, proposal_id=proposal.pk)  # it is the voter's own again


def test_held_vote_is_given_back_before_it_is_annulled(
    proposal: Proposal, resident: User, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    voters = cast_by(resident)
    ask(scrutineer, proposal.round, Kind.HOLD, voters)
    annul(scrutineer, second_scrutineer, proposal.round, voters)
    expected = [(1, "cast"), (2, "hold"), (3, "release"), (4, "annul")]
    assert rows(proposal.round) == expected
    assert recount_support(proposal) == 0


@pytest.mark.parametrize(
    ("kind", "happened"),
    [
        (Kind.HOLD, "withdrawn"),
        (Kind.RELEASE, "standing"),
        (Kind.RELEASE, "annulled"),
        (Kind.RESTORE, "held"),
        (Kind.RESTORE, "standing"),
        (Kind.ANNUL, "withdrawn"),
        (Kind.ANNUL, "annulled"),
    ],
)
def test_what_does_not_apply_any_more_is_left_alone(
    kind: str,
    happened: str,
    proposal: Proposal,
    resident: User,
    scrutineer: User,
    second_scrutineer: User,
    cast_by: object,
) -> None:
    voters = cast_by(resident)
    if happened == "withdrawn":
        withdraw_support(user=resident, proposal_id=proposal.pk)
    elif happened == "held":
        ask(scrutineer, proposal.round, Kind.HOLD, voters)
    elif happened == "annulled":
        annul(scrutineer, second_scrutineer, proposal.round, voters)
    before = rows(proposal.round)
    row = ask(scrutineer, proposal.round, kind, voters)
    if row.needs_two:
        row = confirm_intervention(by=second_scrutineer, intervention=row)
    assert (row.state, row.vote_count) == ("done", 0)
    assert rows(proposal.round) == before


def test_many_votes_are_held_in_few_queries(
    proposal: Proposal, scrutineer: User, django_assert_max_num_queries: object
) -> None:
    voters = [bytes(event.voter) for event in make_events(proposal.round, 600)]
    recount_support(proposal)
    with django_assert_max_num_queries(45):
        row = ask(scrutineer, proposal.round, Kind.HOLD, voters)
    assert (row.vote_count, row.tally_after) == (600, 0)


def test_intervention_of_no_votes_is_none(proposal: Proposal, scrutineer: User) -> None:
    with pytest.raises(NoVotes):
        ask(scrutineer, proposal.round, Kind.HOLD, [])
    assert not Intervention.objects.exists()


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter", "editor", "registrar"])
def test_interventions_by_others_are_refused(
    person: str,
    proposal: Proposal,
    neighbour: User,
    scrutineer: User,
    cast_by: object,
    request: pytest.FixtureRequest,
) -> None:
    by, voters = request.getfixturevalue(person), cast_by(neighbour)
    waiting = ask(scrutineer, proposal.round, Kind.ANNUL, voters)
    for work in (
        lambda: ask(by, proposal.round, Kind.HOLD, voters),
        lambda: confirm_intervention(by=by, intervention=waiting),
        lambda: refuse_intervention(by=by, intervention=waiting),
    ):
        with pytest.raises(PermissionDenied):
            work()
    assert rows(proposal.round) == [(1, "cast")]


def test_every_step_stands_in_the_audit_log(
    proposal: Proposal, resident: User, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    annul(scrutineer, second_scrutineer, proposal.round, cast_by(resident))
    entries = ModelLogEntry.objects.filter(action__startswith="voting.").order_by("pk")
    assert list(entries.values_list("action", "user")) == [
        ("voting.ask_intervention", scrutineer.pk),
        ("voting.confirm_intervention", second_scrutineer.pk),
    ]


def test_votes_are_annulled_after_the_close_too(
    proposal: Proposal, resident: User, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    voters = cast_by(resident)
    close_round(proposal=proposal)
    row = annul(scrutineer, second_scrutineer, proposal.round, voters)
    assert (row.vote_count, row.tally_after) == (1, 0)


@pytest.mark.parametrize("over", ["closed", "past its close"])
def test_no_vote_is_held_once_the_round_is_over(
    over: str, proposal: Proposal, resident: User, scrutineer: User, cast_by: object
) -> None:
    """Or one person alone would change what it came to."""
    voters = cast_by(resident)
    ask(scrutineer, proposal.round, Kind.HOLD, voters)
    moment = proposal.round.closes_at if over == "past its close" else timezone.now()
    if over == "closed":
        close_round(proposal=proposal)
    with time_machine.travel(moment):
        ask(scrutineer, proposal.round, Kind.RELEASE, voters, reason=Why.CHECKED)
        with pytest.raises(TooLateToHold):
            ask(scrutineer, proposal.round, Kind.HOLD, voters)
        assert ask(scrutineer, proposal.round, Kind.ANNUL, voters).state == "asked"
    assert proposal.round.events.tally() == 1


# Documents ---------------------------------------------------------------------------------------


def test_document_gives_held_votes_back_everywhere(
    call: CallPage, neighbour: User, resident: User, registrar: User, scrutineer: User
) -> None:
    proposals = [ProposalFactory(call=call) for _ in range(3)]
    for proposal in proposals[:2]:
        for user in (neighbour, resident):
            event = cast_support(user=user, proposal_id=proposal.pk).event
            ask(scrutineer, proposal.round, Kind.HOLD, [bytes(event.voter)])
    check_document(user=neighbour, number="0815 123456", by=registrar)
    assert [proposal.round.events.tally() for proposal in proposals] == [1, 1, 0]
    released = Intervention.objects.filter(kind=Kind.RELEASE)
    assert {(row.reason, row.requested_by) for row in released} == {("document", registrar)}
    assert released.count() == 2
    assert release_by_document(user=neighbour, by=registrar) == 0


def test_document_gives_no_annulled_vote_back(
    proposal: Proposal,
    neighbour: User,
    registrar: User,
    scrutineer: User,
    second_scrutineer: User,
    cast_by: object,
) -> None:
    annul(scrutineer, second_scrutineer, proposal.round, cast_by(neighbour))
    assert release_by_document(user=neighbour, by=registrar) == 0
    with pytest.raises(PermissionDenied):
        release_by_document(user=neighbour, by=scrutineer)


def test_erasing_with_a_held_vote_leaves_nothing_to_give_back(
    proposal: Proposal, neighbour: User, scrutineer: User, cast_by: object
) -> None:
    """Or the vote would come back beside the one that the same person cast anew."""
    voters = cast_by(neighbour)
    ask(scrutineer, proposal.round, Kind.HOLD, voters)
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    ask(scrutineer, proposal.round, Kind.RELEASE, voters)
    assert proposal.round.events.tally() == 0
    assert [reason for _gen, reason in rows(proposal.round)] == ["cast", "hold", "release", "erase"]


# Whom a group leaves out -------------------------------------------------------------------------


def appealed(user: User, round_: Round, by: User) -> None:
    """The person's held vote is given back on appeal."""
    grant_appeal(by=by, appeal=make_appeal(user=user, round_=round_, text="Это мой голос."))


@pytest.fixture
def hold(
    proposal: Proposal, resident: User, neighbour: User, scrutineer: User, cast_by: object
) -> Intervention:
    """Held votes of a resident, a neighbour and somebody else, in this order."""
    voters = cast_by(resident, neighbour, UserFactory())
    return ask(scrutineer, proposal.round, Kind.HOLD, voters)


def voters_of(row: Intervention) -> list[bytes]:
    return [bytes(voter) for voter in row.votes.order_by("pk").values_list("voter", flat=True)]


def left_out(row: Intervention) -> list[str]:
    reasons = row.votes.exclude(left_out="").values_list("left_out", flat=True)
    return sorted(reasons)


def annul_hold(row: Intervention, by: User, second: User) -> Intervention:
    asked = ask(by, row.round, Kind.ANNUL, voters_of(row), follows=row)
    return confirm_intervention(by=second, intervention=asked)


def test_annulling_a_hold_leaves_out_who_showed_a_document_or_won_an_appeal(
    hold: Intervention,
    resident: User,
    neighbour: User,
    registrar: User,
    scrutineer: User,
    second_scrutineer: User,
) -> None:
    check_document(user=resident, number="0815 123456", by=registrar)
    appealed(neighbour, hold.round, scrutineer)
    row = annul_hold(hold, scrutineer, second_scrutineer)
    assert (row.vote_count, left_out(row)) == (1, ["appeal", "document"])
    assert hold.round.events.tally() == 2


def test_annulling_looks_again_when_it_is_confirmed(
    hold: Intervention,
    resident: User,
    neighbour: User,
    registrar: User,
    scrutineer: User,
    second_scrutineer: User,
) -> None:
    asked = ask(scrutineer, hold.round, Kind.ANNUL, voters_of(hold), follows=hold)
    assert left_out(asked) == []
    check_document(user=resident, number="0815 123456", by=registrar)
    appealed(neighbour, hold.round, scrutineer)
    row = confirm_intervention(by=second_scrutineer, intervention=asked)
    assert (row.vote_count, left_out(row)) == (1, ["appeal", "document"])
    assert hold.round.events.tally() == 2


def test_annulling_a_hold_of_one_who_was_given_back_is_refused(
    proposal: Proposal, neighbour: User, registrar: User, scrutineer: User, cast_by: object
) -> None:
    row = ask(scrutineer, proposal.round, Kind.HOLD, cast_by(neighbour))
    check_document(user=neighbour, number="0815 123456", by=registrar)
    with pytest.raises(AllLeftOut):
        ask(scrutineer, proposal.round, Kind.ANNUL, voters_of(row), follows=row)


def test_vote_that_was_given_back_is_annulled_where_it_is_chosen_on_its_own(
    hold: Intervention,
    resident: User,
    registrar: User,
    scrutineer: User,
    second_scrutineer: User,
) -> None:
    check_document(user=resident, number="0815 123456", by=registrar)
    waiting = ask(scrutineer, hold.round, Kind.ANNUL, voters_of(hold), follows=hold)
    given = Intervention.objects.get(kind=Kind.RELEASE)
    row = ask(scrutineer, hold.round, Kind.ANNUL, voters_of(given), follows=given)
    assert row != waiting
    done = confirm_intervention(by=second_scrutineer, intervention=row)
    assert (done.vote_count, left_out(done)) == (1, [])


@pytest.mark.parametrize("kind", [Kind.HOLD, Kind.ANNUL])
def test_group_leaves_out_whose_document_was_seen_after_the_vote(
    kind: str,
    proposal: Proposal,
    resident: User,
    neighbour: User,
    registrar: User,
    scrutineer: User,
    second_scrutineer: User,
    cast_by: object,
) -> None:
    voters = cast_by(resident, neighbour)
    check_document(user=resident, number="0815 123456", by=registrar)
    row = ask(scrutineer, proposal.round, kind, voters)
    if row.needs_two:
        row = confirm_intervention(by=second_scrutineer, intervention=row)
    assert (row.vote_count, left_out(row)) == (1, ["document"])
    assert bytes(proposal.round.events.standing().get().voter) == voters[0]


def test_group_leaves_out_votes_that_were_cast_with_a_document(
    proposal: Proposal, scrutineer: User, second_scrutineer: User
) -> None:
    voters = [bytes(event.voter) for event in make_events(proposal.round, 3)]
    append_event(proposal.round, b"d" * 16, 1, AssuranceLevel.DOCUMENT, channel="desk")
    recount_support(proposal)
    row = annul(scrutineer, second_scrutineer, proposal.round, [*voters, b"d" * 16])
    assert (row.vote_count, left_out(row)) == (3, ["document"])


# Who may not, and what does not fit --------------------------------------------------------------


def test_nobody_decides_about_their_own_vote(
    proposal: Proposal,
    resident: User,
    scrutineer: User,
    second_scrutineer: User,
    cast_by: object,
) -> None:
    voters = cast_by(resident, scrutineer, second_scrutineer)
    for kind in (Kind.HOLD, Kind.ANNUL):
        with pytest.raises(OwnVote):
            ask(scrutineer, proposal.round, kind, voters)
    row = ask(scrutineer, proposal.round, Kind.ANNUL, [voters[0], voters[2]])
    for work in (confirm_intervention, refuse_intervention):
        with pytest.raises(OwnVote):
            work(by=second_scrutineer, intervention=row)
    row.refresh_from_db()
    assert row.state == "asked"
    assert proposal.round.events.tally() == 3
    third = UserFactory(is_superuser=True)
    assert confirm_intervention(by=third, intervention=row).vote_count == 2


def test_nobody_gives_their_own_held_vote_back(
    proposal: Proposal, scrutineer: User, second_scrutineer: User, cast_by: object
) -> None:
    voters = cast_by(scrutineer)
    ask(second_scrutineer, proposal.round, Kind.HOLD, voters)
    with pytest.raises(OwnVote):
        ask(scrutineer, proposal.round, Kind.RELEASE, voters)
    assert proposal.round.events.tally() == 0


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (Kind.HOLD, Why.CHECKED),
        (Kind.ANNUL, Why.CHECKED),
        (Kind.ANNUL, Why.DOCUMENT),
        (Kind.RELEASE, Why.BURST),
        (Kind.RESTORE, Why.PRESSURE),
    ],
)
def test_reason_has_to_fit(
    kind: str,
    reason: str,
    proposal: Proposal,
    resident: User,
    scrutineer: User,
    cast_by: object,
) -> None:
    with pytest.raises(ReasonUnfit):
        ask(scrutineer, proposal.round, kind, cast_by(resident), reason=reason)
    assert not Intervention.objects.exists()


def test_every_reason_fits_one_side() -> None:
    both = {*Intervention.TAKING_REASONS} & {*Intervention.GIVING_REASONS}
    assert not both
    assert {*Intervention.TAKING_REASONS, *Intervention.GIVING_REASONS} == {*Why}


def test_button_pressed_twice_asks_once(
    proposal: Proposal,
    resident: User,
    neighbour: User,
    scrutineer: User,
    second_scrutineer: User,
    cast_by: object,
) -> None:
    voters = cast_by(resident, neighbour)
    row = ask(scrutineer, proposal.round, Kind.ANNUL, voters)
    for again in (voters, voters[:1]):
        assert ask(second_scrutineer, proposal.round, Kind.ANNUL, again) == row
    (event,) = make_events(proposal.round, 1)
    more = ask(scrutineer, proposal.round, Kind.ANNUL, [*voters, bytes(event.voter)])
    assert more != row
    confirm_intervention(by=second_scrutineer, intervention=row)
    refuse_intervention(by=second_scrutineer, intervention=more)
    assert ask(scrutineer, proposal.round, Kind.ANNUL, voters) not in (row, more)


# Mail --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_voters_are_told_what_happened_and_what_to_do(
    language: str,
    proposal: Proposal,
    resident: User,
    neighbour: User,
    scrutineer: User,
    second_scrutineer: User,
    cast_by: object,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    User.objects.filter(pk=resident.pk).update(language=language)
    voters = cast_by(resident, neighbour)[:1]
    with django_capture_on_commit_callbacks(execute=True):
        ask(scrutineer, proposal.round, Kind.HOLD, voters, note="Secret", words="One school")
    with django_capture_on_commit_callbacks(execute=True):
        annul(scrutineer, second_scrutineer, proposal.round, voters)
    assert [one.to for one in mail.outbox] == [[resident.email]] * 2
    for one in mail.outbox:
        assert proposal.title in one.subject + one.body
        assert f"/{language}/rounds/{proposal.round.pk}/appeal/" in one.body
        assert "Secret" not in one.body
        assert not re.search(r"[a-f0-9]{16}", one.body)
    assert "One school" in mail.outbox[0].body
    row = Intervention.objects.first()
    assert row.notified_at <= timezone.now()
    assert row.notified_up_to == 0
