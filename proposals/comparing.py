"""Two versions of a proposal compared, part by part, as its page shows them. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from proposals.differences import differences, is_changed
from proposals.models.versions import WORDS

if TYPE_CHECKING:
    from proposals.differences import Piece
    from proposals.models import Version

HEADINGS = {
    "title": _("In one sentence"),
    "summary": _("Summary"),
    "problem": _("What for"),
    "solution": _("What should be done"),
    "beneficiaries": _("For whom"),
}


@dataclass(frozen=True)
class ComparedPart:
    """One part of the text: its heading and the pieces of both versions."""

    heading: Any
    pieces: list[Piece]

    @property
    def is_changed(self) -> bool:
        return is_changed(self.pieces)


def compare(old: Version, new: Version, language: str) -> list[ComparedPart]:
    """The parts that either version has."""
    parts = [
        ComparedPart(HEADINGS[name], differences(getattr(old, name), getattr(new, name), language))
        for name in WORDS
    ]
    return [part for part in parts if part.pieces]
