"""The support panel: filled in, it is what its template would draw, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from home.templatetags.site import gauge
from voting.panels import TEMPLATE, draw
from voting.permissions import Refusal
from voting.supports import SupportPanel

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
ROUND = SimpleNamespace(pk=3, disputed_at=None, is_open=True, is_coming=False, opens_at=AT)
DISPUTED = SimpleNamespace(pk=4, disputed_at=AT, is_open=False, is_coming=True, opens_at=AT)
MINE = SupportPanel(7, 12, 500, gen=1, round=ROUND, receipt=UUID(int=5))  # type: ignore[arg-type]
PANELS = [
    replace(MINE, gen=gen, refusal=refusal, round=round_, receipt=receipt)
    for gen, refusal, round_, receipt in product(
        (0, 1, 2), ("", *Refusal.values), (ROUND, DISPUTED), (None, UUID(int=5))
    )
]


def by_template(panel: SupportPanel, title: str, *, token: str, next_url: str, large: bool) -> str:
    """The panel as its template draws it with everything at hand."""
    values = {
        "number": panel.proposal_id,
        "gauge": gauge(panel.support_count, panel.threshold, large=large),
        "url": panel.url,
        "gen": panel.gen,
        "receipt": panel.receipt_url,
        "title": title,
        "token": token,
        "next": next_url,
    }
    return render_to_string(TEMPLATE, {**values, "panel": panel, "large": large})


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
@pytest.mark.parametrize("large", [False, True])
def test_panel_of_every_shape_is_as_its_template_draws_it(large: bool, language: str) -> None:
    with translation.override(language):
        for number, panel in enumerate(PANELS, start=1):
            own = replace(panel, proposal_id=number, support_count=40 * number)
            title, token, back = f"<b>{number} % & more", f"token{number}", f"/ru/?a={number}&b='"
            how = {"token": token, "next_url": back, "large": large}
            assert draw(own, title, **how) == by_template(own, title, **how), own


@pytest.mark.parametrize(("is_open", "asks"), [(True, True), (False, False)])
def test_panel_asks_for_no_more_once_support_is_closed(is_open: bool, asks: bool) -> None:
    round_ = SimpleNamespace(pk=3, disputed_at=None, is_open=is_open, is_coming=False, opens_at=AT)
    refusal = "" if is_open else Refusal.CLOSED
    panel = replace(MINE, refusal=refusal, round=round_)  # type: ignore[arg-type]
    with translation.override("en"):
        assert ("488 more are needed" in draw(panel, "A proposal", large=True)) == asks


def test_panel_holds_nothing_of_the_one_before() -> None:
    first = draw(MINE, "Чужое", token="secret", next_url="/ru/elsewhere/")
    second = draw(replace(MINE, proposal_id=8, gen=3, receipt=UUID(int=6)), "Моё", token="own")
    for word in ("Чужое", "secret", "elsewhere", "support-7", str(UUID(int=5)), 'value="1"'):
        assert word in first
        assert word not in second


def test_panel_for_the_signed_out_asks_for_no_token() -> None:
    def asked() -> str:
        raise AssertionError("a page for everybody would hold one visitor's token")

    panel = replace(MINE, gen=0, refusal=Refusal.SIGNED_OUT, receipt=None)
    assert "/support/" in draw(panel, "Мост", token=SimpleLazyObject(asked))
