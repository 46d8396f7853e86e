"""Rounds in the admin: made, changed until the first vote, closed, copied, rehearsed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from government.roles import PROMOTERS, ensure_roles
from proposals.models import Proposal
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory, make_batch
from voting.actions import append_event, cast_ballot, cast_support
from voting.actions.preparing import RoundFrozen, close_early, copy_round, take_proposals
from voting.models import Option, Round
from voting.readiness import checks
from voting.rehearsal import rehearse
from voting.rules import hash_of
from voting.viewsets.round_pages import was_rehearsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client, RequestFactory

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db

ADD = reverse("rounds_admin:add")


def page(name: str, round_: Round) -> str:
    return reverse(f"rounds_admin:{name}", args=[round_.pk])


@pytest.fixture
def keeper(home: object) -> User:
    """A promoter with the rights of their role."""
    user = UserFactory(email="keeper@example.org")
    user.groups.add(ensure_roles()[PROMOTERS])
    return user


@pytest.fixture
def desk(keeper: User, staff_of: Callable[[User], Client]) -> Client:
    return staff_of(keeper)


def moment(days: int) -> str:
    return (timezone.localtime() + timedelta(days=days)).strftime("%Y-%m-%d %H:%M")


def option(place: int, pk: object = "", **fields: Any) -> dict[str, Any]:
    """One option's fields of the form; `place` is the number of its form."""
    row = {
        "title_ru": f"Вариант {place}",
        "title_en": f"Option {place}",
        "title_ja": "",
        "cost_minor": "",
    }
    row |= {"text_ru": "", "text_en": "", "text_ja": "", "proposal": "", "id": pk, **fields}
    row |= {"ORDER": fields.get("ORDER", place + 1), "DELETE": fields.get("DELETE", "")}
    return {f"options-{place}-{name}": value for name, value in row.items()}


def form(*options: dict[str, Any], initial: int = 0, **fields: Any) -> dict[str, Any]:
    """A filled-in form of a round."""
    data = {
        "title_ru": "Скамейки",
        "title_en": "Benches",
        "title_ja": "ベンチ",
        "intro_ru": "Что поставить.",
        "intro_en": "",
        "intro_ja": "",
        "call": "",
        "method": "approval",
        "limit": "",
        "seats": "1",
        "score_max": "5",
        "threshold": "0",
        "budget_minor": "",
        "level": "1",
        "hidden": "on",
        "open_record": "on",
        "opens_at": moment(5),
        "closes_at": moment(15),
        "options-TOTAL_FORMS": len(options),
        "options-INITIAL_FORMS": initial,
        "options-MIN_NUM_FORMS": 0,
        "options-MAX_NUM_FORMS": 1000,
    }
    for row in options:
        data |= row
    return {**data, **fields}


def errors_of(answer: Any) -> dict[str, Any]:
    bound = answer.context["form"]
    nested = [dict(one.errors) for one in bound.formsets["options"].forms]
    return {**bound.errors, **{name: words for one in nested for name, words in one.items()}}


# Making and changing -------------------------------------------------------------------------


def test_round_is_made_with_its_options(desk: Client) -> None:
    answer = desk.post(ADD, form(option(0), option(1), option(2)))
    round_ = Round.objects.get()
    assert answer["Location"] == page("inspect", round_)
    assert [o.number for o in round_.options.order_by("sort_order")] == [1, 2, 3]
    # Mind: the rules are written when the round is saved, and its options only after that.
    assert [o["number"] for o in round_.rules["options"]] == [1, 2, 3]
    assert round_.rules["options"][0]["title"] == {"ru": "Вариант 0", "en": "Option 0"}
    assert bytes(round_.rules_hash) == hash_of(round_.rules)
    assert ModelLogEntry.objects.for_instance(round_).filter(action="wagtail.create").count() == 1


def test_rules_hold_the_municipalities_that_were_ticked(desk: Client) -> None:
    place = MunicipalityFactory()
    desk.post(ADD, form(option(0), option(1), residents_only="on", municipalities=[str(place.pk)]))
    assert Round.objects.get().rules["municipalities"] == [place.slug]


