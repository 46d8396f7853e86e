"""Commitments as open data: one row each, read in batches while a file is written. Reads only.

The README documents the keys; they and the numbers stay, so that regions can compare.
"""

from __future__ import annotations

from array import array
from itertools import batched
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.notifications import absolute_url
from government.commitment_rates import fate
from government.models import Commitment
from home.exports import Column, Listing
from proposals.rows import BATCH, site_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from government.commitment_board import Board
    from home.exports import Row

LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"


def commitment_columns() -> list[Column]:
    """What everybody gets of each commitment; headers and names in the active language."""
    return [
        Column("id", _("Lasting number"), width=38),
        Column("what", _("What is promised"), width=60),
        Column("state", _("State (code)"), width=14),
        Column("state_name", _("State"), width=20),
        Column("kept", _("How it was kept (code)"), width=14),
        Column("body", _("Body (code)"), width=20),
        Column("body_name", _("Body"), width=32),
        Column("owner_name", _("Person or department in charge"), width=32),
        Column("municipality", _("Municipality (code)"), width=20),
        Column("municipality_name", _("Municipality"), width=28),
        Column("promised_on", _("Promised"), "date"),
        Column("first_due_on", _("First promised for"), "date"),
        Column("due_on", _("Due"), "date"),
        Column("due_moved_count", _("Times moved"), "integer"),
        Column("settled_on", _("Settled"), "date"),
        Column("amount_minor", _("Amount in minor units"), "integer", 18),
        Column("currency", _("Currency"), width=10),
        Column("budget_line", _("Budget line"), width=32),
        Column("built_count", _("Residents say built"), "integer"),
        Column("not_built_count", _("Residents say not built"), "integer"),
        Column("proposal", _("Proposal No."), "integer"),
        Column("proposal_title", _("Proposal"), width=60),
        Column("url", _("On the site"), "link"),
    ]


def commitment_listing(board: Board) -> Listing:
    """The board's commitments for any writer of `home.exports`.

    All words are fixed in the language of now: by the time a stream is read, the request is gone.
    """
    language = get_language() or settings.LANGUAGE_CODE
    numbers = array("q", board.rows.values_list("pk", flat=True))
    return Listing(
        title=_("Commitments"),
        columns=commitment_columns(),
        rows=(row for batch in batched(numbers, BATCH) for row in _read(list(batch), language)),
        site=site_name(language),
        language=language,
        generated_at=timezone.now(),
        zone=timezone.get_default_timezone(),
        filters=board.filters,
        sheet=_("Commitments"),
        count=len(numbers),
        licence=LICENCE,
    )


def _read(batch: list[int], language: str) -> Iterator[Row]:
    """Rows of these commitments in their order. One query."""
    with override(language):
        # Asked again with each batch: what is hidden while the file is written stays out.
        found = Commitment.objects.public().for_pages().in_bulk(batch)
        rows = [_row(found[number]) for number in batch if number in found]
    yield from rows


def _row(one: Commitment) -> Row:
    place = one.municipality
    return {
        "id": str(one.uuid),
        "what": one.what,
        "state": one.state,
        "state_name": str(one.get_state_display()),
        "kept": fate(
            state=one.state,
            first_due_on=one.first_due_on,
            due_on=one.due_on,
            settled_on=one.settled_on,
            today=timezone.localdate(),
        ),
        "body": one.body.slug,
        "body_name": one.body_name,
        "owner_name": one.owner_name,
        "municipality": place.slug if place else "",
        "municipality_name": one.place_name or "",
        "promised_on": timezone.localdate(one.made_at),
        "first_due_on": one.first_due_on,
        "due_on": one.due_on,
        "due_moved_count": one.due_moved_count,
        "settled_on": one.settled_on,
        "amount_minor": one.amount_minor,
        "currency": one.currency if one.amount_minor is not None else "",
        "budget_line": one.budget_line,
        "built_count": one.built,
        "not_built_count": one.not_built,
        "proposal": one.proposal_id,
        "proposal_title": one.proposal.title,
        "url": absolute_url(one.get_absolute_url()),
    }
