"""Writing a proposal: the whole journey, what is refused, and what is never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import AssuranceLevel
from proposals.actions import move_proposal, start_draft
from proposals.models import Proposal
from tests.factories.accounts import MunicipalityFactory
from tests.factories.proposals import CategoryFactory, ProposalFactory, make_call
from tests.proposals.writing import TEXTS, TITLE, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage


@pytest.fixture
def browser(resident: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(resident)


@pytest.fixture
def draft(resident: User, call: CallPage) -> Proposal:
    return start_draft(user=resident, call=call, title=TITLE, language="ru")


@pytest.fixture
def whole(draft: Proposal) -> Proposal:
    """A draft from which nothing is missing."""
    Proposal.objects.filter(pk=draft.pk).update(**TEXTS, category=CategoryFactory())
    draft.refresh_from_db()
    return draft


def test_journey_from_start_to_done(browser: Client, resident: User, call: CallPage) -> None:
    category, place = CategoryFactory(), MunicipalityFactory()
    answer = browser.post(url("start"), {"title": TITLE, "language": "ru", "call": call.slug})
    proposal = Proposal.objects.get()
    assert answer.url == url("edit", proposal.pk, "text")
    answer = browser.post(answer.url, TEXTS)
    assert answer.url == url("edit", proposal.pk, "place")
    point = {"latitude": "48,4802312", "longitude": "135.0719"}
    about = {"category": category.pk, "municipality": place.pk, "tags": "паводок, река、Паводок"}
    answer = browser.post(answer.url, {**point, **about})
    assert answer.url == url("files", proposal.pk)
    assert browser.get(answer.url).status_code == 200
    page = browser.get(url("check", proposal.pk))
    assert page.context["missing"] == []
    assert browser.post(url("submit", proposal.pk)).url == url("done", proposal.pk)
    assert str(proposal.pk) in browser.get(url("done", proposal.pk)).content.decode()
    proposal.refresh_from_db()
    assert proposal.status == "submitted"
    assert proposal.author == resident
    assert str(proposal.latitude) == "48.48023"
    assert sorted(proposal.tags.names()) == ["паводок", "река"]


def test_start_second_click_makes_one_draft(browser: Client, call: CallPage) -> None:
    data = {"title": TITLE, "language": "ru", "call": call.slug}
    assert browser.post(url("start"), data).url == browser.post(url("start"), data).url
    assert Proposal.objects.count() == 1


def test_submit_second_click_lands_on_done(browser: Client, whole: Proposal) -> None:
    for _click in range(2):
        assert browser.post(url("submit", whole.pk)).url == url("done", whole.pk)
    assert whole.status_changes.count() == 1


def test_start_offers_the_choice_of_two_calls(browser: Client, call: CallPage) -> None:
    other = make_call()
    page = browser.get(url("start"))
    assert {found.pk for found in page.context["calls"]} == {call.pk, other.pk}
    assert browser.get(url("start") + f"?call={other.slug}").context["call"] == other


def test_start_without_open_call_says_what_next(browser: Client, home: Any) -> None:
    page = browser.get(url("start"))
    assert page.status_code == 200
    assert url("list") in page.content.decode()


def test_start_refused_for_a_low_level(browser: Client, resident: User, call: CallPage) -> None:
    resident.level = AssuranceLevel.NONE
    resident.save()
    page = browser.post(url("start"), {"title": TITLE, "language": "ru"})
    assert page.status_code == 403
    assert page.context["rule"] == "level"
    assert TITLE in page.content.decode()


def test_start_refused_for_residents_of_elsewhere(browser: Client) -> None:
    place = MunicipalityFactory()
    call = make_call(audience="residents")
    call.municipalities.add(place)
    call.save()
    page = browser.get(url("start"))
    assert page.status_code == 403
    assert place.name in page.content.decode()


def test_start_refused_once_submission_is_over(browser: Client, call: CallPage) -> None:
    call.phases.update(closes_at=timezone.now() - timedelta(hours=1))
    page = browser.get(url("start") + f"?call={call.slug}")
    assert page.status_code == 403
    assert page.context["rule"] == "closed"


def test_submit_refused_once_submission_is_over(
    browser: Client, whole: Proposal, call: CallPage
) -> None:
    call.phases.update(closes_at=timezone.now() - timedelta(hours=1))
    assert browser.post(url("submit", whole.pk)).status_code == 403
    assert Proposal.objects.get().status == "draft"


def test_submit_with_missing_parts_goes_back_to_the_check(browser: Client, draft: Proposal) -> None:
    answer = browser.post(url("submit", draft.pk))
    assert answer.url == url("check", draft.pk) + "#missing"
    page = browser.get(answer.url)
    assert [str(message) for message in page.context["messages"]][-1].startswith("Пока не")
    assert 'id="missing" tabindex="-1"' in page.text
    missing = [name for name, _step in page.context["missing"]]
    assert missing == ["summary", "problem", "solution", "beneficiaries", "category"]
    assert browser.get(url("edit", draft.pk)).url == url("edit", draft.pk, "text")


def test_edit_step_keeps_the_valid_fields_of_an_invalid_form(
    browser: Client, draft: Proposal
) -> None:
    page = browser.post(
        url("edit", draft.pk, "text"), {**TEXTS, "summary": "д" * 301, "problem": "Сохранить"}
    )
    assert page.status_code == 200
    assert "д" * 301 in page.content.decode()
    draft.refresh_from_db()
    assert draft.problem == "Сохранить"
    assert draft.summary == ""


def test_edit_step_with_back_returns_to_the_check(browser: Client, draft: Proposal) -> None:
    answer = browser.post(url("edit", draft.pk, "text") + "?back", TEXTS)
    assert answer.url == url("check", draft.pk)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("48", ""), ("", "135"), ("1e400", "0"), ("NaN", "NaN"), ("-91", "0"), ("9" * 999, "1")],
)
def test_edit_place_refuses_half_and_absurd_points(
    browser: Client, draft: Proposal, latitude: str, longitude: str
) -> None:
    data = {"latitude": latitude, "longitude": longitude, "tags": "река"}
    page = browser.post(url("edit", draft.pk, "place"), data)
    assert page.status_code == 200
    draft.refresh_from_db()
    assert (draft.latitude, draft.longitude) == (None, None)
    assert list(draft.tags.names()) == ["река"]


@pytest.mark.parametrize("tags", [",".join(map(str, range(100))), "а" * 31, "\x00"])
def test_edit_place_refuses_too_many_and_too_long_tags(
    browser: Client, draft: Proposal, tags: str
) -> None:
    page = browser.post(url("edit", draft.pk, "place"), {"tags": tags})
    assert page.context["form"].errors["tags"]


@pytest.mark.parametrize("title", ["Мост\x00 через Амур", "м" * 100_000, "", "Мост", "   " * 20])
def test_start_refuses_bad_titles(browser: Client, call: CallPage, title: str) -> None:
    page = browser.post(url("start"), {"title": title, "language": "ru"})
    assert page.status_code == 200
    assert page.context["form"].errors["title"]


def test_start_takes_a_lone_surrogate_without_an_error(browser: Client, call: CallPage) -> None:
    body = b"language=ru&title=A+bridge+over+the+river+%ED%A0%80"
    answer = browser.post(url("start"), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302


def test_edit_step_unknown_is_not_found(browser: Client, draft: Proposal) -> None:
    assert browser.get(url("edit", draft.pk, "colour")).status_code == 404


def test_drafts_of_others_are_not_found(
    neighbour: User, moderator: User, draft: Proposal, client_of: Callable[[User], Client]
) -> None:
    for person in (neighbour, moderator):
        other = client_of(person)
        for address in (
            url("edit", draft.pk),
            url("edit", draft.pk, "text"),
            url("check", draft.pk),
            url("files", draft.pk),
            url("done", draft.pk),
            url("withdraw", draft.pk),
        ):
            assert other.get(address).status_code == 404
        assert other.post(url("submit", draft.pk)).status_code == 404
        assert other.post(url("autosave", draft.pk, "text"), TEXTS).status_code == 404
        assert other.post(url("withdraw", draft.pk)).status_code == 404


def test_edit_step_signed_out_gives_the_text_back(stranger: Client, draft: Proposal) -> None:
    address = url("edit", draft.pk, "text")
    page = stranger.post(address, {"problem": "Набирала целый час"})
    assert page.status_code == 403
    assert "Набирала целый час" in page.content.decode()
    assert f"?next={address}" in page.content.decode()


def test_edit_step_after_the_decision_gives_the_text_back(
    browser: Client, whole: Proposal, resident: User, moderator: User
) -> None:
    move_proposal(user=resident, proposal=whole, verb="submit")
    move_proposal(user=moderator, proposal=whole, verb="accept")
    page = browser.post(url("edit", whole.pk, "text"), {**TEXTS, "problem": "Поздняя правка"})
    assert page.status_code == 409
    assert "Поздняя правка" in page.content.decode()
    assert Proposal.objects.get().problem == TEXTS["problem"]
    assert browser.get(url("edit", whole.pk, "text")).status_code == 409


def test_edit_step_of_a_submitted_proposal_cannot_empty_a_part(
    browser: Client, whole: Proposal, resident: User
) -> None:
    move_proposal(user=resident, proposal=whole, verb="submit")
    page = browser.post(url("edit", whole.pk, "text"), {**TEXTS, "solution": " "})
    assert page.context["form"].errors["solution"]
    assert Proposal.objects.get().solution == TEXTS["solution"]


def test_returned_proposal_shows_the_reason_and_goes_in_again(
    browser: Client, whole: Proposal, resident: User, moderator: User, call: CallPage
) -> None:
    move_proposal(user=resident, proposal=whole, verb="submit")
    move_proposal(user=moderator, proposal=whole, verb="return", reason="Назовите улицу.")
    call.phases.update(closes_at=timezone.now() - timedelta(hours=1))
    assert "Назовите улицу." in browser.get(url("edit", whole.pk, "text")).content.decode()
    assert "Назовите улицу." in browser.get(url("mine")).content.decode()
    assert browser.post(url("submit", whole.pk)).url == url("done", whole.pk)


def test_autosave_keeps_unfinished_words(browser: Client, draft: Proposal) -> None:
    answer = browser.post(url("autosave", draft.pk, "title"), {"title": "Мос", "language": "ru"})
    assert answer.status_code == 204
    assert browser.post(url("autosave", draft.pk, "text"), {"problem": "а"}).status_code == 204
    draft.refresh_from_db()
    assert (draft.title, draft.problem) == ("Мос", "а")
    long = {"problem": "а" * 5001}
    assert browser.post(url("autosave", draft.pk, "text"), long).status_code == 422


def test_autosave_of_a_decided_proposal_says_no(browser: Client, resident: User) -> None:
    public = ProposalFactory(author=resident)
    assert browser.post(url("autosave", public.pk, "text"), TEXTS).status_code == 409


def test_withdraw_asks_first_and_then_withdraws_once(browser: Client, draft: Proposal) -> None:
    assert browser.get(url("withdraw", draft.pk)).status_code == 200
    for _click in range(2):
        assert browser.post(url("withdraw", draft.pk)).url == url("mine")
    assert Proposal.objects.get().status == "withdrawn"
    assert browser.get(url("check", draft.pk)).status_code == 409


def test_withdraw_too_late_says_where_it_is(browser: Client, resident: User) -> None:
    late = ProposalFactory(author=resident, status=Proposal.Status.PROMOTED)
    assert browser.post(url("withdraw", late.pk)).status_code == 409


def test_mine_shows_drafts_first_in_few_queries(
    browser: Client, resident: User, draft: Proposal, django_assert_max_num_queries: Any
) -> None:
    for _number in range(3):
        ProposalFactory(author=resident)
    ProposalFactory()
    with django_assert_max_num_queries(20):
        page = browser.get(url("mine"))
    assert len(page.context["rows"]) == 4
    assert page.context["rows"][0][0] == draft


def test_mine_empty_says_what_next(browser: Client, home: Any) -> None:
    assert url("start") in browser.get(url("mine")).content.decode()


@pytest.mark.usefixtures("indexed")
def test_similar_shows_public_ones_only(
    client: Client, proposal: Proposal, draft: Proposal
) -> None:
    page = client.get(url("similar_titles"), {"title": proposal.title})
    assert page.status_code == 200
    assert draft.title not in page.content.decode()
    for odd in ("", "\x00", "а" * 50_000, '"*) OR 1'):
        assert client.get(url("similar_titles"), {"title": odd}).status_code == 200