def test_options_are_numbered_anew_in_their_order(desk: Client) -> None:
    round_ = BallotFactory(opens_at=timezone.now() + timedelta(days=2))
    first, second, third = round_.options.order_by("number")
    rows = (
        option(0, first.pk, ORDER=3, title_en="Now third"),
        option(1, second.pk, DELETE="on"),
        option(2, third.pk, ORDER=1),
        option(3, ORDER=2, title_en="New"),
    )
    answer = desk.post(page("edit", round_), form(*rows, initial=3))
    assert answer.status_code == 302
    found = Option.objects.filter(round=round_).order_by("number")
    assert [(o.number, o.pk) for o in found][:1] == [(1, third.pk)]
    assert [o.title["en"] for o in found] == ["Option 2", "New", "Now third"]
    round_.refresh_from_db()
    assert [o["title"]["en"] for o in round_.rules["options"]] == ["Option 2", "New", "Now third"]
    assert [o["number"] for o in round_.rules["options"]] == [1, 2, 3]


def test_money_is_typed_in_roubles(desk: Client) -> None:
    rows = option(0, cost_minor="1500000"), option(1, cost_minor="0.50")
    desk.post(ADD, form(*rows, method="greedy", budget_minor="3000000"))
    round_ = Round.objects.get()
    assert round_.budget_minor == 300_000_000
    assert [o.cost_minor for o in round_.options.order_by("number")] == [150_000_000, 50]
    text = desk.get(page("edit", round_)).text
    assert 'value="3000000"' in text
    assert 'value="0.5' in text


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"title_ru": "", "title_en": "", "title_ja": ""}, "title", "required"),
        ({"method": "greedy"}, "budget_minor", "say how much"),
        ({"method": "greedy", "budget_minor": "100"}, "cost_minor", "what it costs"),
        ({"method": "support"}, "method", "valid choice"),
        ({"limit": "3"}, "limit", "fewer options"),
        ({"limit": "0"}, "limit", "greater than or equal to 1"),
        ({"seats": "3"}, "seats", "fewer options"),
        ({"closes_at": moment(4)}, "closes_at", "close after it opens"),
        ({"opens_at": moment(-1)}, "opens_at", "past"),
        ({"paper": "on"}, "level", "document seen"),
        ({"open_record": "", "hidden": ""}, "hidden", "stay hidden until the close"),
        ({"residents_only": "on"}, "municipalities", "Tick"),
        ({"fits_budget": "on"}, "fits_budget", "no budget"),
        ({"comparison": "on"}, "comparison", "Only equal shares"),
        ({"method": "ranked", "threshold": "5"}, "threshold", "no threshold"),
        ({"options-0-cost_minor": "-5"}, "cost_minor", "greater than or equal to 0"),
        ({"options-0-proposal": "987654321"}, "proposal", "no public proposal"),
        ({"options-0-title_ru": "", "options-0-title_en": ""}, "title", "required"),
        ({"call": "9" * 30}, "call", "valid choice"),
    ],
)
def test_round_is_refused_with_a_reason_and_kept_as_typed(
    fields: dict[str, str], field: str, words: str, desk: Client
) -> None:
    answer = desk.post(ADD, form(option(0), option(1), **fields))
    assert answer.status_code == 200
    assert words in str(errors_of(answer)[field])
    assert "Benches" in answer.text or "title_en" in fields
    assert not Round.objects.exists()


def test_budget_has_to_reach_for_one_option(desk: Client) -> None:
    rows = option(0, cost_minor="500"), option(1, cost_minor="600")
    answer = desk.post(ADD, form(*rows, method="equal_shares", budget_minor="499"))
    assert "single option" in str(errors_of(answer)["budget_minor"])


def test_round_without_options_is_saved_and_not_announced(desk: Client, stranger: Client) -> None:
    desk.post(ADD, form())
    round_ = Round.objects.get()
    assert stranger.get(round_.get_absolute_url()).status_code == 404
    assert "There are no options yet." in desk.get(page("inspect", round_)).text


