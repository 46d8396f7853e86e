"""Promoting and answering: what is written, who may, and what happens to the second of two."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import ModelLogEntry

from government.actions import answer_referral, promote_proposal
from government.models import Answer, Dossier, Referral
from government.snapshots import canonical, contents_hash
from proposals.actions import ProposalMoved, move_proposal
from proposals.models import Proposal, ProposalDocument, ProposalFigures, ProposalImage
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.government import BodyFactory, make_answer, make_referral
from tests.factories.proposals import ProposalFactory
from voting.actions import VoteRefused, cast_support

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
Status = Proposal.Status
PIXEL = bytes.fromhex(
    "47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b"
)


@pytest.fixture
def shortlisted(call: CallPage) -> Proposal:
    return ProposalFactory(call=call, status=Status.SHORTLISTED)


def test_promote_proposal_writes_referral_dossier_and_log(
    shortlisted: Proposal, promoter: User
) -> None:
    body = BodyFactory(answer_days=14)
    referral = promote_proposal(
        user=promoter, proposal=shortlisted, body=body, note="  Прошу ответить. "
    )
    shortlisted.refresh_from_db()
    assert shortlisted.status == Status.PROMOTED
    assert referral.due_on == timezone.localdate() + timedelta(days=14)
    assert (referral.note, referral.by) == ("Прошу ответить.", promoter)
    dossier = Dossier.objects.get(referral=referral)
    assert dossier.contents_hash == contents_hash(dossier.snapshot)
    assert dossier.snapshot["referral"]["body"] == {"ru": body.name}
    entry = ModelLogEntry.objects.get(action="government.promote")
    assert (entry.user, entry.object_id) == (promoter, str(referral.pk))
    assert ModelLogEntry.objects.filter(action="proposals.promote").count() == 1


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_promote_proposal_by_others_is_refused(
    person: str, shortlisted: Proposal, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        promote_proposal(
            user=request.getfixturevalue(person), proposal=shortlisted, body=BodyFactory(), note="!"
        )
    assert not Referral.objects.exists()


def test_promote_proposal_of_ones_own_is_refused(call: CallPage, promoter: User) -> None:
    own = ProposalFactory(call=call, status=Status.SHORTLISTED, author=promoter)
    with pytest.raises(PermissionDenied):
        promote_proposal(user=promoter, proposal=own, body=BodyFactory(), note="!")
    own.refresh_from_db()
    assert own.status == Status.SHORTLISTED
    assert not Referral.objects.exists()


@pytest.mark.parametrize("status", ["supporting", "promoted", "accepted", "archived"])
def test_promote_proposal_from_elsewhere_leaves_nothing_behind(
    status: str, call: CallPage, promoter: User
) -> None:
    proposal = ProposalFactory(call=call, status=status)
    with pytest.raises(ProposalMoved):
        promote_proposal(user=promoter, proposal=proposal, body=BodyFactory(), note="Прошу.")
    assert not Referral.objects.exists()
    assert not Dossier.objects.exists()


def test_promote_proposal_twice_makes_one_referral(shortlisted: Proposal, promoter: User) -> None:
    same = Proposal.objects.get(pk=shortlisted.pk)
    promote_proposal(user=promoter, proposal=shortlisted, body=BodyFactory(), note="Прошу.")
    with pytest.raises(ProposalMoved):
        promote_proposal(user=promoter, proposal=same, body=BodyFactory(), note="Прошу.")
    assert Referral.objects.count() == 1


def test_promote_proposal_needs_a_note(shortlisted: Proposal, promoter: User) -> None:
    with pytest.raises(ValidationError, match="note"):
        promote_proposal(user=promoter, proposal=shortlisted, body=BodyFactory(), note=" ")
    shortlisted.refresh_from_db()
    assert shortlisted.status == Status.SHORTLISTED


def test_promote_proposal_freezes_the_ledgers_figure_and_closes_support(
    shortlisted: Proposal, promoter: User
) -> None:
    for _ in range(3):
        cast_support(user=UserFactory(), proposal_id=shortlisted.pk)
    # A cached count that drifted must not reach the paper a decision rests on.
    ProposalFigures.objects.filter(pk=shortlisted.pk).update(
        support_count=99, imported_support_count=7
    )
    referral = make_referral(user=promoter, proposal=shortlisted)
    figures = referral.dossier.snapshot["figures"]
    assert (figures["support_count"], figures["imported_support_count"]) == (3, 7)
    with pytest.raises(VoteRefused):
        cast_support(user=UserFactory(), proposal_id=shortlisted.pk)


def test_dossier_stays_as_it_was(shortlisted: Proposal) -> None:
    referral = make_referral(proposal=shortlisted)
    Proposal.objects.filter(pk=shortlisted.pk).update(title="Совсем другой заголовок")
    dossier = Dossier.objects.get(referral=referral)
    assert dossier.snapshot["proposal"]["title"] == shortlisted.title
    assert contents_hash(dossier.snapshot) == dossier.contents_hash


def test_dossier_holds_nothing_private(call: CallPage, moderator: User) -> None:
    author = UserFactory(email="canary-author@example.org", name="Анна К.")
    proposal = ProposalFactory(
        call=call,
        status=Status.SUBMITTED,
        author=author,
        published_at=None,
        municipality=MunicipalityFactory(population=500),
    )
    move_proposal(user=moderator, proposal=proposal, verb="return", reason="CANARY-NOTE")
    move_proposal(user=author, proposal=proposal, verb="submit")
    move_proposal(user=moderator, proposal=proposal, verb="accept")
    proposal.status = Status.SHORTLISTED
    proposal.save(update_fields=["status"])
    snapshot = make_referral(proposal=proposal).dossier.snapshot
    text = canonical(snapshot)
    assert "CANARY-NOTE" not in text
    assert "canary-author" not in text
    assert moderator.email not in text
    assert moderator.name not in text
    assert snapshot["proposal"]["author_name"] == "Анна К."
    assert snapshot["proposal"]["population"] == 500
    assert [step["status"]["en"] for step in snapshot["history"]] == [
        "Being checked",
        "Gathering support",
        "With the Government",
    ]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("accepted", Status.ACCEPTED), ("partly", Status.ACCEPTED), ("declined", Status.DECLINED)],
)
def test_answer_referral_moves_the_proposal(
    outcome: str, status: str, call: CallPage, promoter: User
) -> None:
    referral = make_referral(call=call)
    answer = make_answer(referral, outcome=outcome, user=promoter)
    referral.proposal.refresh_from_db()
    assert referral.proposal.status == status
    assert (answer.entered_by, answer.days_late) == (promoter, 0)
    entry = ModelLogEntry.objects.get(action="government.answer")
    assert (entry.user, entry.data["outcome"]) == (promoter, outcome)


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_answer_referral_by_others_is_refused(
    person: str, call: CallPage, request: pytest.FixtureRequest
) -> None:
    referral = make_referral(call=call)
    with pytest.raises(PermissionDenied):
        make_answer(referral, user=request.getfixturevalue(person))
    assert not Answer.objects.exists()


def test_answer_referral_twice_keeps_the_first(call: CallPage, promoter: User) -> None:
    referral = make_referral(call=call)
    again = Referral.objects.select_related("proposal").get(pk=referral.pk)
    make_answer(referral, text="Да.")
    with pytest.raises(ProposalMoved):
        make_answer(again, text="Нет.", outcome="declined", user=promoter)
    assert Answer.objects.get().text == "Да."


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", "  "), ("official_name", ""), ("outcome", "perhaps")],
)
def test_answer_referral_needs_its_parts(field: str, value: str, call: CallPage) -> None:
    referral = make_referral(call=call)
    with pytest.raises(ValidationError) as refused:
        make_answer(referral, **{field: value})
    assert field in refused.value.message_dict
    referral.proposal.refresh_from_db()
    assert referral.proposal.status == Status.PROMOTED


@pytest.mark.parametrize("days", [-1, 1])
def test_answer_referral_refuses_an_impossible_day(days: int, call: CallPage) -> None:
    referral = make_referral(call=call)
    with pytest.raises(ValidationError, match="answered_on"):
        make_answer(referral, answered_on=timezone.localdate() + timedelta(days=days))


def test_answer_counts_days_late_from_the_day_it_was_due(call: CallPage, promoter: User) -> None:
    referral = make_referral(call=call)
    Referral.objects.filter(pk=referral.pk).update(
        made_at=timezone.now() - timedelta(days=40),
        due_on=timezone.localdate() - timedelta(days=10),
    )
    referral = Referral.objects.select_related("proposal").get(pk=referral.pk)
    assert (referral.days_overdue, referral.days_left) == (10, -10)
    on_last_day = answer_referral(
        user=promoter,
        referral=referral,
        outcome="accepted",
        text="Да.",
        official_name="М.",
        answered_on=referral.due_on,
    )
    assert on_last_day.days_late == 0
    on_last_day.answered_on = timezone.localdate()
    assert on_last_day.days_late == 10
    assert Referral.objects.get(pk=referral.pk).days_overdue == 0


def test_dossier_names_attachments_by_the_addresses_they_are_handed_out_at(
    call: CallPage, shortlisted: Proposal
) -> None:
    picture = ContentFile(PIXEL, name="photo.gif")
    image = ProposalImage.objects.create(proposal=shortlisted, file=picture, alt="Дамба весной")
    paper = ContentFile(b"%PDF-1.7", name="estimate.pdf")
    document = ProposalDocument.objects.create(
        proposal=shortlisted, file=paper, name="Смета.pdf", size_bytes=8
    )
    attachments = make_referral(proposal=shortlisted).dossier.snapshot["attachments"]
    assert attachments == [
        {
            "name": "Дамба весной",
            "kind": "image",
            "size_bytes": len(PIXEL),
            "url": f"http://localhost:8000/ru/proposals/images/{image.pk}/",
        },
        {
            "name": "Смета.pdf",
            "kind": "PDF",
            "size_bytes": 8,
            "url": f"http://localhost:8000/ru/proposals/documents/{document.pk}/",
        },
    ]


def test_dossier_says_of_a_lost_file_that_there_was_one(shortlisted: Proposal) -> None:
    image = ProposalImage.objects.create(
        proposal=shortlisted, file=ContentFile(PIXEL, name="photo.gif"), alt="Дамба"
    )
    image.file.storage.delete(image.file.name)
    [attachment] = make_referral(proposal=shortlisted).dossier.snapshot["attachments"]
    assert (attachment["name"], attachment["size_bytes"]) == ("Дамба", 0)
