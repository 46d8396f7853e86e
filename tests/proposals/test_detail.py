"""A proposal's page in each status, those similar to it, the feed, and what they cost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import caches
from django.utils import timezone
from wagtail.models import Locale

from proposals.actions import move_proposal
from proposals.models import CallPage, Proposal, ProposalDocument, ProposalFigures, ProposalImage
from tests.factories.accounts import MunicipalityFactory
from tests.factories.proposals import CategoryFactory, ProposalFactory
from tests.factories.voting import make_events

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

    from accounts.models import User

pytestmark = pytest.mark.django_db
SEEDED = "/ru/proposals/?seed=5"
Status = Proposal.Status


def cold(client: Client, url: str) -> Any:
    for name in ("default", "pages", "memory"):
        caches[name].clear()
    return client.get(url)


@pytest.mark.parametrize("supports", [0, 12])
def test_detail_costs_ten_queries_at_most(
    supports: int,
    stranger: Client,
    proposal: Proposal,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    """With nothing kept, and with pictures, files or tags to read."""
    proposal.tags.add("реки")
    make_events(proposal.round, supports)
    ProposalFigures.objects.filter(proposal=proposal).update(support_count=supports)
    for language in ("ru", "en"):
        url = f"/{language}/proposals/{proposal.pk}/"
        cold(stranger, url)
        with django_assert_max_num_queries(10):
            response = cold(stranger, url)
    assert response.status_code == 200
    assert "public" in response["Cache-Control"]


def test_detail_with_its_terms_kept_costs_three_queries(
    stranger: Client, proposal: Proposal, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stranger.get(f"/ru/proposals/{proposal.pk}/?before")
    with django_assert_num_queries(3):  # text, steps, round
        stranger.get(f"/ru/proposals/{proposal.pk}/")
    proposal.tags.add("реки")
    with django_assert_num_queries(6):  # and pictures, files, tags
        stranger.get(f"/ru/proposals/{proposal.pk}/?now=1")


@pytest.mark.parametrize("what", ["picture", "file", "tag"])
def test_detail_shows_what_there_is_more_of_it(
    what: str, stranger: Client, proposal: Proposal
) -> None:
    url = proposal.get_absolute_url()
    ProposalFactory(call=proposal.call).tags.add("чужой тег")
    before = stranger.get(url).text
    if what == "picture":
        image = ProposalImage(
            proposal=proposal, file="a.webp", alt="Вид на мост", width=1, height=1
        )
        ProposalImage.objects.bulk_create([image])  # saving would open the file
    elif what == "file":
        ProposalDocument.objects.create(proposal=proposal, file="a.pdf", name="Вид на мост.pdf")
    else:
        proposal.tags.add("Вид на мост")
    assert "Вид на мост" not in before
    assert "Вид на мост" in stranger.get(f"{url}?now=1").text


def in_english(term: Any, name: str) -> Any:
    """The term's words in English."""
    english = Locale.objects.get(language_code="en")
    return type(term).objects.create(
        slug=term.slug, name=name, locale=english, translation_key=term.translation_key
    )


def test_detail_names_call_theme_and_place_in_the_visitors_language(
    stranger: Client, call: CallPage
) -> None:
    theme, place = CategoryFactory(), MunicipalityFactory()
    in_english(theme, "Water & ice"), in_english(place, "Upper district")
    twin = call.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    twin.title = "Call for rivers"
    twin.save_revision().publish()
    proposal = ProposalFactory(call=call, category=theme, municipality=place)
    text = stranger.get(f"/en/proposals/{proposal.pk}/").text
    assert f'?category={theme.slug}">Water &amp; ice<' in text
    assert f'?place={place.slug}">Upper district<' in text
    assert f'?call={call.slug}">Call for rivers<' in text
    assert theme.name in stranger.get(f"/ru/proposals/{proposal.pk}/").text


def test_detail_names_a_theme_and_a_place_added_a_moment_ago(
    stranger: Client, proposal: Proposal
) -> None:
    stranger.get(proposal.get_absolute_url())
    other = ProposalFactory(
        call=proposal.call, category=CategoryFactory(), municipality=MunicipalityFactory()
    )
    text = stranger.get(other.get_absolute_url()).text
    assert other.category.name in text
    assert other.municipality.name in text


def test_detail_names_a_call_that_was_taken_down(stranger: Client, proposal: Proposal) -> None:
    proposal.call.unpublish()
    response = stranger.get(proposal.get_absolute_url())
    assert proposal.call.title in response.text
    assert response.context["next_step"].at == proposal.call.phase("support").closes_at


