"""What people take along, and what stays when a member's account is erased."""

from __future__ import annotations

import pytest

from accounts.actions import erase_account
from accounts.models import User
from assessment.models import Membership, Score
from assessment.personal_data import assessment_data
from tests.factories.assessment import make_ended_round, make_open_round, reviewers

pytestmark = pytest.mark.django_db


def test_data_of_a_member_holds_sheets_and_scores() -> None:
    round_ = make_ended_round(proposals=2)
    data = assessment_data(reviewers(round_)[0])
    assert [len(sheet["scores"]) for sheet in data["sheets"]] == [4, 4]
    assert data["terms"][0]["role"] == "chair"
    assert assessment_data(reviewers(make_open_round())[0])["sheets"][0]["scores"] == []


@pytest.mark.parametrize(("keep", "kept"), [(True, True), (False, False)])
def test_erased_account_leaves_its_scores(keep: bool, kept: bool) -> None:
    round_ = make_ended_round()
    member = reviewers(round_)[0]
    term = Membership.objects.get(user=member)
    before = Score.objects.count()
    erase_account(account=member, by=member, keep_name=keep)
    term.refresh_from_db()
    assert Score.objects.count() == before
    assert bool(term.name) is kept
    assert not User.objects.filter(pk=member.pk).exists()
