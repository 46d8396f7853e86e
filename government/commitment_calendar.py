"""Due dates of commitments as iCalendar. Pure: commitments in, bytes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from icalendar import Event, vText, vUri

from events.calendars import EPOCH, calendar_around

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from government.models import Commitment

PRODUCT = "-//Boiling Point//Commitments//EN"


def calendar_of(
    commitments: Iterable[Commitment],
    *,
    name: str,
    language: str,
    address_of: Callable[[Commitment], str],
) -> bytes:
    """A calendar to subscribe to; the commitments come from `with_last_change()`."""
    entries = (entry_of(one, language=language, address=address_of(one)) for one in commitments)
    return calendar_around(entries, name=name, language=language, product=PRODUCT)


def entry_of(commitment: Commitment, *, language: str, address: str) -> Event:
    """The day a commitment is due: a whole day that blocks nobody's time."""
    entry, words = Event(), {"LANGUAGE": language}
    changed = commitment.changed_at
    entry.add("uid", f"commitment-{commitment.uuid}")
    # Rises with each step, so that a calendar program takes the new date for the newer one.
    entry.add("sequence", int((changed - EPOCH).total_seconds()))
    entry.add("dtstamp", changed)
    entry.add("last-modified", changed)
    entry.add("dtstart", commitment.due_on)
    entry.add("transp", "TRANSPARENT")
    entry.add("summary", commitment.what, parameters=words)
    is_dropped = commitment.state == commitment.State.DROPPED
    entry.add("status", "CANCELLED" if is_dropped else "CONFIRMED")
    entry.add("categories", [str(commitment.get_state_display())])
    entry.add("url", vUri(address))
    entry.add("description", vText("\n".join(_lines(commitment, address))), parameters=words)
    return entry


def _lines(commitment: Commitment, address: str) -> list[str]:
    owner = ", ".join(part for part in (commitment.body_name, commitment.owner_name) if part)
    state = _("State: %(state)s") % {"state": commitment.get_state_display()}
    return [owner, state, commitment.proposal.title, address]
