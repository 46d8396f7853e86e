"""Draws the support panel: by its template once for each shape it takes, then only filled in.

A list shows twenty of them and every vote is answered with one. What they say is in
`voting.supports`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from home.stencil import Stencil, hole
from home.templatetags.site import gauge

if TYPE_CHECKING:
    from voting.supports import SupportPanel

TEMPLATE = "voting/support.html#panel"
# What the template shows of a panel: values of one proposal and one person.
SHOWN = ("number", "gauge", "url", "gen", "receipt", "title", "token", "next")


class Shape(NamedTuple):
    """What the template asks of a panel. Nothing else is at hand where it is drawn for all."""

    asks_to_sign_in: bool
    stands: bool
    has_receipt: bool
    is_disputed: bool
    large: bool


def draw(
    panel: SupportPanel,
    title: str,
    *,
    token: str = "",
    next_url: str = "",
    large: bool = False,
    stale: bool = False,
) -> SafeString:
    """Gauge and button of one proposal; `token` lets a form through, `next_url` leads back."""
    values = {
        "number": panel.proposal_id,
        "gauge": gauge(panel.support_count, panel.threshold, large=large, over=panel.is_over),
        "url": panel.url,
        "gen": panel.gen,
        "receipt": panel.receipt_url,
        # Twenty buttons in a list would sound alike without it.
        "title": title,
        "token": token,
        "next": next_url,
    }
    if stale or (panel.refusal and not panel.asks_to_sign_in):
        context: dict[str, Any] = {**values, "panel": panel, "large": large, "stale": stale}
        return SafeString(render_to_string(TEMPLATE, context))
    shape = Shape(*(getattr(panel, name) for name in Shape._fields[:-1]), large)
    return _stencil(shape, get_language()).fill(values)


@cache
def _stencil(shape: Shape, _language: str | None) -> Stencil:
    context = {name: hole(name) for name in SHOWN} | {"panel": shape, "large": shape.large}
    return Stencil(render_to_string(TEMPLATE, context), SHOWN)
