"""What staff read about rounds: their state, and what a rehearsal found. Words only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voting.result_words import BROKEN_BY

if TYPE_CHECKING:
    from voting.models import Round
    from voting.rehearsal import Finding

STATES = [
    ("open", pgettext_lazy("a vote", "Open")),
    ("coming", pgettext_lazy("a vote", "Coming")),
    ("over", pgettext_lazy("a vote", "Over")),
]
FROZEN = gettext_lazy(
    "There are votes in this round, online or on paper, or it is closed: its rules stay as they"
    " are."
)
SCENES = {
    "typical": gettext_lazy("An ordinary day"),
    "refused": gettext_lazy("Ballots nobody should be able to cast"),
    "tie": gettext_lazy("A tie for the last place"),
    "changes": gettext_lazy("Changes of mind"),
    "budget": gettext_lazy("The budget to the last unit"),
}
FINDINGS = {
    "taken": gettext_lazy("Made-up voters cast %(count)s ballots, %(blank)s of them blank."),
    "counted": gettext_lazy("As many ballots were counted as were cast: %(count)s."),
    "any_order": gettext_lazy("Counted in another order they come to the same."),
    "winners": gettext_lazy("Chosen: %(count)s."),
    "unknown_refused": gettext_lazy("An option that there is not is refused."),
    "twice_refused": gettext_lazy("The same option twice is refused."),
    "shape_refused": gettext_lazy("What is no ballot at all is refused."),
    "limit_refused": gettext_lazy("One option more than the limit is refused."),
    "points_refused": gettext_lazy("One point more than the most is refused."),
    "budget_refused": gettext_lazy("A ballot dearer than the budget is refused."),
    "limit_taken": gettext_lazy("A ballot with just as many options as the limit is taken."),
    "blank_taken": gettext_lazy("A blank ballot is taken."),
    "tie_decided": gettext_lazy("Two options stood level for the last place: %(how)s."),
    "tie_repeats": gettext_lazy("Counted again it is decided the same way."),
    "counted_once": gettext_lazy(
        "Of three voters one changed the ballot, one took it back, one took it back and cast"
        " again: %(count)s ballots stand."
    ),
    "last_counts": gettext_lazy("Only what was cast last counts."),
    "fits_exactly": gettext_lazy("Two projects that cost just the budget are both chosen."),
    "one_unit_over": gettext_lazy("With one unit less only one of them is."),
    "too_dear": gettext_lazy("A project dearer than the budget is never chosen."),
}


def state_of(round_: Round) -> Any:
    """The word for a round's state."""
    state = "open" if round_.is_open else "coming" if round_.is_coming else "over"
    return dict(STATES)[state]


def finding_words(finding: Finding) -> str:
    """What was found, as a sentence."""
    figures = dict(finding.figures)
    if "how" in figures:
        figures["how"] = BROKEN_BY[figures["how"]]() if figures["how"] else _("nothing decided it")
    return str(FINDINGS[finding.key]) % figures
