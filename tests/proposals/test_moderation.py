"""The queue of moderators: whose a proposal is, what is due, reasons, many at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from proposals.actions import AssigneeChanged, assign_proposal, move_proposal, submit_proposal
from proposals.models import Proposal, ProposalFigures, StatusChange
from proposals.viewsets.decision import next_waiting, previous_waiting
from proposals.viewsets.queue import duration_words
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.moderation import let_mails_go, make_appealed, make_waiting
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail import EmailMessage
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import CallPage

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
Status = Proposal.Status
INDEX = "/admin/proposals/"
FRIDAY = datetime(2026, 11, 27, 3, tzinfo=UTC)  # 13:00 in Vladivostok


def due(day: date, **fields: object) -> Proposal:
    proposal = make_waiting(**fields)
    Proposal.objects.filter(pk=proposal.pk).update(moderation_due_on=day)
    return proposal


# Whose it is -------------------------------------------------------------------------------------


def test_assign_proposal_takes_gives_and_releases(
    call: CallPage, moderator: User, colleague: User
) -> None:
    proposal = make_waiting(call=call)
    for to, verb in ((moderator, "take"), (colleague, "assign"), (None, "release")):
        assign_proposal(user=moderator, proposal=proposal, to=to)
        assert Proposal.objects.get(pk=proposal.pk).assignee == to
        entry = ModelLogEntry.objects.get(action=f"proposals.{verb}")
        assert entry.data["to"] == (to and to.pk)
    assert proposal.status == Status.SUBMITTED


def test_assign_proposal_that_somebody_took_meanwhile(
    call: CallPage, moderator: User, colleague: User
) -> None:
    proposal = make_waiting(call=call)
    stale = Proposal.objects.get(pk=proposal.pk)
    assign_proposal(user=colleague, proposal=proposal, to=colleague)
    with pytest.raises(AssigneeChanged):
        assign_proposal(user=moderator, proposal=stale, to=moderator)
    assert Proposal.objects.get(pk=proposal.pk).assignee == colleague


def test_assign_proposal_that_was_decided_meanwhile(
    call: CallPage, moderator: User, colleague: User
) -> None:
    proposal = make_waiting(call=call)
    stale = Proposal.objects.get(pk=proposal.pk)
    move_proposal(user=colleague, proposal=proposal, verb="accept")
    with pytest.raises(AssigneeChanged):
        assign_proposal(user=moderator, proposal=stale, to=moderator)


def test_assign_proposal_by_or_to_the_wrong_person_is_refused(
    call: CallPage, moderator: User, resident: User, promoter: User
) -> None:
    proposal, own = make_waiting(call=call), make_waiting(call=call, author=moderator)
    for person in (resident, promoter):
        with pytest.raises(PermissionDenied):
            assign_proposal(user=person, proposal=proposal, to=person)
        with pytest.raises(ValidationError):
            assign_proposal(user=moderator, proposal=proposal, to=person)
    with pytest.raises(PermissionDenied):
        assign_proposal(user=moderator, proposal=own, to=moderator)
    with pytest.raises(ValidationError):  # nobody is given what they wrote themselves
        assign_proposal(user=UserFactory(is_superuser=True), proposal=own, to=moderator)
    assert not Proposal.objects.exclude(assignee=None).exists()


def test_decision_page_takes_and_gives(
    call: CallPage, moderator: User, colleague: User, staff_of: SignIn
) -> None:
    proposal = make_waiting(call=call)
    client, url = staff_of(moderator), f"{INDEX}{proposal.pk}/assign/"
    assert "Nobody has taken it yet" in client.get(f"{INDEX}{proposal.pk}/").text
    client.post(url, {"assignee": moderator.pk, "seen": ""})
    page = client.get(f"{INDEX}{proposal.pk}/").text
    assert "<strong>Модератор</strong> checks it." in page
    late = staff_of(colleague).post(url, {"assignee": colleague.pk, "seen": ""}, follow=True)
    assert "Somebody else took it or decided meanwhile" in late.text
    client.post(url, {"assignee": colleague.pk, "seen": moderator.pk})
    assert Proposal.objects.get(pk=proposal.pk).assignee == colleague
    history = client.get(f"{INDEX}{proposal.pk}/history/").text
    assert "Taken to be checked" in history
    assert "Given to Коллега to check" in history


@pytest.mark.parametrize("seen", ["", "²", "-1", "9" * 40])
@pytest.mark.parametrize("assignee", ["987654", "x", "9" * 40, ""])
def test_assign_page_takes_bad_input_calmly(
    assignee: str, seen: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = make_waiting(call=call)
    response = staff_of(moderator).post(
        f"{INDEX}{proposal.pk}/assign/", {"assignee": assignee, "seen": seen}
    )
    assert response.url == f"{INDEX}{proposal.pk}/"
    assert Proposal.objects.get(pk=proposal.pk).assignee is None


@pytest.mark.parametrize("person", ["resident", "promoter", "editor"])
def test_assign_page_is_the_moderators(
    person: str, call: CallPage, request: pytest.FixtureRequest, client_of: SignIn
) -> None:
    proposal, user = make_waiting(call=call), request.getfixturevalue(person)
    client_of(user).post(f"{INDEX}{proposal.pk}/assign/", {"assignee": user.pk})
    assert Proposal.objects.get(pk=proposal.pk).assignee is None


def test_next_waiting_leaves_out_what_a_colleague_took(
    call: CallPage, moderator: User, colleague: User
) -> None:
    theirs, mine = due(date(2026, 1, 12), call=call), due(date(2026, 1, 13), call=call)
    free = due(date(2026, 1, 14), call=call)
    assign_proposal(user=colleague, proposal=theirs, to=colleague)
    assign_proposal(user=moderator, proposal=mine, to=moderator)
    decided = due(date(2026, 1, 9), call=call)
    decided.refresh_from_db()
    assert next_waiting(decided, moderator) == mine
    mine.refresh_from_db()
    assert next_waiting(mine, moderator) == free


def test_decision_page_leads_on_and_back_through_the_queue(
    call: CallPage, moderator: User, colleague: User, staff_of: SignIn
) -> None:
    first, theirs, own, last = (
        due(date(2026, 1, 12), call=call),
        due(date(2026, 1, 13), call=call, assignee=colleague),
        due(date(2026, 1, 14), call=call, author=moderator),
        due(date(2026, 1, 14), call=call),
    )
    client = staff_of(moderator)

    def links(proposal: Proposal) -> dict[str, str]:
        return client.get(f"{INDEX}{proposal.pk}/").context["neighbours"]

    assert links(first) == {"next": f"{INDEX}{last.pk}/"}
    assert links(last) == {"previous": f"{INDEX}{first.pk}/", "next": f"{INDEX}{first.pk}/"}
    assert links(theirs) == {"previous": f"{INDEX}{first.pk}/", "next": f"{INDEX}{last.pk}/"}
    assert links(own) == {}
    assert links(ProposalFactory(call=call)) == {}


def test_neighbours_of_one_moment_are_walked_through_one_by_one(
    call: CallPage, moderator: User
) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        rows = [due(date(2026, 12, 1), call=call) for _ in range(3)]
    for row in rows:
        row.refresh_from_db()
    assert [next_waiting(row, moderator) for row in rows] == [rows[1], rows[2], rows[0]]
    assert [previous_waiting(row, moderator) for row in rows] == [None, rows[0], rows[1]]


def test_keys_are_off_until_somebody_turns_them_on(
    call: CallPage, moderator: User, promoter: User, staff_of: SignIn
) -> None:
    page, client = f"{INDEX}{make_waiting(call=call).pk}/", staff_of(moderator)
    assert "queue-keys.js" not in client.get(page).text
    account = client.get("/admin/account/")
    assert 'name="queue_keys-queue_keys"' in account.text
    fields: dict[str, object] = {}
    for form in account.context["panels_by_tab"].values():
        for panel in form:
            bound = panel.get_form()
            fields |= {bound.add_prefix(name): bound[name].value() or "" for name in bound.fields}
    client.post("/admin/account/", fields | {"queue_keys-queue_keys": "on"})
    moderator.refresh_from_db()
    assert moderator.queue_keys
    shown = client.get(page).text
    assert "queue-keys.js" in shown
    for key in ("KeyP", "KeyA", "KeyD"):
        assert f'data-key="{key}"' in shown
    assert 'name="queue_keys-queue_keys"' not in staff_of(promoter).get("/admin/account/").text


# The queue ---------------------------------------------------------------------------------------


def test_queues_hold_what_their_names_say(
    call: CallPage, moderator: User, colleague: User, staff_of: SignIn
) -> None:
    with time_machine.travel(FRIDAY):
        late, today = due(date(2026, 11, 26), call=call), due(date(2026, 11, 27), call=call)
        monday, tuesday = due(date(2026, 11, 30), call=call), due(date(2026, 12, 1), call=call)
        returned = ProposalFactory(call=call, status=Status.RETURNED, published_at=None)
        appealed = make_appealed(colleague, call=call).proposal
        assign_proposal(user=moderator, proposal=tuesday, to=moderator)
        client = staff_of(moderator)

        def listed(query: str) -> list[int]:
            return [row.pk for row in client.get(INDEX + query).context["object_list"]]

        assert listed("?queue=near&ordering=due") == [today.pk, monday.pk]
        assert listed("?queue=overdue") == [late.pk]
        assert listed("?queue=mine") == [tuesday.pk]
        assert listed("?queue=author") == [returned.pk]
        assert listed("?queue=appeals") == [appealed.pk]
        whole = [late.pk, today.pk, monday.pk, tuesday.pk]
        assert listed("?status=submitted&ordering=due") == whole
        assert listed("?queue=waiting&ordering=-due") == whole[::-1]


def test_queue_follows_the_day_of_vladivostok(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    """At 23:30 there the day is still today's, half an hour later the proposal is overdue."""
    proposal = due(date(2026, 11, 27), call=call)
    client = staff_of(moderator)
    for moment, queue in (
        (datetime(2026, 11, 27, 13, 30, tzinfo=UTC), "near"),
        (datetime(2026, 11, 27, 14, 5, tzinfo=UTC), "overdue"),
    ):
        with time_machine.travel(moment):
            rows = client.get(f"{INDEX}?queue={queue}").context["object_list"]
            assert [row.pk for row in rows] == [proposal.pk]