def test_fields_of_a_round_begin_with_a_capital(desk: Client) -> None:
    bound = desk.get(ADD).context["form"]
    labels = [str(field.label) for field in (*bound, *bound.formsets["options"].empty_form)]
    assert [label for label in labels if label[:1].islower()] == []


# Frozen by the first vote --------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_round_with_a_vote_cannot_be_changed(
    method: str, ballot: Round, neighbour: User, desk: Client
) -> None:
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1])
    before = Round.objects.values().get()
    answer = getattr(desk, method)(page("edit", ballot), form(option(0), option(1)))
    assert answer["Location"] == page("inspect", ballot)
    text = desk.get(answer["Location"]).text
    assert "its rules stay as they are" in text
    assert "1 person has voted, so the rules can no longer change" in text
    assert Round.objects.values().get() == before


@pytest.mark.parametrize("name", ["edit", "take", "delete"])
def test_round_with_paper_typed_in_cannot_be_changed(
    name: str, registrar: User, desk: Client
) -> None:
    """Its ballots name the options by their numbers."""
    round_ = make_batch(registrar).round
    before = Round.objects.values().get(), list(Option.objects.values())
    answer = desk.post(page(name, round_), form(option(0), option(1)))
    assert answer["Location"] == page("inspect", round_)
    text = desk.get(answer["Location"]).text
    assert "There are votes in this round, online or on paper" in text
    assert "To change them, delete the batches first." in text
    assert before == (Round.objects.values().get(), list(Option.objects.values()))


def test_vote_that_comes_after_the_first_look_wins(desk: Client) -> None:
    """The view has looked already; the action looks again under the lock."""
    ballot = BallotFactory(opens_at=timezone.now() + timedelta(days=2))
    rows = [option(place, o.pk) for place, o in enumerate(ballot.options.order_by("number"))]
    votes: list[object] = []

    def vote_after(execute: Any, sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if "voting_voteevent" in sql and not votes:
            votes.append("on its way")
            append_event(ballot, b"v" * 16, 1, 1, choice=[1])
        return found

    with connection.execute_wrapper(vote_after):
        answer = desk.post(page("edit", ballot), form(*rows, initial=3))
    assert ballot.events.count() == 1
    assert answer["Location"] == page("inspect", ballot)
    assert "its rules stay as they are" in desk.get(answer["Location"]).text
    assert Round.objects.get().title == ballot.title


def test_round_with_a_vote_cannot_be_deleted(ballot: Round, neighbour: User, desk: Client) -> None:
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1])
    answer = desk.post(page("delete", ballot))
    assert answer["Location"] == page("inspect", ballot)
    assert Round.objects.filter(pk=ballot.pk).exists()


def test_delete_without_its_form_is_no_way_in(ballot: Round, neighbour: User, desk: Client) -> None:
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1])
    assert desk.delete(page("delete", ballot)).status_code == 405
    assert Round.objects.filter(pk=ballot.pk).exists()


def test_round_without_a_vote_is_deleted(ballot: Round, desk: Client) -> None:
    assert desk.post(page("delete", ballot)).status_code == 302
    assert not Round.objects.exists()


# Closing, copying, taking proposals ----------------------------------------------------------


def test_close_early_asks_for_a_reason_and_logs_it(
    ballot: Round, keeper: User, desk: Client
) -> None:
    assert desk.post(page("close", ballot), {"reason": " "}).status_code == 200
    assert Round.objects.get().closed_at is None
    desk.post(page("close", ballot), {"reason": "The options were wrong."})
    assert Round.objects.get().is_over
    entry = ModelLogEntry.objects.for_instance(ballot).get(action="voting.close_round")
    assert (entry.user, entry.data) == (keeper, {"reason": "The options were wrong."})
    assert desk.get(page("close", ballot)).status_code == 302
    assert not close_early(user=keeper, round_=ballot, reason="Again.")


