"""The integrity desk: findings, holding, two people for annulling, appeals; nobody else gets in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from government.roles import PROMOTERS, ensure_roles
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import hold_votes, leave_traces, make_events
from voting.actions import cast_support, check_document, close_round, recount_support
from voting.actions.appeals import grant_appeal, make_appeal
from voting.actions.interventions import ask_intervention
from voting.models import Appeal, Intervention, Round, VoteTrace
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import User
    from proposals.models import Proposal

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
SCRIPT = b"s" * 16


def url(name: str, *args: object) -> str:
    return reverse(f"integrity_admin:{name}", args=args)


def finding(proposal: Proposal, kind: str, key: str) -> str:
    return f"{url('finding', proposal.round.pk, kind)}?key={key}"


@pytest.fixture
def suspect(proposal: Proposal) -> Proposal:
    """Thirty votes from thirty networks over a day, and twenty-five from one."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for place, event in enumerate(make_events(proposal.round, 55)):
        is_script = place >= 30
        VoteTrace.objects.create(
            event=event,
            minute=now - timedelta(minutes=1 if is_script else 40 * place),
            subnet=SCRIPT if is_script else place.to_bytes(16),
            mail_domain="trash.example" if is_script else f"mail{place % 3}.example",
        )
    recount_support(proposal)
    return proposal


@pytest.fixture
def desk(scrutineer: User, staff_of: SignIn) -> Client:
    return staff_of(scrutineer)


@pytest.fixture
def other_desk(second_scrutineer: User, staff_of: SignIn) -> Client:
    return staff_of(second_scrutineer)


def intervene(client: Client, address: str, kind: str, **fields: str) -> HttpResponse:
    values = {"kind": kind, "reason": "network", "words": "One hall", "note": "Seen", **fields}
    return client.post(address, values, follow=True)


def test_findings_lead_to_their_votes(suspect: Proposal, desk: Client) -> None:
    assert suspect.title in desk.get(url("index")).text
    page = desk.get(url("round", suspect.round.pk)).text
    address = finding(suspect, "subnet", SCRIPT.hex())
    assert address in page
    assert "<rect" in page
    assert "a mobile operator" in page  # what the rule mistakes
    group = desk.get(address).text
    assert "What to do with these 25 votes" in group
    assert "It looks made" in group
    assert "trash.example" in group


def test_votes_are_held_and_then_given_back(suspect: Proposal, desk: Client) -> None:
    answer = intervene(desk, finding(suspect, "subnet", SCRIPT.hex()), "hold")
    assert "Done: 25 votes." in answer.text
    assert suspect.round.events.tally() == 30
    row = Intervention.objects.get()
    assert (row.words, row.note) == ("One hall", "Seen")
    again = intervene(
        desk, url("intervention", row.pk), "release", stage="follow", reason="checked"
    )
    assert "Done: 25 votes." in again.text
    assert suspect.round.events.tally() == 55


def test_annulling_needs_a_colleague(
    suspect: Proposal, desk: Client, other_desk: Client, second_scrutineer: User
) -> None:
    answer = intervene(desk, finding(suspect, "domain", "trash.example"), "annul")
    assert "A colleague has to confirm it" in answer.text
    row = Intervention.objects.get()
    page = desk.get(url("intervention", row.pk)).text
    assert "a colleague has to look at it" in page
    assert 'value="confirm"' not in page
    own = desk.post(url("intervention", row.pk), {"stage": "confirm"}, follow=True)
    assert "You asked for it" in own.text
    assert suspect.round.events.tally() == 55
    assert f"№ {row.pk}" in other_desk.get(url("index")).text
    done = other_desk.post(url("intervention", row.pk), {"stage": "confirm"}, follow=True)
    assert "Done: 25 votes." in done.text
    assert suspect.round.events.tally() == 30
    row.refresh_from_db()
    assert row.confirmed_by == second_scrutineer


def test_request_can_be_refused_with_a_note(
    suspect: Proposal, desk: Client, other_desk: Client
) -> None:
    intervene(desk, finding(suspect, "subnet", SCRIPT.hex()), "annul")
    row = Intervention.objects.get()
    other_desk.post(url("intervention", row.pk), {"stage": "refuse", "note": "A school."})
    row.refresh_from_db()
    assert row.state == "refused"
    assert "A school." in desk.get(url("intervention", row.pk)).text
    assert suspect.round.events.tally() == 55


