"""How supports look to a visitor: each row its own button, and why there is none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import caches
from django.utils import timezone
from django.utils.html import escape

from proposals.models import ProposalFigures
from tests.factories.proposals import ProposalFactory
from voting.models import Round
from voting.permissions import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage, Proposal

pytestmark = pytest.mark.django_db
LIST = "/{}/proposals/?seed=5"


@pytest.mark.parametrize(("language", "word"), [("ru", "Поддержать"), ("en", "Support")])
def test_list_invites_the_signed_out_to_each_proposal(
    language: str, word: str, stranger: Client, call: CallPage
) -> None:
    titles = ["Мост & <b>паром</b>", "100 % %(title)s тепла", "\ue000url\ue001"]
    rows = [ProposalFactory(call=call, title=title) for title in titles]
    for count, row in enumerate(rows, start=7):
        ProposalFigures.objects.filter(pk=row.pk).update(support_count=count)
    text = stranger.get(LIST.format(language)).text
    for count, row in enumerate(rows, start=7):
        start = text.index(f'<div class="support" id="support-{row.pk}">')
        panel = text[start : text.index("</li>", start)]
        assert f'href="/{language}/proposals/{row.pk}/support/"' in panel
        assert f'{word}<span class="hidden">: {escape(row.title)}</span></a>' in panel
        assert f"<b>{count}</b>" in panel


def test_page_of_a_proposal_invites_with_a_wide_button(
    stranger: Client, proposal: Proposal
) -> None:
    stranger.get(LIST.format("ru"))
    assert "support-large" in stranger.get(proposal.get_absolute_url()).text
    assert "support-large" not in stranger.get(f"{LIST.format('ru')}&order=newest").text


def test_signed_out_see_a_new_count_at_once(stranger: Client, proposal: Proposal) -> None:
    for count in (3, 4):
        ProposalFigures.objects.filter(pk=proposal.pk).update(support_count=count)
        caches["pages"].clear()
        assert f"<b>{count}</b>" in stranger.get(LIST.format("ru")).text
        assert f"<b>{count}</b>" in stranger.get(proposal.get_absolute_url()).text


@pytest.mark.parametrize(
    ("times", "refusal"),
    [
        ({"opens_at": timedelta(days=3)}, Refusal.NOT_OPEN_YET),
        ({"closes_at": timedelta(days=-3)}, Refusal.CLOSED),
        ({"closed_at": timedelta(days=-1)}, Refusal.CLOSED),
    ],
)
def test_signed_out_are_told_why_there_is_no_button(
    times: dict[str, timedelta], refusal: Refusal, stranger: Client, proposal: Proposal
) -> None:
    now = timezone.now()
    Round.objects.update(**{name: now + time for name, time in times.items()})
    for address in (LIST.format("ru"), proposal.get_absolute_url()):
        text = stranger.get(address).text
        assert str(refusal.label) in text
        assert "/support/" not in text


def test_signed_in_get_a_form_where_the_signed_out_get_a_link(
    stranger: Client, proposal: Proposal, resident: User, client_of: Callable[[User], Client]
) -> None:
    link = f'href="/ru/proposals/{proposal.pk}/support/"'
    assert link in stranger.get(LIST.format("ru")).text
    mine = client_of(resident).get(LIST.format("ru")).text
    assert link not in mine
    assert f'hx-post="/ru/proposals/{proposal.pk}/support/"' in mine
    assert link in stranger.get(f"{LIST.format('ru')}&order=newest").text
