"""The demo as a whole: loaded once for this file, looked at from every side, then thrown away."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.blocks import StreamValue
from wagtail.models import GroupApprovalTask, Page
from wagtail_localize.models import StringTranslation, Translation

from accounts.models import AssuranceLevel, Municipality, User
from accounts.notifications import deliver_mail
from cms.demo.content import read
from cms.demo.people import person
from cms.demo.quiet import nothing_mailed
from events.models import EventPage
from government.models import Answer, Body, Dossier, Referral
from home.models import HomePage, NewsPage, NewsTag
from home.search_terms import query_terms
from proposals.models import CallPage, Category, Merge, Proposal, StatusChange
from tests.factories.accounts import UserFactory
from voting.merges import figures_of
from voting.models import Option, Round, VoteEvent
from voting.readiness import checks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

ROWS = {row["title"]: row for row in read("proposals")["proposal"]}
LANGUAGES = [code for code, _name in settings.LANGUAGES]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "indexed")]


def run() -> dict[str, Any]:
    output = StringIO()
    call_command("seed_demo", "--json", "--picture-width=240", stdout=output)
    return json.loads(output.getvalue())


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """What the first run says. Every test of the file stands inside this one transaction."""
    whole = transaction.atomic()
    # Django's own mark for tests: the sealer insists on being the outermost transaction.
    whole._from_testcase = True
    with django_db_blocker.unblock(), whole:
        yield run()
        transaction.set_rollback(True)


def contents() -> dict[str, tuple[int, str]]:
    """Of each table its number of rows and a hash over all of its columns."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        rows = sorted(repr([_plain(value) for value in row]) for row in _all_rows(model))
        found[model._meta.label] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def _all_rows(model: type[Any]) -> Any:
    names = [field.attname for field in model._meta.concrete_fields]
    return model._base_manager.values_list(*names)


def _plain(value: Any) -> Any:
    """The value in a form that prints the same for the same contents."""
    if isinstance(value, StreamValue):
        return value.get_prep_value()
    return bytes(value) if isinstance(value, memoryview) else value


def proposals() -> list[tuple[Proposal, dict[str, Any]]]:
    """Each proposal with the row of the TOML file it was made of."""
    rows = Proposal.objects.select_related("figures", "call", "municipality", "author")
    return [(proposal, ROWS[proposal.title]) for proposal in rows]


# Twice is once -----------------------------------------------------------------------------


def test_first_run_says_what_it_made(demo: dict[str, Any]) -> None:
    supports = sum(row["supports"] for row in ROWS.values())
    assert demo["made"]["supports"] == supports
    assert demo["made"]["proposals"] == len(ROWS)
    assert demo["made"]["images"] == 14


def test_second_run_changes_nothing() -> None:
    before = contents()
    assert run()["made"] == {}
    assert contents() == before


def test_second_run_on_a_later_day_changes_nothing(time_machine: Any) -> None:
    before = contents()
    time_machine.move_to(timezone.now() + timezone.timedelta(days=40))
    assert run()["made"] == {}
    assert contents() == before


def test_second_run_leaves_alone_what_people_did(moderator_of_demo: User) -> None:
    from proposals.actions import move_proposal
    from voting.actions import withdraw_support

    waiting = Proposal.objects.get(status=Proposal.Status.SUBMITTED)
    move_proposal(user=moderator_of_demo, proposal=waiting, verb="accept")
    supports = Round.objects.open().filter(proposal__isnull=False)
    event = VoteEvent.objects.filter(round__in=supports, gen=1).first()
    supporter = next(
        person
        for person in User.objects.filter(vote_key__isnull=False)
        if withdraw_support(user=person, proposal_id=event.round.proposal_id).event
    )
    assert run()["made"] == {}
    waiting.refresh_from_db()
    assert waiting.status == Proposal.Status.SUPPORTING
    standing = withdraw_support(user=supporter, proposal_id=event.round.proposal_id)
    assert standing.gen == 2


@pytest.fixture
def moderator_of_demo() -> User:
    return User.objects.get(email="moderator@example.org")


def test_interrupted_run_is_finished_by_the_next() -> None:
    proposal = Proposal.objects.get(status=Proposal.Status.DRAFT)
    NewsPage.objects.get(slug="call-is-open", locale__language_code="ru").delete()
    proposal.delete()
    made = run()["made"]
    assert made["proposals"] == 1
    assert made["pages"] == 1


def test_words_of_both_runs() -> None:
    output = StringIO()
    call_command("seed_demo", stdout=output)
    assert output.getvalue() == "The demo was here already; nothing was changed.\n"


