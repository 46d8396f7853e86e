"""Tags of the list and of a proposal's page: residents' text, time left, a row. No queries."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from home.stencil import Stencil, hole
from proposals.text import to_html

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

    from proposals.listing import Row

register = template.Library()

DAY, HOUR = 86_400, 3_600


@register.filter
def resident_text(text: str) -> SafeString:
    """What a resident wrote, as safe HTML."""
    return to_html(text)


@register.simple_tag
def list_row(row: Row, panel: SafeString) -> SafeString:
    """One row of the list, with its support panel."""
    icon, theme = (row.theme.icon, row.theme.name) if row.theme else ("", "")
    values = {
        "meta": _row_meta(row.status, row.status_label, icon, theme, row.place_name),
        "url": row.get_absolute_url(),
        "language": row.language,
        "title": row.title,
        "summary": row.summary,
        "author": row.author_name,
        "day": row.day[0],
        "day_in_words": row.day[1],
        "panel": panel,
    }
    return _row(tuple(values)).fill(values)


@cache
def _row(names: tuple[str, ...]) -> Stencil:
    # Drawn once: twenty times ten values by way of the template were a quarter of the list's cost.
    holes = {name: hole(name) for name in names}
    return Stencil(render_to_string("proposals/proposal_list.html#row", holes), names)


@lru_cache(maxsize=4096)
def _row_meta(status: str, label: str, icon: str, theme: str, place: str) -> SafeString:
    # Kept because a list draws twenty, and there are fewer of them than proposals.
    context = {"status": status, "label": label, "icon": icon, "theme": theme, "place": place}
    return mark_safe(render_to_string("proposals/row_meta.html", context).strip())


@register.filter
def time_left(moment: datetime) -> str:
    """How long until a moment, in whole days or hours: “18 days left”. Empty once it is past."""
    seconds = (moment - timezone.now()).total_seconds()
    if seconds <= 0:
        return ""
    if seconds < HOUR:
        return _("less than an hour left")
    if seconds < DAY:
        hours = int(seconds // HOUR)
        return ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
    days = int(seconds // DAY)
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
