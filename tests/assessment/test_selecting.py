"""Who is selected in the end: by places, by theme, by hand; what the protocol says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assessment.actions.rounds import end_reading, place_by_hand, publish_protocol
from assessment.models import AssessedProposal, AssessmentRound
from assessment.permissions import Refusal
from proposals.models import Proposal, ProposalFigures
from tests.assessment.asking import refused
from tests.factories.accounts import UserFactory
from tests.factories.assessment import make_ended_round, make_open_round, secretary, send, sheets
from tests.factories.proposals import CategoryFactory, ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db


def make_themed_round(selected_count: int = 2) -> AssessmentRound:
    """Four proposals by place: two of "ecology", then two of "social"; a social one more was sent
    in, so that both themes come out with three and three.
    """
    round_ = make_ended_round(proposals=4, selected_count=selected_count, by_theme=True)
    ecology, social = CategoryFactory(name="Экология"), CategoryFactory(name="Забота")
    numbers = numbers_of(round_)
    Proposal.objects.filter(pk__in=numbers[:2]).update(category=ecology)
    Proposal.objects.filter(pk__in=numbers[2:]).update(category=social)
    for category in (ecology, social):
        ProposalFactory(call=round_.call, category=category)
    return round_


def numbers_of(round_: AssessmentRound) -> list[int]:
    return list(round_.assessed.values_list("proposal_id", flat=True))


def chosen(round_: AssessmentRound) -> list[int]:
    told = publish_protocol(user=secretary(), round_=round_).contents
    rows = [row["proposal"] for row in told["proposals"] if row["is_selected"]]
    assert sorted(rows) == sorted(told["selection"]["chosen"])
    return told["selection"]["chosen"]


def test_selection_takes_the_best_places() -> None:
    round_ = make_ended_round(proposals=3, selected_count=2)
    assert chosen(round_) == numbers_of(round_)[:2]


def test_selection_by_theme_gives_each_its_part() -> None:
    round_ = make_themed_round()
    first, _second, third, _fourth = numbers_of(round_)
    assert chosen(round_) == [first, third]
    told = round_.protocol.contents["selection"]
    assert [(row["sent_in"], row["places"], row["selected"]) for row in told["themes"]] == [
        (3, 1, 1),
        (3, 1, 1),
    ]


def test_selection_by_hand_wants_a_reason_and_is_told(stranger: Client) -> None:
    round_ = make_themed_round()
    first, second, _third, _fourth = rows = list(round_.assessed.all())
    with pytest.raises(ValidationError, match="reason"):
        place_by_hand(user=secretary(), assessed=second, place=None, reason="", selected=True)
    with pytest.raises(PermissionDenied):
        place_by_hand(user=UserFactory(), assessed=second, place=None, reason="Д", selected=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        AssessedProposal.objects.filter(pk=second.pk).update(selected_by_hand=True)
    for row, selected in ((second, True), (first, False)):
        place_by_hand(
            user=secretary(), assessed=row, place=None, reason="Паводок", selected=selected
        )
    assert chosen(round_) == [second.proposal_id, rows[2].proposal_id]
    page = stranger.get(round_.get_absolute_url()).content.decode()
    assert "Выбрано решением комиссии. Причина: Паводок" in page
    assert "Экология: подано 3, мест 1, выбрано 1." in page
    with pytest.raises(DatabaseError), transaction.atomic():
        AssessedProposal.objects.filter(pk=second.pk).update(place_reason="Иначе")


def test_no_more_are_selected_by_hand_than_there_are_places() -> None:
    round_ = make_themed_round(selected_count=1)
    first, second, *_rest = round_.assessed.all()
    act: Any = {"user": secretary(), "place": None, "reason": "Так", "selected": True}
    place_by_hand(assessed=second, **act)
    with pytest.raises(ValidationError):
        place_by_hand(assessed=first, **act)
    assert chosen(round_) == [second.proposal_id]


def test_round_that_only_ranks_selects_nobody(stranger: Client) -> None:
    round_ = make_ended_round()
    with refused(Refusal.NOT_SELECTING):
        place_by_hand(
            user=secretary(),
            assessed=round_.assessed.first(),
            place=None,
            reason="Так",
            selected=True,
        )
    told = publish_protocol(user=secretary(), round_=round_).contents
    assert told["selection"] is None
    assert told["proposals"][0]["is_selected"] is None
    assert "selection" not in stranger.get(round_.get_absolute_url()).content.decode()


def test_reason_alone_changes_nothing() -> None:
    assessed = make_ended_round().assessed.first()
    with pytest.raises(ValidationError):
        place_by_hand(user=secretary(), assessed=assessed, place=None, reason="Просто так")


def test_themes_without_a_number_are_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_ended_round(by_theme=True)


def test_place_page_selects_by_hand(staff_of: Callable[[User], Client]) -> None:
    round_ = make_themed_round()
    client, here = staff_of(secretary()), reverse("assessments_admin:places", args=[round_.pk])
    assessed = round_.assessed.last()
    page = client.post(here, {"assessed": assessed.pk, "selected": "yes", "reason": ""})
    assert "residents read it" in page.content.decode()
    page = client.post(here, {"assessed": assessed.pk, "selected": "maybe", "reason": "Так"})
    assert page.status_code == 200
    client.post(here, {"assessed": assessed.pk, "selected": "yes", "reason": "Так"})
    assert chosen(round_)[-1] == assessed.proposal_id


def test_withdrawn_proposal_is_not_ranked(stranger: Client) -> None:
    round_ = make_ended_round(proposals=3, selected_count=1)
    first, second, _third = numbers_of(round_)
    Proposal.objects.filter(pk=first).update(status="withdrawn")
    assert chosen(round_) == [second]
    told = {row["proposal"]: row for row in round_.protocol.contents["proposals"]}
    assert (told[first]["place"], told[first]["gone"]) == (None, "withdrawn")
    assert told[second]["place"] == 1
    assert "вышло из тура" in stranger.get(round_.get_absolute_url()).content.decode()


def test_withdrawn_proposal_loses_what_it_was_given_by_hand() -> None:
    round_ = make_ended_round(proposals=3, selected_count=1)
    first, second, third = round_.assessed.all()
    act: Any = {"user": secretary(), "reason": "Так", "selected": True}
    place_by_hand(assessed=third, place=1, **act)
    Proposal.objects.filter(pk=third.proposal_id).update(status="withdrawn")
    place_by_hand(assessed=second, place=None, **act)  # its place is free again
    assert chosen(round_) == [second.proposal_id]
    told = {row["proposal"]: row for row in round_.protocol.contents["proposals"]}
    gone = told[third.proposal_id]
    assert (gone["place"], gone["is_placed_by_hand"], gone["place_reason"]) == (None, False, "")
    assert [told[row.proposal_id]["place"] for row in (first, second)] == [1, 2]


def test_equal_places_go_by_supports_then_by_publication() -> None:
    round_ = make_open_round(proposals=3, selected_count=2)
    for sheet in sheets(round_):
        send(sheet, 7)
    end_reading(user=secretary(), round_=round_)
    first, second, third = numbers_of(round_)
    ProposalFigures.objects.filter(proposal=third).update(support_count=9)
    Proposal.objects.filter(pk=first).update(published_at=timezone.now())
    assert chosen(round_) == [third, second]
    assert [row["supports"] for row in round_.protocol.contents["selection"]["order"]] == [9, 0, 0]
