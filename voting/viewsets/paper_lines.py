"""Many paper ballots typed or pasted at once: `17; 0815 123456; 2 5`, each taken or refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from voting.actions.paper import PaperRefused, enter_paper_ballot
from voting.choices import ChoiceRefused
from voting.documents import NumberUnreadable
from voting.paper import choice_typed

if TYPE_CHECKING:
    from accounts.models import User
    from voting.models import PaperBatch


@dataclass(frozen=True)
class RefusedLine:
    """A line that was not taken: its place among those, how it was typed, what is wrong with it."""

    place: int
    typed: str
    why: str


class LineUnreadable(ValueError):
    """A line does not have three parts, or its number is none."""


@sensitive_variables()
def enter_lines(by: User, batch: PaperBatch, rows: list[str]) -> tuple[int, list[RefusedLine]]:
    """Enter each line by itself; how many were taken, and the others with their reasons."""
    refused = []
    for typed in rows:
        if why := _enter(by, batch, typed):
            # Only these lines stay in the box, so they are counted as they stand there.
            refused.append(RefusedLine(len(refused) + 1, typed, why))
    return len(rows) - len(refused), refused


@sensitive_variables()
def _enter(by: User, batch: PaperBatch, typed: str) -> str:
    """Enter one line; what is wrong with it, or ""."""
    try:
        line, number, options = _parts(typed)
        choice = choice_typed(batch.round.rules, options)
        enter_paper_ballot(by=by, batch=batch, line=line, number=number, choice=choice)
    except LineUnreadable:
        return _("Write the number on the paper; the document; the options.")
    except NumberUnreadable:
        return _("The number of the document cannot be read.")
    except ChoiceRefused as fault:
        return _about_choice(fault)
    except PaperRefused as fault:
        return str(fault.refusal.label)
    return ""


def _parts(typed: str) -> tuple[int, str, str]:
    parts = [part.strip() for part in typed.replace("\t", ";").split(";")]
    if len(parts) != 3 or not (parts[0].isascii() and parts[0].isdecimal() and len(parts[0]) < 6):
        raise LineUnreadable
    return int(parts[0]), parts[1], parts[2]


def _about_choice(fault: ChoiceRefused) -> str:
    option = {"option": fault.option}
    return {
        "shape": _("The options cannot be read. Write their numbers, or - for a blank ballot."),
        "unknown": _("There is no option %(option)s.") % option,
        "twice": _("Option %(option)s stands twice.") % option,
        "limit": _("More options than one ballot may have."),
        "points": _("Option %(option)s has points that the round does not allow.") % option,
        "budget": _("Together the options cost more than the budget."),
    }[fault.fault]