def test_form_that_lacks_something_is_given_back(suspect: Proposal, desk: Client) -> None:
    address = finding(suspect, "subnet", SCRIPT.hex())
    chosen = re.findall(r'<option value="(\w*)" selected>', desk.get(address).text)
    assert chosen in ([], [""])  # no reason goes out that nobody chose
    for bad in ({"reason": ""}, {"reason": "document"}, {"words": "x" * 501}):
        answer = intervene(desk, address, "hold", **bad)
        assert answer.context["form"].errors
        assert "Seen</textarea>" in answer.text
    assert intervene(desk, address, "release").context["form"].errors["kind"]
    assert not Intervention.objects.exists()


def test_reasons_are_offered_by_what_is_done(suspect: Proposal, desk: Client) -> None:
    intervene(desk, finding(suspect, "subnet", SCRIPT.hex()), "hold")
    address = url("intervention", Intervention.objects.get().pk)
    page = desk.get(address).text
    assert '<optgroup label="to hold or annul">' in page
    assert '<optgroup label="to give back or restore">' in page
    for kind, reason in (("annul", "checked"), ("release", "burst")):
        answer = intervene(desk, address, kind, reason=reason, stage="follow")
        assert "no reason for what you want to do" in answer.text
    assert Intervention.objects.count() == 1


def test_button_pressed_twice_leads_to_one_request(
    suspect: Proposal, desk: Client, other_desk: Client
) -> None:
    address = finding(suspect, "domain", "trash.example")
    for _press in range(2):
        assert "A colleague has to confirm it" in intervene(desk, address, "annul").text
    assert "has asked for the same already" in intervene(other_desk, address, "annul").text
    assert Intervention.objects.count() == 1


def test_second_person_sees_who_is_left_out_and_why(
    proposal: Proposal,
    resident: User,
    neighbour: User,
    registrar: User,
    scrutineer: User,
    desk: Client,
    other_desk: Client,
) -> None:
    cast = [
        cast_support(user=user, proposal_id=proposal.pk).event
        for user in (resident, neighbour, UserFactory())
    ]
    held = hold_votes(scrutineer, proposal.round, cast)
    check_document(user=resident, number="0815 123456", by=registrar)
    intervene(desk, url("intervention", held.pk), "annul", stage="follow")
    row = Intervention.objects.first()
    page = other_desk.get(url("intervention", row.pk)).text
    assert "a document was shown: 1" in page
    assert "Confirm: annul, 2 votes" in page
    appeal = make_appeal(user=neighbour, round_=proposal.round, text="Это мой голос.")
    grant_appeal(by=scrutineer, appeal=appeal)
    page = other_desk.get(url("intervention", row.pk)).text
    assert "an appeal was granted: 1" in page
    assert "Confirm: annul, 1 vote<" in page
    done = other_desk.post(url("intervention", row.pk), {"stage": "confirm"}, follow=True).text
    assert "Done: 1 vote." in done
    assert "1 changed of 1" in done
    assert "a document was shown: 1" in done


def test_votes_that_are_all_left_out_are_told_so(
    proposal: Proposal, resident: User, registrar: User, scrutineer: User, desk: Client
) -> None:
    event = cast_support(user=resident, proposal_id=proposal.pk).event
    row = hold_votes(scrutineer, proposal.round, [event])
    check_document(user=resident, number="0815 123456", by=registrar)
    answer = intervene(desk, url("intervention", row.pk), "annul", stage="follow")
    assert "can be chosen on its own" in answer.text


def test_no_hold_is_offered_once_the_round_is_over(suspect: Proposal, desk: Client) -> None:
    address = finding(suspect, "subnet", SCRIPT.hex())
    intervene(desk, address, "hold")
    hold = Intervention.objects.get()
    release = {"stage": "follow", "reason": "checked"}
    intervene(desk, url("intervention", hold.pk), "release", **release)
    back = Intervention.objects.first()
    close_round(proposal=suspect)
    for page in (finding(suspect, "domain", "mail1.example"), url("intervention", back.pk)):
        kinds = [kind for kind, _label in desk.get(page).context["form"].fields["kind"].choices]
        assert kinds == ["annul"]
        assert intervene(desk, page, "hold", stage="follow").context["form"].errors["kind"]
    assert suspect.round.events.tally() == 55


