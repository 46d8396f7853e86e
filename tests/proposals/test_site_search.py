"""Proposals in the search over the whole site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from proposals.models import Proposal
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from django.test import Client

    from proposals.models import CallPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]


def found(client: Client, text: str, language: str = "ru") -> str:
    return client.get(f"/{language}/search/", {"q": text}).content.decode()


def test_public_proposals_are_found_in_any_form(stranger: Client, call: CallPage) -> None:
    proposal = ProposalFactory(call=call, title="Тёплые остановки у моста")
    assert proposal.get_absolute_url() in found(stranger, "остановка моста")


def test_drafts_are_not_found(stranger: Client, call: CallPage) -> None:
    ProposalFactory(call=call, title="Тёплые остановки", status=Proposal.Status.DRAFT)
    assert "Тёплые остановки" not in found(stranger, "остановки")


def test_more_than_five_lead_to_the_list(stranger: Client, call: CallPage) -> None:
    for number in range(6):
        ProposalFactory(call=call, title=f"Остановка {number}")
    content = found(stranger, "остановка")
    assert content.count('class="row"') == 5
    assert "/ru/proposals/?q=" in content


def test_words_that_mean_nothing_find_nothing(stranger: Client, call: CallPage) -> None:
    proposal = ProposalFactory(call=call)
    assert proposal.get_absolute_url() not in found(stranger, "?!")


def test_proposal_keeps_its_language(stranger: Client, call: CallPage) -> None:
    proposal = ProposalFactory(call=call, title="空港から堤防まで", language="ja")
    assert f'href="{proposal.get_absolute_url()}" lang="ja"' in found(stranger, "空港")
