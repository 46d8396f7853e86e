"""Tags of the list and of a proposal's page: residents' text, time left. No queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.translation import ngettext

from proposals.text import to_html

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

register = template.Library()

DAY, HOUR = 86_400, 3_600


@register.filter
def resident_text(text: str) -> SafeString:
    """What a resident wrote, as safe HTML."""
    return to_html(text)


@register.filter
def time_left(moment: datetime) -> str:
    """How long until a moment, in whole days, then hours: “18 days left”. Empty once it is past."""
    seconds = (moment - timezone.now()).total_seconds()
    if seconds <= 0:
        return ""
    if seconds < DAY:
        hours = max(1, int(seconds // HOUR))
        return ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
    days = int(seconds // DAY)
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
