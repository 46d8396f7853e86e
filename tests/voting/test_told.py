"""What a proposal's page says of how supporters are known: no group of fewer than ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import AssuranceLevel
from tests.factories.accounts import UserFactory
from tests.factories.voting import make_events
from voting.actions import cast_support, recount_support

if TYPE_CHECKING:
    from django.test import Client

    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


def known_by(client: Client, proposal: Proposal, language: str = "en") -> str:
    page = client.get(f"/{language}/proposals/{proposal.pk}/", follow=True).text
    start = page.index({"en": "Supporters known by:", "ru": "Как проверены голоса:"}[language])
    return " ".join(page[start : page.index("</p>", start)].split())


def support(proposal: Proposal, by_mail: int, by_document: int) -> None:
    make_events(proposal.round, by_mail)
    for _ in range(by_document):
        person = UserFactory(level=AssuranceLevel.DOCUMENT)
        cast_support(user=person, proposal_id=proposal.pk)
    recount_support(proposal)


def test_next_group_is_rounded_down_where_a_small_one_could_be_worked_out(
    proposal: Proposal, stranger: Client
) -> None:
    support(proposal, 47, 3)
    said = known_by(stranger, proposal)
    assert "e-mail confirmed 40 or more" in said
    assert "document seen by staff fewer than 10" in said
    assert "47" not in said


def test_groups_of_ten_are_told_exactly_and_in_the_readers_language(
    proposal: Proposal, stranger: Client
) -> None:
    support(proposal, 47, 10)
    assert "e-mail confirmed 47 · document seen by staff 10" in known_by(stranger, proposal)
    assert "почта подтверждена 47 ·" in known_by(stranger, proposal, "ru")
