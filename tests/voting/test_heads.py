"""The newest head for programs, for people and as a feed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.factories.voting import make_events
from voting.heads import read_head, signer
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from voting.models import Round

pytestmark = pytest.mark.django_db


def test_checkpoint_is_the_newest_signed_head(ballot: Round, stranger: Client) -> None:
    assert stranger.get("/votes/checkpoint").status_code == 503
    make_events(ballot, 3)
    seal_votes()
    response = stranger.get("/votes/checkpoint")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert read_head(response.content.decode()).size == 3


def test_ledger_page_shows_head_and_key(
    ballot: Round, stranger: Client, settings: SettingsWrapper
) -> None:
    settings.PUBLIC_PAGE_SECONDS = 0  # The second look must not be the kept first one.
    assert "Nothing has been sealed yet" in stranger.get("/en/votes/").content.decode()
    make_events(ballot, 3)
    seal_votes()
    html = stranger.get("/en/votes/").content.decode()
    assert "3 records are sealed" in html
    assert str(signer().verifier).replace("+", "&#x2B;") in html or str(signer().verifier) in html


def test_feed_of_heads_has_the_notes(ballot: Round, stranger: Client) -> None:
    for _ in range(2):
        make_events(ballot, 2)
        seal_votes()
    text = stranger.get("/en/votes/feed/").content.decode()
    assert text.count("<entry") == 3
    assert "4 records" in text
    # Not the minute: it would be that of the votes under the head.
    assert len(re.findall(r"<published>[\d-]+T00:00:00", text)) == 3
    assert "— localhost/votes " in text
