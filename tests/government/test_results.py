"""What the public sees of referrals and answers: callouts, the home page's section, Results."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from government.models import Referral
from proposals.actions import move_proposal
from proposals.history import entries, next_step
from proposals.models import Proposal
from tests.factories.accounts import UserFactory
from tests.factories.government import boss, make_answer, make_referral
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
RESULTS = "/en/results/"
Status = Proposal.Status


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def drawn(proposal: Proposal) -> str:
    source = "{% load government_tags %}{% referral proposal %}{% official_answer proposal %}"
    return Template(source).render(Context({"proposal": proposal}))


def fresh(referral: Referral) -> Proposal:
    return Proposal.objects.get(pk=referral.proposal_id)


def due_in(referral: Referral, days: int) -> None:
    Referral.objects.filter(pk=referral.pk).update(
        due_on=timezone.localdate() + timedelta(days=days),
        made_at=timezone.now() - timedelta(days=30),
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (12, "12 days left"),
        (1, "1 day left"),
        (0, "due today"),
        (-1, "1 day overdue"),
        (-5, "5 days overdue"),
    ],
)
def test_referral_says_in_words_when_it_is_due(days: int, words: str, call: CallPage) -> None:
    referral = make_referral(call=call, note="Порог пройден.")
    due_in(referral, days)
    page = drawn(fresh(referral))
    for text in (words, referral.body.name, "Порог пройден."):
        assert text in page


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("accepted", "Accepted"), ("partly", "Accepted in part"), ("declined", "Declined")],
)
def test_official_answer_says_outcome_who_and_when(
    outcome: str, words: str, call: CallPage
) -> None:
    referral = make_referral(call=call)
    make_answer(referral, outcome=outcome, official_name="И. О. Министра")
    page = drawn(fresh(referral))
    for text in (f"Official answer: {words}", "И. О. Министра", referral.body.name, "on time"):
        assert text in page
    assert "Before the Government" not in page


def test_official_answer_says_how_late_it_was(call: CallPage) -> None:
    referral = make_referral(call=call)
    due_in(referral, -3)
    referral = Referral.objects.select_related("proposal").get(pk=referral.pk)
    make_answer(referral)
    assert "3 days late" in drawn(fresh(referral))


def test_official_answer_is_text_and_never_markup(call: CallPage) -> None:
    referral = make_referral(call=call, note="<b>note</b>")
    assert "<b>note" not in drawn(fresh(referral))
    make_answer(referral, text="<script>alert(1)</script>", official_name="<i>x</i>")
    page = drawn(fresh(referral))
    assert "<script>" not in page
    assert "<i>x" not in page


def test_tags_cost_one_query_and_none_before_promotion(call: CallPage) -> None:
    waiting = fresh(make_referral(call=call))
    with CaptureQueriesContext(connection) as queries:
        drawn(waiting)
    assert len(queries) == 1
    supporting = ProposalFactory(call=call)
    with CaptureQueriesContext(connection) as queries:
        assert drawn(supporting).strip() == ""
    assert len(queries) == 0


def test_page_says_one_date_for_the_answer(call: CallPage) -> None:
    referral = make_referral(call=call)
    proposal = Proposal.objects.for_page().get(pk=referral.proposal_id)
    step = next_step(proposal)
    assert timezone.localdate(step.at) == referral.due_on
    with CaptureQueriesContext(connection) as queries:
        drawn(proposal)
    assert len(queries) == 0  # the date and the callout share one query


def test_timeline_leaves_the_answer_to_the_callout(call: CallPage) -> None:
    referral = make_referral(call=call)
    make_answer(referral, outcome="declined", text="Нет, потому что.")
    proposal = Proposal.objects.for_page().get(pk=referral.proposal_id)
    assert all("потому что" not in entry.text for entry in entries(proposal))


def test_body_is_named_in_the_readers_language(call: CallPage) -> None:
    from wagtail.models import Locale

    referral = make_referral(call=call)
    english = referral.body.copy_for_translation(Locale.objects.get(language_code="en"))
    english.name = "Ministry of Health"
    english.save()
    assert "Ministry of Health" in drawn(fresh(referral))
    with translation.override("ja"):
        assert referral.body.name in drawn(fresh(referral))


def test_outcomes_section_shows_the_latest_news_first(call: CallPage) -> None:
    first, second, third, fourth = (make_referral(call=call) for _ in range(4))
    make_answer(first)
    source = "{% load government_tags %}{% latest_outcomes 3 as found %}{{ found|length }}"
    with CaptureQueriesContext(connection) as queries:
        assert Template(source).render(Context()) == "3"
    assert len(queries) == 1
    section = Template('{% include "home/sections/outcomes.html" %}').render(
        Context({"value": {"heading": ""}})
    )
    order = [section.find(one.proposal.title) for one in (first, fourth, third)]
    assert order == sorted(order)
    assert -1 not in order
    assert second.proposal.title not in section
    assert RESULTS in section


def test_outcomes_section_is_nothing_before_the_first(home: object) -> None:
    section = Template('{% include "home/sections/outcomes.html" %}').render(Context({"value": {}}))
    assert section.strip() == ""


def test_results_count_what_came_in_time(call: CallPage, stranger: Client) -> None:
    on_time, late, overdue, waiting = (make_referral(call=call) for _ in range(4))
    make_answer(on_time)
    due_in(late, -1)
    make_answer(Referral.objects.select_related("proposal").get(pk=late.pk))
    due_in(overdue, -8)
    response = stranger.get(RESULTS)
    assert response.context["figures"] == {
        "total": 4,
        "answered": 2,
        "on_time": 1,
        "late": 1,
        "overdue": 1,
    }
    for text in ("8 days overdue", "1 day late", "on time", waiting.proposal.title):
        assert text in response.text
    shown = {
        show: {one.pk for one in stranger.get(f"{RESULTS}?show={show}").context["referrals"]}
        for show in ("waiting", "overdue", "answered", "nonsense")
    }
    assert shown == {
        "waiting": {overdue.pk, waiting.pk},
        "overdue": {overdue.pk},
        "answered": {on_time.pk, late.pk},
        "nonsense": {on_time.pk, late.pk, overdue.pk, waiting.pk},
    }


def test_results_say_that_there_are_none_yet(home: object, stranger: Client) -> None:
    assert "Nothing has been put before the Government yet" in stranger.get(RESULTS).text


def test_results_stand_in_the_menu_of_every_language(home: object, stranger: Client) -> None:
    for code in ("ru", "en", "ja"):
        page = stranger.get(f"/{code}/results/")
        assert page.status_code == 200
        assert f'href="/{code}/results/"' in page.text


def test_results_cost_the_same_queries_for_any_number(call: CallPage, stranger: Client) -> None:
    counts = []
    stranger.get(f"{RESULTS}?menus")
    for more in (1, 2, 10):
        for _ in range(more):
            make_answer(make_referral(call=call))
        with CaptureQueriesContext(connection) as queries:
            # An address of its own each time, so that no kept page answers.
            stranger.get(f"{RESULTS}?again={more}")
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 5


def test_public_pages_hold_nothing_private(
    call: CallPage, moderator: User, stranger: Client
) -> None:
    author = UserFactory(email="canary-author@example.org")
    proposal = ProposalFactory(call=call, author=author, status=Status.SUBMITTED, published_at=None)
    move_proposal(user=moderator, proposal=proposal, verb="return", reason="CANARY-NOTE")
    move_proposal(user=author, proposal=proposal, verb="submit")
    move_proposal(user=moderator, proposal=proposal, verb="accept")
    move_proposal(user=boss(), proposal=proposal, verb="shortlist")
    referral = make_referral(proposal=proposal)
    referral.body.email = "canary-body@example.org"
    referral.body.save()
    make_answer(referral)
    for path in (RESULTS, proposal.get_absolute_url(), "/en/"):
        page = stranger.get(path, follow=True).text
        for canary in ("canary-author", "CANARY-NOTE", "canary-body", moderator.email):
            assert canary not in page, path


def test_results_cut_an_answer_between_words(stranger: Client) -> None:
    make_answer(make_referral(), text="Да. " + "Построим набережную " * 20)
    assert f">Да. {'Построим набережную ' * 9}Построим…<" in stranger.get(RESULTS).text