def test_copy_round_keeps_the_rules_and_none_of_the_votes(
    neighbour: User, keeper: User, desk: Client
) -> None:
    place = MunicipalityFactory()
    old = BallotFactory(
        method="equal_shares",
        budget_minor=500,
        limit=2,
        residents_only=True,
        comparison=True,
        open_record=False,
    )
    old.municipalities.add(place)
    old.save()
    answer = desk.post(page("copy", old))
    copy = Round.objects.exclude(pk=old.pk).get()
    assert answer["Location"] == page("edit", copy)
    own = {"round", "opens_at", "closes_at"}
    assert {n for n in old.rules if copy.rules[n] != old.rules[n]} == own
    assert copy.uuid != old.uuid
    assert copy.is_coming
    assert copy.closes_at - copy.opens_at == old.closes_at - old.opens_at
    assert ModelLogEntry.objects.for_instance(copy).filter(action="voting.copy_round").exists()


@pytest.mark.parametrize("act", [copy_round, close_early, take_proposals])
def test_who_may_not_prepare_rounds_does_nothing(act: Any, ballot: Round, neighbour: User) -> None:
    more = {close_early: {"reason": "x"}, take_proposals: {"proposals": []}}.get(act, {})
    with pytest.raises(PermissionDenied):
        act(user=neighbour, round_=ballot, **more)


def test_take_proposals_of_the_call(call: CallPage, desk: Client, keeper: User) -> None:
    round_ = BallotFactory(call=call, costs=[100])
    short = ProposalFactory(call=call, status=Proposal.Status.SHORTLISTED)
    other = ProposalFactory(call=call, status=Proposal.Status.SHORTLISTED)
    ProposalFactory(call=call)
    text = desk.get(page("take", round_)).text
    assert short.title in text
    answer = desk.post(page("take", round_), {"proposal": [str(short.pk), "x", "9" * 30]})
    assert answer["Location"] == page("edit", round_)
    taken = round_.options.get(proposal=short)
    assert (taken.number, taken.title) == (2, {"ru": short.title})
    round_.refresh_from_db()
    assert len(round_.rules["options"]) == 2
    assert short.title not in desk.get(page("take", round_)).text
    assert take_proposals(user=keeper, round_=round_, proposals=[short, other]) == 1


def test_take_proposals_into_a_frozen_round(
    call: CallPage, ballot: Round, neighbour: User, keeper: User
) -> None:
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1])
    with pytest.raises(RoundFrozen):
        take_proposals(user=keeper, round_=ballot, proposals=[ProposalFactory(call=call)])


# The list, the preview, the sheet, the rehearsal ---------------------------------------------


@pytest.mark.parametrize("count", [1, 6])
def test_list_of_rounds_costs_the_same_for_more(count: int, desk: Client) -> None:
    for _ in range(count):
        BallotFactory()
    desk.get(reverse("rounds_admin:index"))
    with CaptureQueriesContext(connection) as caught:
        answer = desk.get(reverse("rounds_admin:index"))
    assert "Open" in answer.text
    assert len(caught) <= 12, len(caught)


@pytest.mark.parametrize(("state", "shown"), [("open", "Ballot"), ("coming", ""), ("over", "")])
def test_list_of_rounds_is_narrowed_by_state(
    state: str, shown: str, ballot: Round, proposal: Proposal, desk: Client
) -> None:
    text = desk.get(reverse("rounds_admin:index"), {"state": state}).text
    assert (str(ballot.title["en"]) in text) is bool(shown)
    assert proposal.title not in text


def test_preview_shows_the_ballot_and_casts_nothing(desk: Client) -> None:
    round_ = BallotFactory(opens_at=timezone.now() + timedelta(days=2))
    text = desk.get(page("preview", round_)).text
    assert "data-ballot" in text
    assert '<button class="button" disabled>' in text
    assert "Nothing can be cast here." in text
    assert f'href="{page("inspect", round_)}"' in text