def test_database_of_real_people_is_refused() -> None:
    User.objects.filter(email="admin@example.org").update(email="boss@example.org")
    UserFactory(email="anna@points.example")
    with pytest.raises(CommandError, match="passwords are public") as refused:
        call_command("seed_demo")
    assert refused.value.returncode == 2


# Proposals ---------------------------------------------------------------------------------


def test_every_status_occurs() -> None:
    assert set(Proposal.objects.values_list("status", flat=True)) == set(Proposal.Status)
    for proposal, row in proposals():
        assert proposal.status == row["status"], proposal


def test_history_is_dated_as_told() -> None:
    today = timezone.localdate()
    for proposal, row in proposals():
        told = [(move["verb"], move["day"], move["time"]) for move in row.get("history", [])]
        steps = [(step, timezone.localtime(step.made_at)) for step in proposal.status_changes.all()]
        found = [(step.verb, (at.date() - today).days, f"{at:%H:%M}") for step, at in steps]
        assert found == told, proposal
        times = [proposal.created_at, *(step.made_at for step, _at in steps), timezone.now()]
        assert times == sorted(times), proposal
        if "submit" in {step.verb for step, _at in steps}:
            assert proposal.submitted_at in times


def test_supports_are_as_many_as_told_and_counted_from_the_ledger() -> None:
    merge = Merge.objects.with_parts().get()
    for proposal, row in proposals():
        ledger = VoteEvent.objects.filter(round__proposal=proposal).tally()
        assert proposal.support_count == ledger, proposal
        if proposal not in [merge.target, *merge.sources]:
            assert ledger == row["supports"], proposal
        assert proposal.imported_support_count == row["imported_supports"]


def test_merge_moved_those_who_said_so() -> None:
    merge = Merge.objects.with_parts().get()
    (row,), (source,) = read("proposals")["merge"], merge.sources
    answers = Counter(merge.answers.exclude(choice="").values_list("choice", flat=True))
    assert (merge.state, answers) == ("done", row["answers"])
    gone = answers["move"] + answers["withdraw"]
    assert source.support_count == ROWS[source.title]["supports"] - gone
    given = merge.answers.filter(gave=True).count()
    assert 0 < given < answers["move"]  # some backed both, and count once
    supports = ROWS[merge.target.title]["supports"]
    assert supports <= merge.target.support_count <= supports + given
    assert figures_of(merge).moved == answers["move"]
    # With those who came after the question: everybody whose support stands there still.
    assert figures_of(merge).unanswered == source.support_count - answers["keep"]
    assert [row.person for row in merge.target.coauthors.all()] == [source.author]
    assert merge.target.versions.public().count() == 2


def test_supports_lie_within_their_round() -> None:
    rounds = Round.objects.filter(proposal__isnull=False).select_related("proposal")
    assert rounds.count() == sum("accept" in str(row.get("history")) for row in ROWS.values())
    for round_ in rounds:
        days = set(round_.events.values_list("day", flat=True))
        opens_at = max(round_.opens_at, round_.proposal.published_at)
        closes_at = min(round_.closes_at, round_.closed_at or round_.closes_at, timezone.now())
        assert timezone.localdate(opens_at) <= min(days), round_
        assert max(days) <= timezone.localdate(closes_at), round_
        assert round_.is_open is (round_.proposal.status in ("supporting", "shortlisted"))


def test_rounds_are_one_open_and_one_counted() -> None:
    told = {row["title"]["ru"]: row for row in read("rounds")["round"]}
    rounds = list(Round.objects.ballots())
    assert {round_.title["ru"] for round_ in rounds} == set(told)
    for round_ in rounds:
        row = told[round_.title["ru"]]
        assert round_.is_open is (row["closes_day"] > 0)
        assert round_.events.tally() == row["voters"]
        assert [o["cost_minor"] for o in round_.rules["options"]] == [
            option.get("cost", 0) * 100 for option in row["option"]
        ]
        assert len([check for check in checks(round_, rehearsed=True) if not check.passed]) == 1
        results = list(round_.results.all())
        assert len(results) == (row["closes_day"] < 0)
        for result in results:
            assert result.tally["ballots"] == row["voters"]
            assert result.tally["blank"] == row["blank"]
            assert len(result.tally["stages"]) > 1


def test_option_points_at_its_proposal() -> None:
    proposal = Option.objects.get(proposal__isnull=False).proposal
    assert proposal.title == next(t for t, row in ROWS.items() if row["key"] == "flood-warning")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_round_is_served(language: str, stranger: Client) -> None:
    for round_ in Round.objects.ballots():
        for end in ("", "method/"):
            answer = stranger.get(f"/{language}/rounds/{round_.pk}/{end}")
            assert answer.status_code == 200
            assert round_.title[language] in answer.content.decode()


