"""What staff are told of an intervention: what came of it, or why nothing was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from voting.actions.interventions import (
    AllLeftOut,
    InterventionRefused,
    NoVotes,
    OwnVote,
    ReasonUnfit,
    SecondPersonNeeded,
    TooLateToHold,
)
from voting.models import Intervention

if TYPE_CHECKING:
    from django.http import HttpRequest

REFUSED = {
    SecondPersonNeeded: gettext_lazy("You asked for it, so a colleague has to confirm it."),
    NoVotes: gettext_lazy("None of these votes counts any more."),
    AllLeftOut: gettext_lazy(
        "A document or a granted appeal stands behind each of these votes. A vote that was given"
        " back can be chosen on its own, where it was given back."
    ),
    OwnVote: gettext_lazy(
        "This is about your own vote too, and nobody decides about their own: ask a colleague."
    ),
    ReasonUnfit: gettext_lazy("This is no reason for what you want to do."),
    TooLateToHold: gettext_lazy(
        "The round is over, so nothing of its count changes by one person alone: ask for an"
        " annulment, which two of you decide."
    ),
}


def say_refused(request: HttpRequest, refusal: InterventionRefused) -> None:
    """Tell the person why nothing was done."""
    messages.error(request, REFUSED[type(refusal)])


def say_done(request: HttpRequest, row: Intervention) -> None:
    """Tell the person what came of what they asked for."""
    if row.state == Intervention.State.ASKED:
        words = _("Asked for. A colleague has to confirm it before it counts.")
        if row.requested_by_id != request.user.pk:
            words = _("A colleague has asked for the same already: confirm it here, or refuse it.")
        messages.warning(request, words)
        return
    text = ngettext("Done: %(count)d vote.", "Done: %(count)d votes.", row.vote_count)
    messages.success(request, text % {"count": row.vote_count})