def test_sheet_says_what_is_missing() -> None:
    round_ = BallotFactory(
        opens_at=timezone.now() - timedelta(days=1), closes_at=timezone.now() + timedelta(hours=1)
    )
    faults = [check.words for check in checks(round_, rehearsed=False) if not check.passed]
    assert len(faults) == 5, faults  # past, no day long, two languages lack words, not rehearsed


def test_sheet_of_a_ready_round_is_all_yes() -> None:
    opens_at = timezone.now() + timedelta(days=3)
    words = {"ru": "Слова", "en": "Words", "ja": "言葉"}
    round_ = BallotFactory(
        method="greedy",
        budget_minor=400,
        title=words,
        intro=words,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=10),
    )
    assert [check.words for check in checks(round_, rehearsed=True) if not check.passed] == []


def test_failed_rehearsal_is_none() -> None:
    """The sheet said that the round was rehearsed, below “do not open this round”."""
    round_ = BallotFactory()
    data = {"rules": bytes(round_.rules_hash).hex()}
    for passed in (False, True):
        log(round_, "voting.rehearse", data={**data, "passed": passed})
        assert was_rehearsed(round_) is passed


@pytest.mark.parametrize("method", ["approval", "ranked", "score", "greedy", "equal_shares"])
@pytest.mark.parametrize(
    "rules",
    [{}, {"limit": 2}, {"seats": 2}, {"seats": 3}, {"fits_budget": True}, {"threshold": 999}],
    ids=str,
)
def test_rehearsal_of_every_method_passes(method: str, rules: dict[str, Any]) -> None:
    played = BallotFactory(method=method, budget_minor=450, **rules).rules
    scenes = rehearse(played)
    assert [f.key for scene in scenes for f in scene.findings if not f.passed] == []
    assert rehearse(played) == scenes
    assert rehearse(played, seed=2) != scenes


def test_rehearsal_finds_a_rule_that_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A play that could not fail would tell nothing."""
    rules = BallotFactory(limit=1).rules
    monkeypatch.setattr("voting.choices._check_limits", lambda rules, numbers: None)
    failed = [f.key for scene in rehearse(rules) for f in scene.findings if not f.passed]
    assert "limit_refused" in failed


def test_rehearsal_is_logged_and_stands_on_the_sheet(ballot: Round, desk: Client) -> None:
    rehearsed = "The round was rehearsed with these very rules."
    answer = desk.post(page("rehearse", ballot))
    assert "Everything went as it should." in answer.text
    here = answer.context["breadcrumbs_items"][-1]  # printed, it has to say of which round it is
    assert (here["label"], here["sublabel"]) == ("Rehearsal", str(ballot))
    entry = ModelLogEntry.objects.for_instance(ballot).get(action="voting.rehearse")
    assert entry.data == {"rules": bytes(ballot.rules_hash).hex(), "passed": True}
    assert {check.words: check.passed for check in answer.context["checks"]}[rehearsed]
    ballot.limit = 1
    ballot.save()
    again = desk.get(page("rehearse", ballot)).context["checks"]
    assert not {check.words: check.passed for check in again}[rehearsed]


def test_rehearsal_needs_two_options(desk: Client) -> None:
    round_ = BallotFactory(costs=[1])
    assert desk.post(page("rehearse", round_)).status_code == 302
    assert "There have to be two options first." in desk.get(page("rehearse", round_)).text


# Calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("votes", [0, 1])
def test_publishing_a_call_says_which_rounds_keep_their_dates(
    votes: int, proposal: Proposal, neighbour: User, rf: RequestFactory
) -> None:
    if votes:
        cast_support(user=neighbour, proposal_id=proposal.pk)
    phase = proposal.call.phases.get(kind="support")
    phase.closes_at += timedelta(days=3)
    phase.save()
    proposal.call.save_revision().publish()
    request = rf.post("/", {"action-publish": "1"})
    request._messages = CookieStorage(request)
    for hook in hooks.get_hooks("after_edit_page"):
        hook(request, proposal.call)
    said = [str(message) for message in request._messages]
    assert len(said) == votes
    assert all("сохраняет даты" in words for words in said)
