"""Supporters' answers to a merge: rows of the ledger, one link, and what is told of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actions import erase_account
from proposals.actions import move_proposal
from proposals.actions.merging import cancel_merge, finish_merge
from proposals.models import Merge, Proposal
from tests.factories.accounts import UserFactory
from tests.factories.merging import begin, only_source, propose
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory, hold_votes, make_events
from voting.actions import VoteRefused, cast_support, close_round, recount_support, withdraw_support
from voting.actions.merging import MergeEnded, NothingToMove, answer_merge
from voting.merge_links import BadLink, link_token, read_token
from voting.merge_notifications import mail_merge_letters
from voting.merges import figures_of
from voting.models import MergeAnswer, MergeLetters, VoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.core.mail import EmailMessage
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def tally(proposal: Proposal) -> int:
    return VoteEvent.objects.filter(round__proposal=proposal).tally()


def rows(proposal: Proposal) -> list[str]:
    found = VoteEvent.objects.filter(round__proposal=proposal).order_by("voter", "gen")
    return list(found.values_list("reason", flat=True))


def merge_of(*supporters: User, count: int = 1) -> Merge:
    """An open merge, its first source supported by these people."""
    sources = [ProposalFactory() for _ in range(count)]
    for person in supporters:
        cast_support(user=person, proposal_id=sources[0].pk)
    return begin(sources=sources)


def choose(user: User, merge: Merge, choice: str) -> MergeAnswer:
    return answer_merge(user=user, merge=merge, choice=choice)


def link(merge: Merge, person: User) -> str:
    with translation.override("en"):
        return reverse("voting:merge_choice", args=[link_token(merge, person)])


# The ledger --------------------------------------------------------------------------------------


def test_move_is_a_withdrawal_there_and_a_cast_here(call: CallPage, neighbour: User) -> None:
    merge = merge_of(neighbour)
    choose(neighbour, merge, "move")
    assert rows(only_source(merge)) == ["cast", "withdraw"]
    assert rows(merge.target) == ["cast"]
    assert (tally(only_source(merge)), tally(merge.target)) == (0, 1)


def test_move_of_who_backs_both_counts_once(
    call: CallPage,
    neighbour: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        merge = merge_of(neighbour)
        cast_support(user=neighbour, proposal_id=merge.target.pk)
        choose(neighbour, merge, "move")
    assert rows(only_source(merge)) == ["cast", "withdraw"]
    assert rows(merge.target) == ["cast"]
    assert tally(merge.target) == 1
    shown = Proposal.objects.select_related("figures").get(pk=merge.target.pk).support_count
    assert shown == 1 == recount_support(merge.target)


def test_move_from_two_sources_counts_once(call: CallPage, neighbour: User) -> None:
    first, second = ProposalFactory(), ProposalFactory()
    for source in (first, second):
        cast_support(user=neighbour, proposal_id=source.pk)
    merge = begin(sources=[first, second])
    choose(neighbour, merge, "move")
    assert [tally(one) for one in (first, second, merge.target)] == [0, 0, 1]


def test_move_twice_is_one_move(call: CallPage, neighbour: User) -> None:
    merge = merge_of(neighbour)
    for _ in range(2):
        choose(neighbour, merge, "move")
    assert (len(rows(only_source(merge))), len(rows(merge.target))) == (2, 1)
    assert MergeAnswer.objects.count() == 1


def test_keep_writes_no_row(call: CallPage, neighbour: User) -> None:
    merge = merge_of(neighbour)
    choose(neighbour, merge, "keep")
    assert (rows(only_source(merge)), rows(merge.target)) == (["cast"], [])


def test_withdraw_takes_it_back_and_gives_nothing(call: CallPage, neighbour: User) -> None:
    merge = merge_of(neighbour)
    choose(neighbour, merge, "withdraw")
    assert (tally(only_source(merge)), tally(merge.target)) == (0, 0)


@pytest.mark.parametrize("backed_target", [True, False])
def test_choice_can_be_changed_to_and_fro(
    call: CallPage, neighbour: User, backed_target: bool
) -> None:
    merge = merge_of(neighbour)
    if backed_target:
        cast_support(user=neighbour, proposal_id=merge.target.pk)
    kept = int(backed_target)
    for choice, there, here in (
        ("move", 0, 1),
        ("keep", 1, kept),
        ("withdraw", 0, kept),
        ("move", 0, 1),
        ("withdraw", 0, kept),
    ):
        choose(neighbour, merge, choice)
        assert (tally(only_source(merge)), tally(merge.target)) == (there, here), choice


def test_choice_of_who_supports_none_is_refused(call: CallPage, neighbour: User) -> None:
    merge = merge_of()
    with pytest.raises(NothingToMove):
        choose(neighbour, merge, "move")
    assert not MergeAnswer.objects.exists()


def test_choice_after_the_time_is_refused(call: CallPage, neighbour: User) -> None:
    merge = merge_of(neighbour)
    with time_machine.travel(merge.due_at), pytest.raises(MergeEnded):
        choose(neighbour, merge, "move")
    assert tally(merge.target) == 0


def test_choice_before_authors_agreed_is_refused(call: CallPage, neighbour: User) -> None:
    merge = propose()
    cast_support(user=neighbour, proposal_id=only_source(merge).pk)
    with pytest.raises(MergeEnded):
        choose(neighbour, merge, "move")


@pytest.mark.parametrize("which", ["source", "target"])
def test_move_with_a_round_closed_meanwhile_changes_nothing(
    call: CallPage, neighbour: User, which: str
) -> None:
    merge = merge_of(neighbour)
    close_round(proposal=merge.target if which == "target" else only_source(merge))
    with pytest.raises(VoteRefused):
        choose(neighbour, merge, "move")
    assert (tally(only_source(merge)), tally(merge.target)) == (1, 0)
    assert not MergeAnswer.objects.exists()


def test_move_of_a_held_vote_changes_nothing(call: CallPage, neighbour: User) -> None:
    merge = merge_of(neighbour)
    round_ = only_source(merge).round
    choose(neighbour, merge, "keep")
    (event,) = round_.events.all()
    staff = UserFactory(is_superuser=True)
    hold_votes(staff, round_, [event])
    with pytest.raises(VoteRefused):
        choose(neighbour, merge, "move")
    assert tally(merge.target) == 0


def test_no_row_says_who_answered(call: CallPage, neighbour: User) -> None:
    answer = choose(neighbour, merge_of(neighbour), "move")
    events = {bytes(voter) for voter in VoteEvent.objects.values_list("voter", flat=True)}
    assert bytes(answer.voter) not in events
    assert not [
        field for field in MergeAnswer._meta.fields if field.related_model is type(neighbour)
    ]


def test_erasing_an_account_takes_a_moved_support_back(call: CallPage, neighbour: User) -> None:
    merge = merge_of(neighbour)
    choose(neighbour, merge, "move")
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert (tally(only_source(merge)), tally(merge.target)) == (0, 0)


# The end -----------------------------------------------------------------------------------------


def test_who_did_not_answer_is_not_moved(call: CallPage, neighbour: User, resident: User) -> None:
    merge = merge_of(neighbour, resident)
    choose(resident, merge, "move")
    with time_machine.travel(merge.due_at + timedelta(minutes=1)):
        finish_merge(merge=merge)
    source = Proposal.objects.get(pk=only_source(merge).pk)
    assert source.status == Proposal.Status.MERGED
    assert (tally(source), tally(merge.target)) == (1, 1)


def test_cancelled_merge_leaves_moved_supports(
    call: CallPage, neighbour: User, moderator: User
) -> None:
    merge = merge_of(neighbour)
    choose(neighbour, merge, "move")
    cancel_merge(user=moderator, merge=merge, reason="О разном.")
    with pytest.raises(MergeEnded):
        choose(neighbour, merge, "keep")
    assert tally(merge.target) == 1


def test_finish_merges_ends_what_is_due(call: CallPage, capsys: pytest.CaptureFixture) -> None:
    due, asked, later = begin(days=3), propose(days=3), begin(days=9)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        call_command("finish_merges")
        call_command("finish_merges")
    states = [Merge.objects.get(pk=merge.pk).state for merge in (due, asked, later)]
    assert states == ["done", "cancelled", "open"]


def test_finish_merges_says_which_a_ballot_holds_up(
    call: CallPage, capsys: pytest.CaptureFixture
) -> None:
    merge, ballot = begin(days=3), BallotFactory()
    ballot.options.filter(number=1).update(proposal=only_source(merge))
    with time_machine.travel(timezone.now() + timedelta(days=4)), pytest.raises(SystemExit):
        call_command("finish_merges")
    assert "option of the ballot" in capsys.readouterr().err
    assert Merge.objects.get(pk=merge.pk).state == "open"


# Mails -------------------------------------------------------------------------------------------


def test_each_supporter_gets_one_mail_with_one_link(
    call: CallPage,
    neighbour: User,
    resident: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    neighbour.language = "ja"
    neighbour.save()
    sources = [ProposalFactory(), ProposalFactory()]
    for source in sources:
        cast_support(user=neighbour, proposal_id=source.pk)  # both: one mail all the same
    cast_support(user=resident, proposal_id=sources[1].pk)
    gone = UserFactory()
    cast_support(user=gone, proposal_id=sources[0].pk)
    withdraw_support(user=gone, proposal_id=sources[0].pk)
    with django_capture_on_commit_callbacks(execute=True):
        merge = begin(sources=sources)
    mails = [mail for mail in mailoutbox if "/merges/" in mail.body]
    assert sorted(mail.to[0] for mail in mails) == sorted([neighbour.email, resident.email])
    for mail in mails:
        (token,) = re.findall(r"/merges/([\w-]+)/", mail.body)
        number, person = read_token(token)
        assert number == merge.pk
        assert type(neighbour).objects.get(pk=person).email == mail.to[0]
        assert len(token) == 59
    assert "/ja/merges/" in next(mail.body for mail in mails if mail.to == [neighbour.email])
    letters = MergeLetters.objects.get()
    assert (letters.asked_count, letters.mailed_up_to, bool(letters.mailed_at)) == (2, 0, True)


def test_mails_that_a_stopped_worker_left_are_taken_up(
    call: CallPage, neighbour: User, resident: User, mailoutbox: list[EmailMessage]
) -> None:
    merge = merge_of(neighbour, resident)
    first, second = sorted((neighbour, resident), key=lambda person: person.pk)
    MergeLetters.objects.update(mailed_up_to=first.pk, asked_count=1)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        call_command("finish_merges")
    assert [mail.to for mail in mailoutbox] == [[second.email]]
    assert merge.letters.asked_count == 2


def test_no_mails_for_a_merge_that_was_called_off(
    call: CallPage, neighbour: User, moderator: User, mailoutbox: list[EmailMessage]
) -> None:
    merge = merge_of(neighbour)
    cancel_merge(user=moderator, merge=merge, reason="О разном.")
    mail_merge_letters.call(merge.pk)
    assert not mailoutbox  # neither the question nor its end: nobody was asked


# Who comes later ---------------------------------------------------------------------------------


def in_an_hour() -> None:
    call_command("finish_merges")


@pytest.fixture
def asked(
    call: CallPage,
    neighbour: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    mailoutbox: list[EmailMessage],
) -> Merge:
    """A merge whose one supporter was asked; one of its two sources has none."""
    with django_capture_on_commit_callbacks(execute=True):
        merge = merge_of(neighbour, count=2)
    mailoutbox.clear()
    return merge


def test_supporter_who_comes_after_the_mails_is_asked_once_too(
    asked: Merge,
    resident: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        in_an_hour()
    assert not mailoutbox  # nobody came
    cast_support(user=resident, proposal_id=asked.sources[1].pk)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            in_an_hour()
    assert [mail.to for mail in mailoutbox] == [[resident.email]]
    assert "/merges/" in mailoutbox[0].body
    assert (tally(asked.sources[1]), tally(asked.target)) == (1, 0)  # nothing moved unasked
    assert MergeLetters.objects.get().asked_count == 2
    choose(resident, asked, "move")
    assert (tally(asked.sources[1]), tally(asked.target)) == (0, 1)


@pytest.mark.parametrize("first", ["move", "keep", "withdraw"])
def test_who_answered_and_supports_another_one_later_is_asked_about_that(
    asked: Merge,
    neighbour: User,
    first: str,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    choose(neighbour, asked, first)
    cast_support(user=neighbour, proposal_id=asked.sources[1].pk)
    with django_capture_on_commit_callbacks(execute=True):
        in_an_hour()
    assert [mail.to for mail in mailoutbox] == [[neighbour.email]]
    assert tally(asked.sources[1]) == 1
    choose(neighbour, asked, "move")
    assert [tally(one) for one in (*asked.sources, asked.target)] == [0, 0, 1]
    assert MergeLetters.objects.get().asked_count == MergeAnswer.objects.count() == 1
    if first == "move":
        choose(neighbour, asked, "keep")
        assert [tally(one) for one in (*asked.sources, asked.target)] == [1, 1, 0]


def test_support_given_anew_after_moving_can_be_moved_again(asked: Merge, neighbour: User) -> None:
    source = asked.sources[0]
    choose(neighbour, asked, "move")
    cast_support(user=neighbour, proposal_id=source.pk)
    choose(neighbour, asked, "move")
    assert (tally(source), tally(asked.target)) == (0, 1)
    choose(neighbour, asked, "withdraw")
    assert (tally(source), tally(asked.target)) == (0, 0)


def test_choice_of_who_took_support_back_unasked_gives_none(asked: Merge, neighbour: User) -> None:
    withdraw_support(user=neighbour, proposal_id=asked.sources[0].pk)
    with pytest.raises(NothingToMove):
        choose(neighbour, asked, "move")
    assert tally(asked.target) == 0


def test_latecomer_finds_the_choice_on_the_page_and_counts(
    asked: Merge, resident: User, stranger: Client, client_of: Callable[[User], Client]
) -> None:
    page = asked.sources[1].get_absolute_url()
    assert "/merges/" not in stranger.get(page).text
    client = client_of(resident)
    client.post(f"{page}support/", {"stands": "1", "gen": "0"})
    (token,) = re.findall(r"/merges/([\w-]+)/", client.get(page).text)
    assert read_token(token) == (asked.pk, resident.pk)
    client.post(reverse("voting:merge_choice", args=[token]), {"choice": "move"})
    assert tally(asked.target) == 1
    assert MergeLetters.objects.get().asked_count == MergeAnswer.objects.count() == 2


def test_who_comes_too_late_to_be_asked_counts_as_not_answered(
    asked: Merge,
    neighbour: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    choose(neighbour, asked, "move")
    for _ in range(11):
        cast_support(user=UserFactory(), proposal_id=asked.sources[1].pk)
    with (
        time_machine.travel(asked.due_at + timedelta(minutes=1)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        in_an_hour()
    assert Merge.objects.get().state == Merge.State.DONE
    assert (figures_of(asked).unanswered, tally(asked.sources[1])) == (11, 11)
    assert not [mail for mail in mailoutbox if "/merges/" in mail.body]


# Called off --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["by staff", "withdrawn"])
def test_called_off_merge_tells_whom_it_asked_once(
    asked: Merge,
    neighbour: User,
    resident: User,
    moderator: User,
    how: str,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    choose(neighbour, asked, "move")  # supports none of the sources any more
    gone = UserFactory()
    for person in (resident, gone):
        cast_support(user=person, proposal_id=asked.sources[1].pk)
    with django_capture_on_commit_callbacks(execute=True):
        in_an_hour()
    withdraw_support(user=resident, proposal_id=asked.sources[1].pk)
    erase_account(account=gone, by=gone, keep_name=False)
    cast_support(user=UserFactory(), proposal_id=asked.sources[1].pk)  # was not asked
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        if how == "by staff":
            cancel_merge(user=moderator, merge=asked, reason="О разном.")
        else:
            move_proposal(user=asked.target.author, proposal=asked.target, verb="withdraw")
    told = [mail for mail in mailoutbox if "/merges/" in mail.body]
    assert sorted(mail.to[0] for mail in told) == sorted([neighbour.email, resident.email])
    assert all("called off" in mail.body or "отмен" in mail.body for mail in told)
    assert all(("О разном." in mail.body) is (how == "by staff") for mail in told)
    mailoutbox.clear()
    with (
        time_machine.travel(timezone.now() + timedelta(hours=2)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        in_an_hour()
        mail_merge_letters.call(asked.pk)
    assert not mailoutbox


def test_mails_of_the_end_that_a_stopped_worker_left_are_taken_up(
    asked: Merge, neighbour: User, moderator: User, mailoutbox: list[EmailMessage]
) -> None:
    cancel_merge(user=moderator, merge=asked, reason="О разном.")  # its task is never run
    in_an_hour()
    assert not mailoutbox  # too young: it may be on its way
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        in_an_hour()
    assert [mail.to for mail in mailoutbox] == [[neighbour.email]]


def test_merge_called_off_before_supporters_were_asked_tells_none(
    call: CallPage,
    neighbour: User,
    moderator: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    merge = propose()
    cast_support(user=neighbour, proposal_id=only_source(merge).pk)
    with django_capture_on_commit_callbacks(execute=True):
        cancel_merge(user=moderator, merge=merge, reason="О разном.")
    assert neighbour.email not in [mail.to[0] for mail in mailoutbox]
    assert len(mailoutbox) == 2  # its authors


# Figures -----------------------------------------------------------------------------------------


def test_figures_say_nothing_of_fewer_than_ten(call: CallPage) -> None:
    merge = begin()
    MergeLetters.objects.filter(merge=merge).update(asked_count=400)
    for choice, count in (("move", 310), ("keep", 42), ("withdraw", 9)):
        for number in range(count):
            voter = f"{choice[:4]}{number:012}".encode()[:16]
            MergeAnswer.objects.create(merge=merge, voter=voter, choice=choice)
    figures = figures_of(merge)
    assert (figures.moved, figures.kept, figures.withdrawn) == (310, 42, None)
    assert (figures.unanswered, figures.is_tiny) == (39, False)
    MergeLetters.objects.filter(merge=merge).update(asked_count=9)
    assert figures_of(merge).is_tiny


# The page ----------------------------------------------------------------------------------------


def test_link_works_without_signing_in_and_only_post_chooses(
    call: CallPage, neighbour: User, stranger: Client
) -> None:
    merge = merge_of(neighbour)
    url = link(merge, neighbour)
    page = stranger.get(url)
    assert page.status_code == 200
    assert only_source(merge).title in page.text
    assert neighbour.name not in page.text
    assert page["Referrer-Policy"] == "same-origin"  # so that its form is let in
    assert "no-store" in page["Cache-Control"]
    assert not MergeAnswer.objects.exists()
    assert stranger.post(url, {"choice": "move"}).status_code == 302
    assert tally(merge.target) == 1
    again = stranger.get(url)
    assert "Your choice so far" in again.text
    assert 'value="move"' in again.text
    stranger.post(url, {"choice": "keep"})  # reused: the choice changes until the time is over
    assert (tally(only_source(merge)), tally(merge.target)) == (1, 0)


@pytest.mark.parametrize("choice", ["", "everything"])
def test_link_with_no_real_choice_asks_again(
    call: CallPage, neighbour: User, stranger: Client, choice: str
) -> None:
    merge = merge_of(neighbour)
    page = stranger.post(link(merge, neighbour), {"choice": choice})
    assert "There is a problem" in page.text
    assert not MergeAnswer.objects.exists()


def test_altered_link_opens_nothing(call: CallPage, neighbour: User, stranger: Client) -> None:
    merge = merge_of(neighbour)
    token = link_token(merge, neighbour)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        altered = f"{token[:place]}{other}{token[place + 1 :]}"
        with pytest.raises(BadLink):
            read_token(altered)
    for bad in (token[:-1], token + "A", "x", "ж" * 59):
        page = stranger.post(reverse("voting:merge_choice", args=[bad]), {"choice": "move"})
        assert page.status_code == 404
        assert "opens nothing" in page.text
    assert not MergeAnswer.objects.exists()


def test_forwarded_link_is_refused_to_who_is_signed_in_as_another(
    call: CallPage, neighbour: User, resident: User, client_of: Callable[[User], Client]
) -> None:
    merge = merge_of(neighbour)
    url = link(merge, neighbour)
    page = client_of(resident).post(url, {"choice": "move"})
    assert page.status_code == 403
    assert "sent to somebody else" in page.text
    assert not MergeAnswer.objects.exists()
    assert client_of(neighbour).post(url, {"choice": "move"}).status_code == 302


def test_link_after_the_time_says_how_it_ended(
    call: CallPage, neighbour: User, resident: User, stranger: Client
) -> None:
    merge = merge_of(neighbour, resident)
    choose(resident, merge, "move")
    with time_machine.travel(merge.due_at + timedelta(minutes=1)):
        late = stranger.get(link(merge, neighbour))
        assert (late.status_code, "time to choose is over" in late.text) == (410, True)
        finish_merge(merge=merge)
        page = stranger.post(link(merge, neighbour), {"choice": "move"})
        assert (page.status_code, "the choice is over" in page.text) == (409, True)
        chosen = stranger.get(link(merge, resident))
        assert (chosen.status_code, "Your choice so far" in chosen.text) == (200, True)
    assert tally(merge.target) == 1


def test_link_with_a_round_closed_meanwhile_says_so(
    call: CallPage, neighbour: User, stranger: Client
) -> None:
    merge = merge_of(neighbour)
    close_round(proposal=merge.target)
    page = stranger.post(link(merge, neighbour), {"choice": "move"})
    assert page.status_code == 409
    assert "Support is closed" in page.text
    assert "Nothing was changed" in page.text


def test_link_of_somebody_erased_opens_nothing(
    call: CallPage, neighbour: User, stranger: Client
) -> None:
    merge = merge_of(neighbour)
    url = link(merge, neighbour)
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert stranger.get(url).status_code == 404


def test_page_of_the_target_tells_what_supporters_chose(call: CallPage, stranger: Client) -> None:
    merge = begin()
    source, target = only_source(merge), merge.target
    make_events(source.round, 3)
    assert "is to become part of" in stranger.get(source.get_absolute_url()).text
    assert "are to become part of" in stranger.get(target.get_absolute_url()).text
    MergeLetters.objects.update(asked_count=50)
    with time_machine.travel(merge.due_at + timedelta(minutes=1)):
        finish_merge(merge=merge)
        page = stranger.get(target.get_absolute_url()).text
        assert "50 not answered, so not moved" in page
        assert "moved: fewer than 10" in page
        merged = stranger.get(source.get_absolute_url())
        assert merged.status_code == 200
        assert "was merged into another one" in merged.text
        assert target.get_absolute_url() in merged.text
