"""What buttons, timelines and the log say for each step of a commitment; no logic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Step:
    """The words for one verb, and the status of proposals whose colour and sign it borrows."""

    button: _StrPromise  # what it will do
    done: _StrPromise  # what was done
    status: str


STEPS = {
    "promise": Step(pgettext_lazy("button", "Add a commitment"), _("Promised"), "accepted"),
    "begin": Step(pgettext_lazy("button", "Work has begun"), _("Work has begun"), "in_progress"),
    "deliver_part": Step(
        pgettext_lazy("button", "Delivered in part"), _("Delivered in part"), "in_progress"
    ),
    "deliver": Step(pgettext_lazy("button", "Done"), _("Done"), "done"),
    "drop": Step(pgettext_lazy("button", "Drop"), _("Dropped"), "declined"),
    "reopen": Step(pgettext_lazy("button", "Take up again"), _("Taken up again"), "in_progress"),
    "redate": Step(pgettext_lazy("button", "Move the date"), _("Date moved"), "returned"),
}
# Statuses of proposals that states of commitments borrow colour and sign from.
STATUS_OF_STATE = {
    "planned": "submitted",
    "in_progress": "in_progress",
    "in_part": "in_progress",
    "done": "done",
    "dropped": "declined",
}