def test_hold_that_comes_as_the_round_closes_is_told_what_to_do(
    suspect: Proposal, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_round(proposal=suspect)
    # The page was drawn, and the form read, a moment before the close.
    monkeypatch.setattr("voting.viewsets.integrity.kinds_now", lambda _round, kinds: kinds)
    answer = intervene(desk, finding(suspect, "subnet", SCRIPT.hex()), "hold")
    assert "ask for an annulment" in answer.text
    assert not Intervention.objects.exists()


@pytest.mark.parametrize(
    ("count", "words"), [(12, "12 votes are held"), (4, "Some votes are held")]
)
def test_pages_say_that_a_result_waits_for_held_votes(
    count: int,
    words: str,
    ballot: Round,
    scrutineer: User,
    promoter: User,
    stranger: Client,
    desk: Client,
    staff_of: SignIn,
) -> None:
    hold_votes(scrutineer, ballot, make_events(ballot, 20)[:count])
    promoter.groups.add(ensure_roles()[PROMOTERS])
    office = staff_of(promoter)
    close = reverse("rounds_admin:close", args=[ballot.pk])
    assert words in office.get(close).text
    assert "Urgent" not in desk.get(url("index")).text
    answer = office.post(close, {"reason": "Все проголосовали."}, follow=True)
    assert words in answer.text
    assert "stated in a minute" not in answer.text
    assert seal_votes().results == 0
    page = stranger.get(f"/en/rounds/{ballot.pk}/").text
    assert words in page
    assert "within a minute" not in page
    urgent = desk.get(url("index")).text
    assert "Urgent" in urgent
    assert url("round", ballot.pk) in urgent
    assert "1 result waits" in desk.get("/admin/").text


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("subnet", "zz"),
        ("subnet", SCRIPT.hex(" ")),
        ("subnet", (1).to_bytes(16).hex()),
        ("moment", "x"),
        ("moment", "9" * 40),
        ("moment", "999912312355"),
        ("moment", "999912312350"),
        ("moment", "202611241205"),  # no span of ours: two that overlap tell one vote apart
        ("moment", "202611241200"),
        ("city", "a"),
        ("domain", "%00"),
        ("domain", ""),
        ("domain", "nowhere.example"),
        ("domain", "nine.example"),
    ],
)
def test_group_that_cannot_be_or_is_too_small_is_not_found(
    kind: str, key: str, suspect: Proposal, desk: Client
) -> None:
    leave_traces(make_events(suspect.round, 9), "nine.example")
    assert desk.get(finding(suspect, kind, key), follow=True).status_code == 404
    assert intervene(desk, finding(suspect, kind, key), "hold").status_code == 404
    assert not Intervention.objects.exists()


def test_group_that_does_not_stand_out_is_told_so(suspect: Proposal, desk: Client) -> None:
    leave_traces(make_events(suspect.round, 10), "ten.example")
    address = finding(suspect, "domain", "ten.example")
    page = desk.get(address).text
    assert "does not stand out by any rule" in page
    assert "It looks made" not in page
    assert (
        "Done: 10 votes." in intervene(desk, finding(suspect, "domain", "ten.example"), "hold").text
    )


def test_votes_that_were_taken_meanwhile_are_no_group(suspect: Proposal, desk: Client) -> None:
    address = finding(suspect, "subnet", SCRIPT.hex())
    intervene(desk, address, "hold")
    assert intervene(desk, address, "hold").status_code == 404


def test_five_largest_networks_are_listed_whether_or_not_they_stand_out(
    suspect: Proposal, desk: Client
) -> None:
    for place, count in enumerate((9, 10, 11, 12, 13, 14)):
        events = make_events(suspect.round, count)
        leave_traces(events, f"{place}.example", subnet=bytes([100 + place]) * 16)
    page = desk.get(url("round", suspect.round.pk))
    assert [count for _label, count, _url in page.context["networks"]] == [25, 14, 13, 12, 11]
    _label, _count, address = page.context["networks"][1]
    assert address.replace("&", "&amp;") in page.text
    assert "does not stand out" in desk.get(address).text