def test_queue_shows_time_left_similar_and_whose(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    with time_machine.travel(FRIDAY):
        proposal = due(date(2026, 12, 2), call=call)
        due(date(2026, 11, 25), call=call)
        assign_proposal(user=moderator, proposal=proposal, to=moderator)
        ProposalFigures.objects.filter(pk=proposal.pk).update(similar_count=2)
        page = staff_of(moderator).get(f"{INDEX}?status=submitted").text
    for text in ("3 working days left", "2 working days late", "Модератор", "Similar"):
        assert text in page


@pytest.mark.parametrize("query", ["?status=submitted&ordering=due", "?queue=near", "?queue=mine"])
def test_queue_costs_the_same_queries_for_any_number_of_rows(
    query: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    client = staff_of(moderator)
    client.get(INDEX + query)
    counts = []
    for more, total in ((1, 1), (2, 3)):
        for _ in range(more):
            proposal = due(timezone.localdate(), call=call, municipality=MunicipalityFactory())
            assign_proposal(user=moderator, proposal=proposal, to=moderator)
        with CaptureQueriesContext(connection) as queries:
            rows = client.get(INDEX + query).context["object_list"]
        assert len(rows) == total
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22


@pytest.mark.parametrize(
    ("due_at", "words"),
    [
        (datetime(2026, 11, 27, 14, 30, tzinfo=UTC), "1 working day left"),
        (datetime(2026, 11, 29, 14, 30, tzinfo=UTC), "23 hours left"),  # Monday has begun there
        (datetime(2026, 11, 30, 12, 30, tzinfo=UTC), "1 hour left"),
        (datetime(2026, 11, 30, 13, 30, tzinfo=UTC), "less than an hour left"),
        (datetime(2026, 11, 30, 14, 30, tzinfo=UTC), "1 working day late"),
    ],
)
def test_queue_counts_the_last_working_day_in_hours(
    due_at: datetime, words: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal, client = due(date(2026, 11, 30), call=call), staff_of(moderator)
    with time_machine.travel(due_at):
        for url in (f"{INDEX}?status=submitted", f"{INDEX}{proposal.pk}/"):
            assert words in client.get(url).text
        row = client.get(f"{INDEX}?status=submitted").text.replace("\u202f", " ")
    assert 'title="until 11/30/2026 11:59 p.m., Vladivostok time"' in row


def test_empty_queue_says_how_old_the_oldest_of_today_was(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    client = staff_of(moderator)
    for waited, undone in (
        (timedelta(hours=3, minutes=12), False),
        (timedelta(hours=1), False),
        (timedelta(hours=9), True),
    ):
        with time_machine.travel(FRIDAY, tick=False):
            assert "Nothing is waiting to be checked." in client.get(f"{INDEX}?queue=mine").text
            proposal = make_waiting(call=call)
            sent = {"submitted_at": timezone.now() - waited}
            Proposal.objects.filter(pk=proposal.pk).update(**sent)
            change = move_proposal(user=moderator, proposal=proposal, verb="reject", reason="Нет.")
            if undone:
                StatusChange.objects.filter(pk=change.pk).update(mail_state="undone")
            page = client.get(f"{INDEX}?status=submitted").text
        assert "The oldest that was decided today: 3 h 12 min." in page
    with time_machine.travel(FRIDAY + timedelta(hours=12)):  # the next day there
        page = client.get(f"{INDEX}?status=submitted").text
    assert "Nothing is waiting to be checked." in page
    assert "decided today" not in page


def test_duration_words_go_over_to_days() -> None:
    with translation.override("en"):
        assert duration_words(timedelta(hours=23, minutes=59)) == "23 h 59 min"
        assert duration_words(timedelta(hours=50)) == "2 d 2 h"


def test_empty_queue_says_what_is_due_next(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    with time_machine.travel(FRIDAY):
        due(date(2026, 12, 30), call=call)
        page = staff_of(moderator).get(f"{INDEX}?queue=overdue").text
    assert "What is due next is due on 12/30/2026." in page


def test_menu_and_front_page_lead_to_what_is_due(
    call: CallPage, moderator: User, colleague: User, promoter: User, staff_of: SignIn
) -> None:
    with time_machine.travel(FRIDAY):
        due(date(2026, 11, 25), call=call), due(date(2026, 11, 27), call=call)
        make_appealed(colleague, call=call)
        page = staff_of(moderator).get("/admin/").text
        for text in ("1 is overdue.", "1 is due today.", "1 appeal waits for an answer."):
            assert text in page
        for name in ("near", "overdue", "mine", "author", "appeals"):
            assert f"?queue={name}" in page
        assert "?queue=" not in staff_of(promoter).get("/admin/").text


@pytest.mark.usefixtures("indexed")
def test_sending_in_counts_likely_duplicates(
    call: CallPage,
    resident: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    words = {"title": "Датчики паводка на Амуре", "summary": "Датчики уровня воды."}
    ProposalFactory(call=call, **words), make_waiting(call=call, **words)
    ProposalFactory(call=call, status=Status.REJECTED, published_at=None, **words)
    draft = ProposalFactory(
        call=call, author=resident, status=Status.DRAFT, published_at=None, **words
    )
    with django_capture_on_commit_callbacks(execute=True):
        submit_proposal(user=resident, proposal=draft)
    assert ProposalFigures.objects.get(pk=draft.pk).similar_count == 2


# Reasons and many at once ------------------------------------------------------------------------


def bulk_url(verb: str, *proposals: Proposal) -> str:
    numbers = "&".join(f"id={proposal.pk}" for proposal in proposals)
    return f"/admin/bulk/proposals/proposal/{verb}/?next={INDEX}&{numbers}"


def test_reason_of_the_list_goes_out_with_its_sentence(
    call: CallPage,
    moderator: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    proposal = make_waiting(call=call, author=UserFactory(language="en"))
    with django_capture_on_commit_callbacks(execute=True):
        move_proposal(
            user=moderator,
            proposal=proposal,
            verb="reject",
            reason="See № 12.",
            reason_code="duplicate",
        )
    let_mails_go()
    body = mailoutbox[0].body
    assert "Repeats another proposal. Another proposal asks for the same already." in body
    assert "See № 12." in body
    assert "within 14 days" in body
    change = StatusChange.objects.get()
    assert (change.reason_code, change.reason) == ("duplicate", "See № 12.")


@pytest.mark.parametrize(
    ("verb", "code", "reason", "faulty"),
    [
        ("reject", "", "Слова", "reason_code"),
        ("reject", "duplicate", "", ""),
        ("reject", "other", "", "reason"),
        ("return", "unclear", "", "reason"),
        ("return", "unclear", "Где?", ""),
        ("reject", "nonsense", "Слова", "reason_code"),
    ],
)
def test_reason_form_asks_for_what_the_author_needs(
    verb: str,
    code: str,
    reason: str,
    faulty: str,
    call: CallPage,
    moderator: User,
    staff_of: SignIn,
) -> None:
    proposal = make_waiting(call=call)
    seen = proposal.changed_at.isoformat()
    sent = {"verb": verb, "reason_code": code, "reason": reason, "seen_at": seen, "stage": "send"}
    response = staff_of(moderator).post(f"{INDEX}{proposal.pk}/", sent)
    proposal.refresh_from_db()
    if faulty:
        assert faulty in response.context["form"].errors
        assert proposal.status == Status.SUBMITTED
    else:
        assert proposal.status in {Status.RETURNED, Status.REJECTED}
        assert StatusChange.objects.get().reason_code == code


@pytest.mark.parametrize(("verb", "status"), [("return", "returned"), ("reject", "rejected")])
def test_bulk_return_and_reject_need_a_reason(
    verb: str,
    status: str,
    call: CallPage,
    moderator: User,
    staff_of: SignIn,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    one, two = make_waiting(call=call), make_waiting(call=call)
    own = make_waiting(call=call, author=moderator)
    client, url = staff_of(moderator), bulk_url(verb, one, two, own)
    client.post(url, {"reason": "Слова"})
    assert not StatusChange.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {"reason_code": "unclear", "reason": "Что именно сделать?"})
    statuses = dict(Proposal.objects.values_list("pk", "status"))
    assert statuses == {one.pk: status, two.pk: status, own.pk: Status.SUBMITTED}
    assert {change.reason_code for change in StatusChange.objects.all()} == {"unclear"}
    let_mails_go()
    assert len(mailoutbox) == 2


def test_bulk_assign_gives_each(
    call: CallPage, moderator: User, colleague: User, staff_of: SignIn, mailoutbox: list
) -> None:
    one, two, public = make_waiting(call=call), make_waiting(call=call), ProposalFactory(call=call)
    theirs = make_waiting(call=call, author=colleague)
    client, url = staff_of(moderator), bulk_url("assign", one, two, public, theirs)
    assert "nobody gets a mail" in client.get(url).text
    client.post(url, {"assignee": colleague.pk})
    given = set(Proposal.objects.filter(assignee=colleague).values_list("pk", flat=True))
    assert given == {one.pk, two.pk}
    assert not mailoutbox


@pytest.mark.parametrize("verb", ["return", "reject", "assign"])
@pytest.mark.parametrize("person", ["resident", "editor", "promoter"])
def test_bulk_steps_by_others_change_nothing(
    verb: str, person: str, call: CallPage, request: pytest.FixtureRequest, client_of: SignIn
) -> None:
    proposal, user = make_waiting(call=call), request.getfixturevalue(person)
    sent = {"reason_code": "unclear", "reason": "Слова", "assignee": user.pk}
    client_of(user).post(bulk_url(verb, proposal), sent)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.assignee) == (Status.SUBMITTED, None)
