"""A ballot over HTTP: chosen, kept, cast, changed, taken back; what goes wrong loses nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AssuranceLevel
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.voting import BallotFactory
from voting.actions import cast_ballot
from voting.models import BallotDraft, Round, VoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from accounts.models import User

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Autosave": "1"}
BAR = 'class="notice notice-warning uncast"'


def url(round_: Round, end: str = "") -> str:
    return f"/ru/rounds/{round_.pk}/{end}"


def form(round_: Round, fields: dict[str, Any]) -> dict[str, Any]:
    """What a ballot drawn now sends with these fields."""
    return {"gen": "0", "rules": round_.rules_hex, **fields}


def numbers(answer: HttpResponse) -> list[str]:
    """The options in the order in which the page shows them."""
    return re.findall(r'data-number="(\d+)"', answer.text)


def marked(answer: HttpResponse) -> set[str]:
    """What is ticked on the page, by the names and values of its fields."""
    fields = re.findall(r"<input[^>]*checked[^>]*>", answer.text)
    return {re.search(r'value="(\w+)"', field)[1] for field in fields}  # type: ignore[index]


def sign_in(client: Client, user: User, onward: str) -> str:
    """Sign in by the form, which tells the site so; returns where that leads."""
    user.set_password("boiling-100")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    fields = {"login": user.email, "password": "boiling-100", "next": onward}
    return client.post("/ru/accounts/login/", fields)["Location"]


def standing(round_: Round) -> list[Any]:
    return [event.choice for event in round_.events.standing()]


def budget(method: str = "greedy", **fields: Any) -> Round:
    fields = {"costs": [60_00, 50_00, 40_00], "budget_minor": 100_00, **fields}
    return BallotFactory(method=method, **fields)


# Casting -------------------------------------------------------------------------------------


def test_cast_ballot_by_one_post(ballot: Round, voter: Client) -> None:
    answer = voter.post(url(ballot, "cast/"), form(ballot, {"option": ["3", "1"]}))
    assert answer.status_code == 302
    assert standing(ballot) == [[1, 3]]
    assert "Ваш бюллетень принят. Это его квитанция." in voter.get(answer["Location"]).text


def test_cast_ballot_is_prefilled_and_changed(ballot: Round, voter: Client) -> None:
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["1"]}))
    page = voter.get(url(ballot))
    assert marked(page) == {"1"}
    assert "Ваш бюллетень принят." in page.text
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["2"], "gen": "1"}))
    assert standing(ballot) == [[2]]
    assert [event.reason for event in VoteEvent.objects.order_by("gen")] == [
        "cast",
        "change",
        "cast",
    ]


@pytest.mark.parametrize(
    ("method", "fields", "choice"),
    [
        ("approval", {"option": ["2"]}, [2]),
        ("greedy", {"option": ["3", "2"]}, [2, 3]),
        ("equal_shares", {"option": ["2"]}, [2]),
        ("ranked", {"option-1": "2", "option-2": "", "option-3": "1"}, [3, 1]),
        ("ranked", {"option-1": "3", "option-3": "1"}, [3, 1]),
        ("ranked", {"option-2": "٢"}, [2]),
        ("score", {"option-1": "5", "option-2": "0", "option-3": "2"}, [[1, 5], [3, 2]]),
    ],
)
def test_cast_ballot_of_each_method(
    method: str, fields: dict[str, Any], choice: Any, voter: Client
) -> None:
    round_ = BallotFactory(method=method, budget_minor=1000)
    assert voter.post(url(round_, "cast/"), form(round_, fields)).status_code == 302
    assert standing(round_) == [choice]


def test_blank_ballot_has_to_be_said(ballot: Round, voter: Client) -> None:
    refused = voter.post(url(ballot, "cast/"), form(ballot, {}))
    assert refused.status_code == 422
    assert not ballot.events.exists()
    assert voter.post(url(ballot, "cast/"), form(ballot, {"blank": "1"})).status_code == 302
    assert standing(ballot) == [[]]
    assert 'id="id_option_0" checked' in voter.get(url(ballot)).text


# What goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "limits", "fields", "at"),
    [
        ("approval", {"limit": 2}, {"option": ["1", "2", "3"]}, 3),
        ("approval", {}, {"option": ["1"], "blank": "1"}, 0),
        ("greedy", {"fits_budget": True, "budget_minor": 450}, {"option": ["1", "2", "3"]}, 3),
        ("ranked", {}, {"option-1": "1", "option-2": "1"}, 2),
        ("ranked", {}, {"option-1": "first"}, 1),
        ("ranked", {}, {"option-1": "4"}, 1),
        ("ranked", {}, {"option-1": "-1"}, 1),
        ("ranked", {"limit": 1}, {"option-1": "1", "option-2": "2"}, 2),
        ("score", {}, {"option-2": "6"}, 2),
        ("score", {}, {"option-2": "1.5"}, 2),
        ("score", {"score_max": 100}, {"option-2": "101"}, 2),
    ],
)
def test_ballot_outside_the_rules_is_given_back_with_its_fault(
    method: str, limits: dict[str, Any], fields: dict[str, Any], at: int, voter: Client
) -> None:
    round_ = BallotFactory(method=method, **{"budget_minor": 1000, **limits})
    page = voter.post(url(round_, "cast/"), form(round_, fields))
    assert page.status_code == 422
    assert f'id="fault_{at}"' in page.text
    assert f'href="#id_option_{at}"' in page.text
    assert not round_.events.exists()
    for name, value in fields.items():
        if name != "option" and method == "ranked":
            assert f'name="{name}"' in page.text
            assert f'value="{value}"' in page.text
    if "option" in fields:
        assert set(fields["option"]) <= marked(page)


def test_ballot_far_over_the_limit_says_how_many_to_take_off(voter: Client) -> None:
    round_ = BallotFactory(method="approval", limit=1)
    page = voter.post(url(round_, "cast/"), form(round_, {"option": ["1", "2", "3"]}))
    assert "Выбрано 3 из 1. Уберите лишние: 2." in page.text


@pytest.mark.parametrize("gen", ["x", "-1", "9" * 40, "\0"])
def test_ballot_with_an_unreadable_gen_is_asked_again(
    gen: str, ballot: Round, voter: Client
) -> None:
    page = voter.post(url(ballot, "cast/"), form(ballot, {"option": ["1"], "gen": gen}))
    assert page.status_code == 422
    assert marked(page) == {"1"}


def test_stale_ballot_shows_what_stands_and_what_was_tried(ballot: Round, voter: Client) -> None:
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["1"]}))
    page = voter.post(url(ballot, "cast/"), form(ballot, {"option": ["2", "3"]}))
    assert page.status_code == 409
    assert standing(ballot) == [[1]]
    assert marked(page) == {"2", "3"}
    assert 'name="gen" value="1"' in page.text
    assert re.search(r'<ul class="chosen"><li>Вариант 1</li></ul>', page.text)
    # What was tried is kept: leaving the page does not lose it.
    assert marked(voter.get(url(ballot))) == {"2", "3"}


def test_ballot_after_the_close_is_given_back(ballot: Round, voter: Client) -> None:
    Round.objects.update(closed_at=timezone.now())
    page = voter.post(url(ballot, "cast/"), form(ballot, {"option": ["2"]}))
    assert page.status_code == 403
    assert "Вариант 2" in page.text.split('<ul class="chosen">')[1].split("</ul>")[0]
    assert not ballot.events.exists()


def test_close_between_look_and_cast_is_seen_by_the_ledger(ballot: Round, voter: Client) -> None:
    """The view reads the round before it is locked."""
    closing = Round.objects.filter(pk=ballot.pk)

    def close_first(execute: Any, sql: str, *rest: Any) -> Any:
        if "voting_votekey key" in sql:
            closing.update(closed_at=timezone.now())
        return execute(sql, *rest)

    with connection.execute_wrapper(close_first):
        page = voter.post(url(ballot, "cast/"), form(ballot, {"option": ["2"]}))
    assert page.status_code == 403
    assert not ballot.events.exists()


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"level": AssuranceLevel.DOCUMENT}, "паспорт"),
        ({"level": AssuranceLevel.DOCUMENT, "paper": True}, "паспорт"),
        ({"residents_only": True}, "где вы живёте"),
    ],
)
def test_who_may_not_vote_reads_why_and_keeps_the_choice(
    rules: dict[str, Any], words: str, voter: Client
) -> None:
    round_ = BallotFactory(**rules)
    if round_.residents_only:
        round_.municipalities.add(MunicipalityFactory(name="Амурск"))
        round_.save()
    page = voter.post(url(round_, "cast/"), form(round_, {"option": ["2"]}))
    assert page.status_code == 403
    assert words in page.text
    assert "data-ballot" not in page.text
    assert not round_.events.exists()
    assert BallotDraft.objects.get().choice == [[2, "1"]]


def test_resident_of_the_municipality_votes(client_of: Callable[[User], Client]) -> None:
    place = MunicipalityFactory()
    round_ = BallotFactory(residents_only=True)
    round_.municipalities.add(place)
    round_.save()
    client = client_of(UserFactory(municipality=place))
    client.post(url(round_, "cast/"), form(round_, {"option": ["2"]}))
    assert standing(round_) == [[2]]


@pytest.mark.parametrize("end", ["cast/", "withdraw/"])
def test_get_of_an_action_leads_to_the_round(end: str, ballot: Round, voter: Client) -> None:
    answer = voter.get(url(ballot, end))
    assert (answer.status_code, answer["Location"]) == (302, url(ballot))


# Taking back ---------------------------------------------------------------------------------


def test_withdraw_ballot_and_cast_again(ballot: Round, voter: Client) -> None:
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["1"]}))
    assert voter.post(url(ballot, "withdraw/"), {"gen": "1"}).status_code == 302
    assert standing(ballot) == []
    page = voter.get(url(ballot))
    assert marked(page) == set()
    assert BAR not in page.text
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["1"], "gen": "2"}))
    assert standing(ballot) == [[1]]


def test_withdraw_ballot_from_a_stale_page_takes_nothing(ballot: Round, voter: Client) -> None:
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["1"]}))
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["2"], "gen": "1"}))
    page = voter.post(url(ballot, "withdraw/"), {"gen": "1"})
    assert page.status_code == 409
    assert standing(ballot) == [[2]]


# Kept until it is cast -----------------------------------------------------------------------


def test_marks_are_kept_as_they_are_chosen(ballot: Round, voter: Client) -> None:
    fields = form(ballot, {"option": ["2"]})
    assert voter.post(url(ballot, "keep/"), fields, headers=SCRIPT).status_code == 204
    assert BallotDraft.objects.get().choice == [[2, "1"]]
    assert marked(voter.get(url(ballot))) == {"2"}
    bar = voter.get("/ru/proposals/new/").text.partition(BAR)[2].partition("</p>")[0]
    assert ballot.title["ru"] in bar  # of several rounds it has to say which
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["2"]}))
    assert not BallotDraft.objects.exists()
    assert BAR not in voter.get("/ru/proposals/new/").text


def test_taking_everything_off_forgets_the_draft(ballot: Round, voter: Client) -> None:
    voter.post(url(ballot, "keep/"), form(ballot, {"option": ["2"]}))
    voter.post(url(ballot, "keep/"), form(ballot, {}))
    assert not BallotDraft.objects.exists()
    assert BAR not in voter.get("/ru/display/").text


def test_marks_that_are_cast_already_are_no_draft(ballot: Round, voter: Client) -> None:
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["2"]}))
    voter.post(url(ballot, "keep/"), form(ballot, {"option": ["2"], "gen": "1"}))
    assert not BallotDraft.objects.exists()
    voter.post(url(ballot, "keep/"), form(ballot, {"option": ["3"], "gen": "1"}))
    assert "Изменение вашего голоса" in voter.get("/ru/display/").text


def test_choice_of_the_signed_out_survives_signing_in(
    ballot: Round, stranger: Client, neighbour: User
) -> None:
    answer = stranger.post(url(ballot, "cast/"), form(ballot, {"option": ["3"]}))
    assert answer["Location"] == f"/ru/accounts/login/?next={url(ballot)}"
    assert BAR in stranger.get("/ru/display/").text
    assert marked(stranger.get(url(ballot))) == {"3"}
    assert sign_in(stranger, neighbour, url(ballot)) == url(ballot)
    assert BallotDraft.objects.get().person == neighbour
    page = stranger.get(url(ballot))
    assert marked(page) == {"3"}
    bar = stranger.get("/ru/display/").text.partition(BAR)[2].partition("</p>")[0]
    assert ballot.title["ru"] in bar
    stranger.post(url(ballot, "cast/"), form(ballot, {"option": ["3"]}))
    assert standing(ballot) == [[3]]


def test_what_is_kept_is_cast_by_one_press_on_top(
    ballot: Round, stranger: Client, neighbour: User
) -> None:
    assert "Войти и продолжить" in stranger.get(url(ballot)).text
    stranger.post(url(ballot, "cast/"), form(ballot, {"option": ["3"]}))
    sign_in(stranger, neighbour, url(ballot))
    page = stranger.get(url(ballot)).text
    notice = page.partition("Ваш выбор сохранён, но ещё не отправлен.")[2].partition("<form")[0]
    assert '<ul class="chosen"><li>Вариант 3</li></ul>' in notice
    button = re.search(r'<button class="button" form="ballot"([^>]*)>Отправить бюллетень', notice)
    assert button
    assert "autofocus" in button[1]
    assert f'id="ballot" method="post" action="{url(ballot, "cast/")}"' in page


def test_change_that_is_kept_is_cast_by_one_press_on_top(ballot: Round, voter: Client) -> None:
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["1"]}))
    assert 'form="ballot"' not in voter.get(url(ballot)).text
    voter.post(url(ballot, "keep/"), form(ballot, {"option": ["2"], "gen": "1"}))
    notice = voter.get(url(ballot)).text.partition('id="kept"')[2].partition("<form")[0]
    assert "<li>Вариант 2</li>" in notice
    assert re.search(r'form="ballot"[^>]*>Отправить изменение', notice)


def test_keep_without_a_script_comes_back_with_the_total(stranger: Client) -> None:
    round_ = budget(limit=2, fits_budget=True)
    page = stranger.get(url(round_)).text
    assert re.search(rf'<noscript><button [^>]*formaction="{url(round_, "keep/")}"', page)
    answer = stranger.post(url(round_, "keep/"), form(round_, {"option": ["1"]}))
    assert answer["Location"] == url(round_)
    page = stranger.get(url(round_))
    assert marked(page) == {"1"}
    assert "Выбрано 1 из 2 · осталось 40 ₽</output>" in page.text
    assert stranger.get(url(round_, "keep/"))["Location"] == url(round_)


def test_keep_after_the_close_says_so(ballot: Round, voter: Client) -> None:
    Round.objects.update(closed_at=timezone.now())
    fields = form(ballot, {"option": ["2"]})
    assert voter.post(url(ballot, "keep/"), fields, headers=SCRIPT).status_code == 409
    page = voter.post(url(ballot, "keep/"), fields)
    assert page.status_code == 403
    assert "<li>Вариант 2</li>" in page.text


@pytest.mark.parametrize(
    ("method", "rules", "fields", "language", "words"),
    [
        ("approval", {}, {"option": ["1", "3"]}, "ru", "Выбрано: 2"),
        ("approval", {"limit": 2}, {"blank": "1"}, "en", "0 of 2 chosen"),
        ("score", {}, {"option-1": "5", "option-2": "0"}, "en", "1 chosen"),
        ("ranked", {}, {"option-1": "2", "option-3": "1"}, "ja", "2件を選択"),
        ("greedy", {}, {"option": ["1", "2"]}, "en", "2 chosen · 1,300.50 ₽ together"),
        (
            "greedy",
            {"fits_budget": True},
            {"option": ["1", "2"]},
            "ru",
            "Выбрано: 2 · осталось −300,50 ₽",
        ),
    ],
)
def test_total_is_drawn_by_the_server(
    method: str,
    rules: dict[str, Any],
    fields: dict[str, Any],
    language: str,
    words: str,
    voter: Client,
) -> None:
    round_ = budget(method, costs=[130_000, 50, 40_00], budget_minor=100_000, **rules)
    voter.post(url(round_, "keep/"), form(round_, fields))
    page = voter.get(f"/{language}/rounds/{round_.pk}/").text
    assert f">{words}</output>" in page.replace("\xa0", " ")


def test_japanese_rules_are_joined_by_their_own_comma(voter: Client) -> None:
    page = voter.get(f"/ja/rounds/{budget(fits_budget=True).pk}/").text
    assert "いくつでも、合計は予算内" in page
    page = voter.get(f"/ja/rounds/{BallotFactory(method='score', limit=2).pk}/").text
    assert "点、最大2件" in page


def test_bar_is_gone_once_the_round_is_closed(
    ballot: Round, voter: Client, time_machine: Any
) -> None:
    voter.post(url(ballot, "keep/"), form(ballot, {"option": ["2"]}))
    time_machine.move_to(ballot.closes_at + timedelta(seconds=1))
    assert BAR not in voter.get("/ru/display/").text


def test_bar_costs_no_query(ballot: Round, voter: Client) -> None:
    def queries() -> int:
        voter.get("/ru/display/")
        with CaptureQueriesContext(connection) as caught:
            voter.get("/ru/display/")
        return len(caught)

    before = queries()
    voter.post(url(ballot, "keep/"), form(ballot, {"option": ["2"]}))
    assert queries() == before


# The page ------------------------------------------------------------------------------------


def test_order_is_drawn_for_each_and_stays(
    client_of: Callable[[User], Client], stranger: Client
) -> None:
    round_ = BallotFactory(costs=[1] * 12)
    visitors = [stranger, Client(), *(client_of(UserFactory()) for _ in range(2))]
    orders = [numbers(visitor.get(url(round_))) for visitor in visitors]
    assert len({tuple(order) for order in orders}) == 4
    assert {frozenset(order) for order in orders} == {frozenset(map(str, range(1, 13)))}
    assert [numbers(visitor.get(url(round_))) for visitor in visitors] == orders


def test_order_stays_when_somebody_signs_in(stranger: Client, neighbour: User) -> None:
    round_ = BallotFactory(costs=[1] * 12)
    before = numbers(stranger.get(url(round_)))
    stranger.force_login(neighbour)
    assert numbers(stranger.get(url(round_))) == before


def test_open_round_is_nobody_elses_page(ballot: Round, stranger: Client) -> None:
    answer = stranger.get(url(ballot))
    assert "private" in answer["Cache-Control"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("days", [-20, 5])
def test_round_that_takes_no_votes_may_be_shared(days: int, stranger: Client) -> None:
    opens_at = timezone.now() + timedelta(days=days)
    round_ = BallotFactory(opens_at=opens_at, closes_at=opens_at + timedelta(days=3))
    answer = stranger.get(url(round_))
    assert "public" in answer["Cache-Control"]
    assert "csrf" not in answer.text
    assert "data-ballot" not in answer.text


def test_ballot_page_costs_as_many_queries_for_more_options(voter: Client) -> None:
    counted = []
    for round_ in (BallotFactory(costs=[1, 2]), BallotFactory(costs=[1] * 30)):
        voter.get(url(round_))
        with CaptureQueriesContext(connection) as caught:
            voter.get(url(round_))
        counted.append(len(caught))
    assert counted == [9, 9], "\n".join(query["sql"][:140] for query in caught)


def test_support_round_leads_to_its_proposal(proposal: Any, stranger: Client) -> None:
    answer = stranger.get(url(proposal.round))
    assert answer["Location"] == proposal.get_absolute_url()
    assert stranger.get(url(proposal.round, "cast/")).status_code == 404


def test_round_without_options_is_for_staff_only(
    stranger: Client, client_of: Callable[[User], Client]
) -> None:
    round_ = BallotFactory(costs=[1])
    assert stranger.get(url(round_)).status_code == 404
    assert client_of(UserFactory(is_superuser=True)).get(url(round_)).status_code == 200


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("method", ["approval", "ranked", "score", "greedy", "equal_shares"])
def test_ballot_is_drawn_in_each_language(method: str, language: str, voter: Client) -> None:
    round_ = budget(method, limit=2, fits_budget=True)
    page = voter.get(f"/{language}/rounds/{round_.pk}/").text
    assert {"ru": "Вариант 1", "en": "Option 1", "ja": "案1"}[language] in page
    assert ("100,00" in page or "100 ₽" in page.replace("\xa0", " ")) is round_.is_budget


def test_word_in_another_language_says_so(voter: Client) -> None:
    round_ = BallotFactory(title={"ru": "Только по-русски"})
    assert '<h1 lang="ru">Только по-русски</h1>' in voter.get(f"/en/rounds/{round_.pk}/").text


# The list ------------------------------------------------------------------------------------


def test_list_shows_open_coming_and_over(stranger: Client) -> None:
    now = timezone.now()
    for name, days in (("Прошлое", -20), ("Будущее", 5), ("Нынешнее", -1)):
        opens_at = now + timedelta(days=days)
        BallotFactory(title={"ru": name}, opens_at=opens_at, closes_at=opens_at + timedelta(days=3))
    BallotFactory(title={"ru": "Пустое"}, costs=[1])
    text = stranger.get("/ru/rounds/").text
    places = [text.index(name) for name in ("Нынешнее", "Будущее", "Прошлое")]
    assert places == sorted(places)
    assert "Пустое" not in text


def test_list_without_rounds_says_why(stranger: Client, db: None) -> None:
    assert "Пока ничего не вынесено" in stranger.get("/ru/rounds/").text


@pytest.mark.parametrize("count", [1, 4])
def test_list_costs_the_same_for_more_rounds(count: int, stranger: Client) -> None:
    past = timezone.now() - timedelta(days=9)
    for _ in range(count):
        BallotFactory()
        BallotFactory(opens_at=past, closes_at=past + timedelta(days=1))
    stranger.get("/ru/rounds/?page=1")
    with CaptureQueriesContext(connection) as caught:
        stranger.get("/ru/rounds/?page=1&again")
    assert len(caught) == 4, [query["sql"][:100] for query in caught]


def test_cast_ballot_counts_towards_nobody_elses(ballot: Round, voter: Client) -> None:
    other = UserFactory()
    cast_ballot(user=other, round_id=ballot.pk, choice=[1])
    voter.post(url(ballot, "cast/"), form(ballot, {"option": ["2"]}))
    assert sorted(standing(ballot)) == [[1], [2]]