def test_detail_shows_new_dates_of_a_call_at_once(
    stranger: Client,
    proposal: Proposal,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    stranger.get(proposal.get_absolute_url())
    later = timezone.now() + timedelta(days=100)
    page = CallPage.objects.get(pk=proposal.call_id)
    phases = page.phases.all()
    for phase in phases:
        phase.closes_at = later
    page.phases = phases
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    response = stranger.get(proposal.get_absolute_url())
    assert response.context["next_step"].at == later


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.DRAFT, 404),
        (Status.SUBMITTED, 200),
        (Status.RETURNED, 200),
        (Status.REJECTED, 410),
        (Status.WITHDRAWN, 410),
    ],
)
def test_detail_hides_the_text_from_others(
    status: str,
    code: int,
    stranger: Client,
    neighbour: User,
    client_of: Callable[[User], Client],
    call: CallPage,
) -> None:
    proposal = ProposalFactory(call=call, status=status, problem="Канарейка", title="Канарейка 1")
    for client in (stranger, client_of(neighbour)):
        response = client.get(f"/ru/proposals/{proposal.pk}/")
        assert response.status_code == code
        assert "Канарейка" not in response.text
        if code != 404:
            assert "noindex" in response.text
            assert "no-store" in response["Cache-Control"]


def test_detail_of_a_submitted_one_says_by_when(stranger: Client, call: CallPage) -> None:
    proposal = ProposalFactory(call=call, status=Status.SUBMITTED)
    response = stranger.get(f"/ru/proposals/{proposal.pk}/")
    due = response.context["next_step"].at
    assert due.date() == proposal.moderation_due_on
    assert f'datetime="{due:%Y-%m-%d}"' in response.text


@pytest.mark.parametrize("status", list(Status))
def test_detail_for_its_author(
    status: str, resident: User, client_of: Callable[[User], Client], call: CallPage
) -> None:
    proposal = ProposalFactory(call=call, status=status, author=resident, problem="Канарейка")
    response = client_of(resident).get(f"/ru/proposals/{proposal.pk}/")
    assert response.status_code == 200
    assert "Канарейка" in response.text
    assert "public" not in response["Cache-Control"]


def test_detail_of_a_returned_one_shows_the_reason(
    resident: User, moderator: User, client_of: Callable[[User], Client], call: CallPage
) -> None:
    proposal = ProposalFactory(call=call, status=Status.SUBMITTED, author=resident)
    move_proposal(user=moderator, proposal=proposal, verb="return", reason="Где это будет?")
    assert "Где это будет?" in client_of(resident).get(f"/ru/proposals/{proposal.pk}/").text


def test_detail_of_an_archived_one(stranger: Client, promoter: User, proposal: Proposal) -> None:
    move_proposal(user=promoter, proposal=proposal, verb="archive", reason="Порог не набран.")
    response = stranger.get(f"/ru/proposals/{proposal.pk}/")
    assert "Порог не набран." in response.text
    assert "status-archived" in response.text
    assert not re.search(r'<form[^>]*action="[^"]*support', response.text)


@pytest.mark.parametrize("status", [Status.SUPPORTING, Status.SHORTLISTED, Status.SUBMITTED])
def test_detail_of_an_open_status_has_a_date(status: str, call: CallPage) -> None:
    from proposals.history import next_step

    proposal = Proposal.objects.for_page().get(pk=ProposalFactory(call=call, status=status).pk)
    if status == Status.SHORTLISTED:
        proposal.status_changes.create(
            verb="shortlist",
            from_status="supporting",
            to_status="shortlisted",
            role="promoter",
            made_at=timezone.now(),
        )
        proposal = Proposal.objects.for_page().get(pk=proposal.pk)
    step = next_step(proposal)
    assert step is not None
    assert step.at is not None


def test_detail_escapes_what_was_written(stranger: Client, call: CallPage) -> None:
    attack = "<script>alert(1)</script>"
    proposal = ProposalFactory(
        call=call,
        title=attack,
        summary=attack,
        problem=attack,
        solution=attack,
        beneficiaries=attack,
        author_name=attack,
    )
    proposal.tags.add("<b>тег</b>")
    for url in (f"/ru/proposals/{proposal.pk}/", SEEDED, f"/ru/proposals/{proposal.pk}/similar/"):
        response = stranger.get(url)
        assert attack not in response.text
        assert "<b>тег" not in response.text


def test_detail_says_the_language_of_the_text(stranger: Client, call: CallPage) -> None:
    proposal = ProposalFactory(call=call, language="ja", title="アムール川の水位計")
    response = stranger.get(f"/en/proposals/{proposal.pk}/")
    assert '<h1 lang="ja">' in response.text


@pytest.mark.usefixtures("indexed")
def test_similar_finds_what_shares_words(stranger: Client, call: CallPage) -> None:
    one = ProposalFactory(call=call, title="Датчики паводка на Амуре", summary="Датчики воды")
    two = ProposalFactory(call=call, title="Датчик уровня воды для паводков", summary="Амур")
    far = ProposalFactory(call=call, title="Каток во дворе школы", summary="Лёд для детей")
    response = stranger.get(f"/ru/proposals/{one.pk}/similar/")
    found = {row.pk for row in response.context["found"]}
    assert two.pk in found
    assert far.pk not in found
    assert one.pk not in found


def test_feed_holds_the_same_rows_as_the_list(stranger: Client, call: CallPage) -> None:
    ProposalFactory(call=call, title="Первое")
    ProposalFactory(call=call, title="Второе", status=Status.DONE)
    response = stranger.get("/ru/proposals/feed/?status=done")
    assert response.status_code == 200
    assert "Второе" in response.text
    assert "Первое" not in response.text
    assert stranger.get("/ru/proposals/feed/?status=nope").status_code == 400