def test_referrals_have_dossiers_and_answers() -> None:
    told = {row["title"]: row for row in ROWS.values() if "referral" in row}
    assert Referral.objects.count() == Dossier.objects.count() == len(told)
    for dossier in Dossier.objects.select_related("referral__proposal"):
        figures = dossier.snapshot["figures"]
        assert figures["support_count"] == told[dossier.referral.proposal.title]["supports"]
    answers = {answer.referral.proposal.title: answer for answer in Answer.objects.all()}
    assert set(answers) == {title for title, row in told.items() if "answer" in row}
    for title, answer in answers.items():
        assert answer.outcome == told[title]["answer"]["outcome"]
        assert answer.days_late == 0
        assert answer.notified_at


def test_cost_closes_the_solution() -> None:
    solution = Proposal.objects.get(municipality__slug="bikinsky").solution
    assert solution.endswith("one spare drone a club.")
    assert "\n\nRough cost: About 1.2 million" in solution


def test_proposals_are_found_in_three_languages() -> None:
    for words, key in (
        ("паводка", "flood-warning"),
        ("drone", "fire-drones"),
        ("港", "cold-chain"),
    ):
        titles = Proposal.objects.public().matching(words).values_list("title", flat=True)
        assert key in {ROWS[title]["key"] for title in titles}, words


# Languages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Municipality, Category, Body, NewsTag])
def test_terms_exist_in_every_language(model: type[Any]) -> None:
    keys = Counter(model.objects.values_list("translation_key", flat=True))
    assert set(keys.values()) == {len(LANGUAGES)}
    assert len({row.slug for row in model.objects.all()}) == len(keys)


def test_pages_exist_and_are_live_in_every_language() -> None:
    pages = Page.objects.filter(depth__gt=1)
    assert not pages.filter(live=False).exists()
    assert not pages.filter(has_unpublished_changes=True).exists()
    assert not pages.filter(alias_of__isnull=False).exists()
    assert set(Counter(pages.values_list("translation_key", flat=True)).values()) == {3}
    assert Page.find_problems() == ([], [], [], [], [])


def test_no_translation_is_missing() -> None:
    sources = Page.objects.filter(depth__gt=1, locale__language_code="ru").count()
    assert Translation.objects.filter(enabled=True).count() == sources * 2
    for translated in Translation.objects.all():
        wanted, found = translated.get_progress()
        assert wanted == found > 0, translated
    assert not StringTranslation.objects.filter(has_error=True).exists()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_translated_pages_hold_no_russian_words(language: str) -> None:
    pages = Page.objects.filter(depth__gt=1, locale__language_code=language).specific()
    for page in pages:
        texts = [
            page.title,
            page.draft_title,
            getattr(page, "intro", ""),
            str(getattr(page, "body", "") and page.body.raw_data),
            str(getattr(page, "sections", "") and page.sections.raw_data),
        ]
        assert not [text for text in texts if any("а" <= letter <= "я" for letter in text)], page


def test_calls_are_the_same_in_every_language() -> None:
    for call in CallPage.objects.all():
        source = call.source
        assert call.phases.count() == 4
        assert call.threshold == source.threshold
        assert set(call.municipalities.all()) == set(source.municipalities.all())
        assert call.image == source.image


# Pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_served(language: str, stranger: Client) -> None:
    for page in Page.objects.filter(depth__gt=1, locale__language_code=language):
        address = page.get_url()
        assert address.startswith(f"/{language}/")
        response = stranger.get(address)
        assert response.status_code == 200, address
        assert page.title in response.content.decode().replace("&#x27;", "'"), address


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_proposal_is_served(language: str, stranger: Client) -> None:
    with translation.override(language):
        addresses = [proposal.get_absolute_url() for proposal in Proposal.objects.public()]
        addresses.append(reverse("proposals:list") + "?order=newest")
    for address in addresses:
        assert stranger.get(address).status_code == 200, address


def test_menu_leads_to_pages() -> None:
    menu = Page.objects.in_menu().filter(locale__language_code="en").order_by("path")
    assert [page.slug for page in menu] == ["events", "news", "about"]


def test_old_address_is_redirected(stranger: Client) -> None:
    response = stranger.get("/ru/tochka-kipeniya/")
    assert (response.status_code, response["Location"]) == (301, "/ru/about/")


