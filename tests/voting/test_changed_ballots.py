"""A ballot that staff changed while somebody had it open: no number may mean another project."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.utils import timezone

from tests.factories.voting import BallotFactory, make_events
from tests.voting.test_ballots import SCRIPT, form, marked, sign_in, standing, url
from voting.actions import OtherRules, cast_ballot
from voting.actions.preparing import save_round
from voting.models import BallotDraft, Option, Round

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

CHANGED = "Организаторы изменили этот бюллетень"


def put_first(round_: Round, number: int) -> None:
    """Staff move an option to the top; all are numbered anew."""
    save_round(
        round_=round_, save=lambda: round_.options.filter(number=number).update(sort_order=-1)
    )


def refuses(page: Any, round_: Round) -> bool:
    assert page.status_code == 409
    assert CHANGED in page.text
    assert marked(page) == set()
    assert f'name="rules" value="{Round.objects.get(pk=round_.pk).rules_hex}"' in page.text
    return not round_.events.exists()


def test_cast_ballot_of_other_rules_is_refused(ballot: Round, voter: Client) -> None:
    drawn = form(ballot, {"option": ["1"]})
    put_first(ballot, 3)
    assert refuses(voter.post(url(ballot, "cast/"), drawn), ballot)
    assert not BallotDraft.objects.exists()
    again = form(Round.objects.get(), {"option": ["2"]})  # where “Вариант 1” is now
    assert voter.post(url(ballot, "cast/"), again).status_code == 302
    assert standing(ballot) == [[2]]


def test_ballot_without_rules_is_refused_alike(ballot: Round, voter: Client) -> None:
    """A page from before an upgrade."""
    assert refuses(voter.post(url(ballot, "cast/"), {"option": ["1"], "gen": "0"}), ballot)


def test_change_between_look_and_cast_is_seen_by_the_ledger(
    ballot: Round,
    voter: Client,
) -> None:
    """The view reads the round before it is locked."""
    changed = Round.objects.filter(pk=ballot.pk)

    def change_first(execute: Any, sql: str, *rest: Any) -> Any:
        if "voting_votekey key" in sql:
            changed.update(rules_hash=b"\1" * 32)
        return execute(sql, *rest)

    drawn = form(ballot, {"option": ["2"]})
    with connection.execute_wrapper(change_first):
        page = voter.post(url(ballot, "cast/"), drawn)
    assert page.status_code == 409
    assert not ballot.events.exists()


def test_cast_ballot_under_rules_it_names(ballot: Round, neighbour: User) -> None:
    wish = {"user": neighbour, "round_id": ballot.pk, "choice": [1]}
    with pytest.raises(OtherRules):
        cast_ballot(**wish, seen_rules=b"\1" * 32)
    assert cast_ballot(**wish, seen_rules=bytes(ballot.rules_hash)).stands


def test_changed_ballot_that_is_closed_names_no_option(
    ballot: Round,
    voter: Client,
) -> None:
    drawn = form(ballot, {"option": ["1"]})
    put_first(ballot, 3)
    Round.objects.update(closed_at=timezone.now())
    page = voter.post(url(ballot, "cast/"), drawn)
    assert page.status_code == 403
    assert '<ul class="chosen">' not in page.text


# What was kept -------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "kept"), [(0, False), (2, True)])
def test_upgrade_keeps_drafts_that_are_of_the_present_rules(
    days: int, kept: bool, ballot: Round, resident: User
) -> None:
    """Rules are frozen by the first vote; of a draft from its day nobody knows which came first."""
    make_events(ballot, 1)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        draft = BallotDraft.objects.create(person=resident, round=ballot, choice=[[2, "1"]])
    import_module("voting.migrations.0016_draft_rules").keep_drafts(apps, None)
    draft.refresh_from_db()
    titles = [ballot.rules["options"][1]["title"]]
    assert (draft.rules, draft.titles) == ((ballot.rules_hex, titles) if kept else ("", []))


def test_draft_of_other_rules_is_dropped_and_its_titles_are_told(
    ballot: Round,
    voter: Client,
) -> None:
    voter.post(url(ballot, "keep/"), form(ballot, {"option": ["1"]}))
    put_first(ballot, 3)
    page = voter.get(url(ballot))
    assert CHANGED in page.text
    assert '<ul class="chosen"><li>Вариант 1</li></ul>' in page.text
    assert marked(page) == set()
    assert not BallotDraft.objects.exists()
    assert CHANGED not in voter.get(url(ballot)).text


def test_marks_of_the_signed_out_are_dropped_alike(
    ballot: Round, stranger: Client, neighbour: User
) -> None:
    stranger.post(url(ballot, "cast/"), form(ballot, {"option": ["1"]}))
    put_first(ballot, 3)
    sign_in(stranger, neighbour, url(ballot))
    page = stranger.get(url(ballot))
    assert CHANGED in page.text
    assert marked(page) == set()


def test_marks_of_a_visitor_who_stays_signed_out_are_dropped(
    ballot: Round, stranger: Client
) -> None:
    stranger.post(url(ballot, "cast/"), form(ballot, {"option": ["1"]}))
    put_first(ballot, 3)
    page = stranger.get(url(ballot))
    assert CHANGED in page.text
    assert marked(page) == set()


def test_marks_of_other_rules_are_not_kept(ballot: Round, voter: Client) -> None:
    drawn = form(ballot, {"option": ["1"]})
    put_first(ballot, 3)
    assert voter.post(url(ballot, "keep/"), drawn, headers=SCRIPT).status_code == 409
    assert refuses(voter.post(url(ballot, "keep/"), drawn), ballot)
    assert not BallotDraft.objects.exists()


# Options that there are not ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("approval", {"option": ["1", "4"]}),
        ("approval", {"option": ["1", "x"]}),
        ("ranked", {"option-1": "1", "option-4": "2"}),
    ],
)
def test_unknown_option_beside_a_known_one_is_refused(
    method: str,
    fields: dict[str, Any],
    voter: Client,
) -> None:
    round_ = BallotFactory(method=method)
    page = voter.post(url(round_, "cast/"), form(round_, fields))
    assert page.status_code == 422
    assert "Этого варианта больше нет в бюллетене." in page.text
    assert not round_.events.exists()
    assert Option.objects.filter(round=round_).count() == 3