def test_appeals_are_answered_on_their_page(
    proposal: Proposal, neighbour: User, scrutineer: User, desk: Client
) -> None:
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    hold_votes(scrutineer, proposal.round, [event])
    appeal = make_appeal(user=neighbour, round_=proposal.round, text="Это мой голос.")
    assert url("appeal", appeal.pk) in desk.get(url("index")).text
    page = desk.get(url("appeal", appeal.pk)).text
    assert "Это мой голос." in page
    assert neighbour.email not in page
    assert neighbour.name not in page
    short = desk.post(url("appeal", appeal.pk), {"stage": "decline", "answer": "Нет"})
    assert short.context["form"].errors["answer"]
    granted = desk.post(url("appeal", appeal.pk), {"stage": "grant"}, follow=True)
    assert "Done: 1 vote." in granted.text
    late = desk.post(
        url("appeal", appeal.pk), {"stage": "decline", "answer": "Слишком поздно."}, follow=True
    )
    assert "Somebody else has answered" in late.text
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.GRANTED


def test_appeal_is_declined_with_words(
    proposal: Proposal, neighbour: User, scrutineer: User, desk: Client
) -> None:
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    hold_votes(scrutineer, proposal.round, [event])
    appeal = make_appeal(user=neighbour, round_=proposal.round, text="Это мой голос.")
    answer = {"stage": "decline", "answer": "Пять учёток с одного телефона."}
    page = desk.post(url("appeal", appeal.pk), answer, follow=True).text
    assert "Declined" in page
    assert "Пять учёток" in page
    assert "No appeal waits" in desk.get(url("index")).text


def test_index_costs_the_same_queries_for_any_number(
    suspect: Proposal, scrutineer: User, desk: Client
) -> None:
    counts = []
    for _more in range(3):
        desk.get(url("index"))
        with CaptureQueriesContext(connection) as queries:
            desk.get(url("index"))
        counts.append(len(queries))
        other = ProposalFactory(call=suspect.call)
        (event,) = make_events(other.round, 1)
        VoteTrace.objects.create(
            event=event, minute=timezone.now(), subnet=b"n" * 16, mail_domain="x.example"
        )
        annul = {"kind": "annul", "reason": "network", "voters": [bytes(event.voter)]}
        ask_intervention(by=scrutineer, round_=other.round, **annul)
    assert counts[1] == counts[2], counts


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter", "editor", "registrar"])
def test_pages_are_closed_to_others(
    person: str,
    suspect: Proposal,
    scrutineer: User,
    request: pytest.FixtureRequest,
    staff_of: SignIn,
) -> None:
    voter = bytes(suspect.round.events.first().voter)
    annul = {"kind": "annul", "reason": "network", "voters": [voter]}
    row = ask_intervention(by=scrutineer, round_=suspect.round, **annul)
    client = staff_of(request.getfixturevalue(person))
    addresses = [
        url("index"),
        url("round", suspect.round.pk),
        finding(suspect, "subnet", SCRIPT.hex()),
        url("intervention", row.pk),
        url("appeal", 1),
    ]
    for address in addresses:
        sent = client.post(address, {"stage": "confirm", "kind": "hold", "reason": "network"})
        for answer in (client.get(address), sent):
            assert answer.status_code in {302, 403}
    assert Intervention.objects.count() == 1
    assert suspect.round.events.tally() == 55


def test_front_page_says_what_waits(
    suspect: Proposal, scrutineer: User, registrar: User, desk: Client, staff_of: SignIn
) -> None:
    assert "No appeal waits" in desk.get("/admin/").text
    voter = bytes(suspect.round.events.first().voter)
    annul = {"kind": "annul", "reason": "network", "voters": [voter]}
    ask_intervention(by=scrutineer, round_=suspect.round, **annul)
    assert "1 intervention waits for a second person" in desk.get("/admin/").text
    other = staff_of(registrar).get("/admin/").text
    assert "voting-integrity" not in other
    assert "No result waits for paper ballots" in other