def test_pages_are_found() -> None:
    for words, slug in (("дворы", "rink"), ("rink", "rink"), ("時刻", "timetables")):
        found = Page.objects.search(query_terms(words), operator="and")
        assert [page for page in found if slug in page.slug], words


def test_events_are_past_and_coming() -> None:
    events = EventPage.objects.filter(locale__language_code="ja")
    assert (events.past().count(), events.coming().count()) == (2, 6)


# People ------------------------------------------------------------------------------------


def test_people_can_sign_in(stranger: Client) -> None:
    password = read("people")["password"]
    for row in [*read("people")["staff"], *read("people")["resident"]]:
        assert stranger.login(email=row["email"], password=password), row["email"]


def test_people_have_confirmed_addresses_and_agreed() -> None:
    people = User.objects.all()
    assert people.count() == 79
    assert not people.exclude(level=AssuranceLevel.EMAIL).exists()
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == people.count()
    assert people.filter(consents__isnull=False).count() == people.count() - 13


def test_staff_may_do_their_own_work_only() -> None:
    may = {
        key: [
            name
            for name in ("moderate", "promote", "export")
            if User.objects.get(email=f"{key}@example.org").has_perm(f"proposals.{name}_proposal")
        ]
        for key in ("editor", "moderator", "promoter", "anna")
    }
    assert may == {
        "editor": [],
        "moderator": ["moderate"],
        "promoter": ["promote", "export"],
        "anna": [],
    }


def test_news_are_approved_by_moderators() -> None:
    task = GroupApprovalTask.objects.get()
    assert [group.name for group in task.groups.all()] == ["Moderators"]
    for page in NewsPage.objects.all():
        assert page.get_workflow().tasks.get().specific == task


def test_nobody_has_a_real_address() -> None:
    addresses = [
        *User.objects.values_list("email", flat=True),
        *EmailAddress.objects.values_list("email", flat=True),
        *Body.objects.values_list("email", flat=True),
        *HomePage.objects.values_list("contact_email", flat=True),
    ]
    assert {address.partition("@")[2] for address in addresses} == {"example.org"}


def test_steps_are_in_the_name_of_staff() -> None:
    roles = set(StatusChange.objects.values_list("role", "by__email"))
    staff = {role: email for role, email in roles if role != "author"}
    assert staff == {"moderator": "moderator@example.org", "promoter": "promoter@example.org"}


def test_one_appeal_waits_for_the_other_moderator() -> None:
    from proposals.models import Appeal
    from proposals.permissions import may_decide_appeal

    appeal = Appeal.objects.get()
    may = {key: may_decide_appeal(person(key), appeal) for key in ("moderator", "moderator2")}
    assert (appeal.is_open, may) == (True, {"moderator": False, "moderator2": True})
    assert Proposal.objects.get(status=Proposal.Status.SUBMITTED).assignee == person("moderator")


def test_committees_meet_assess_and_publish(stranger: Client) -> None:
    from assessment.models import Assignment, Committee, CommitteeDocument, Meeting, Protocol

    slugs = [
        "accelerator",
        "hr-standard",
        "investment-projects",
        "japan-partnership",
        "worldskills",
    ]
    assert sorted(Committee.objects.sources().values_list("slug", flat=True)) == slugs
    recusals = Assignment.objects.exclude(recusal="").values_list("recusal", flat=True)
    assert set(recusals) == {Assignment.Recusal.ORGANISATION, Assignment.Recusal.DECLARED}
    held, coming = (
        Meeting.objects.filter(event__isnull=False, present_count__isnull=is_coming).get()
        for is_coming in (False, True)
    )
    assert held.minutes
    assert held.agenda.filter(decision__isnull=False).count() == 2
    assert coming.agenda.count() == 2
    told = Protocol.objects.get().contents
    assert [row["is_selected"] for row in told["proposals"]] == [True, True]
    assert CommitteeDocument.objects.count() == 2
    for document in CommitteeDocument.objects.select_related("document", "committee"):
        # Read to its end, it closes itself; `close` would take the database's connection along.
        paper = b"".join(stranger.get(document.address).streaming_content)
        assert paper.startswith(b"%PDF")
        for language in LANGUAGES:
            page = stranger.get(f"/{language}/committees/{document.committee.slug}/").content
            assert document.title[language] in page.decode()


def test_nothing_is_mailed_while_quiet(mailoutbox: list[Any]) -> None:
    with nothing_mailed():
        deliver_mail.enqueue("subject", "body", "anna@example.org")
    assert mailoutbox == []
    deliver_mail.enqueue("subject", "body", "anna@example.org")
    assert len(mailoutbox) == 1
