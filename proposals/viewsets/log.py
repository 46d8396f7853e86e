"""What the log says of each action about proposals, with the reason that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.log_actions import LogFormatter

from proposals.reasons import Reason
from proposals.viewsets.steps import STEPS

if TYPE_CHECKING:
    from wagtail.models import ModelLogEntry

    from proposals.viewsets.steps import Step


def _step(step: Step) -> type[LogFormatter]:
    """A step of `states.MOVES`: what was done, and why."""

    class StepFormatter(LogFormatter):
        label = step.button

        def format_message(self, log_entry: ModelLogEntry) -> str:
            return ". ".join(filter(None, [str(step.done), *_why(log_entry.data)]))

    return StepFormatter


def _why(data: dict[str, Any]) -> list[str]:
    code = data.get("reason_code")
    named = [str(Reason(code).label)] if code in Reason.values else []
    return [*named, data.get("reason", "")]


def _plain(label: Any, done: Any) -> type[LogFormatter]:
    class PlainFormatter(LogFormatter):
        def format_message(self, log_entry: ModelLogEntry) -> str:
            return str(done)

    PlainFormatter.label = label
    return PlainFormatter


class AssignFormatter(LogFormatter):
    """Who was given a proposal to check; the log keeps their number, not their name."""

    label = gettext_lazy("Give to a moderator")

    def format_message(self, log_entry: ModelLogEntry) -> str:
        person = get_user_model().objects.filter(pk=log_entry.data.get("to")).first()
        return _("Given to %(person)s to check") % {"person": person or "—"}


FORMATTERS: dict[str, type[LogFormatter]] = {
    **{f"proposals.{verb}": _step(step) for verb, step in STEPS.items()},
    "proposals.choose": _plain(
        gettext_lazy("Choose the shortlist"), gettext_lazy("The shortlist was chosen by rule")
    ),
    "proposals.claim": _plain(
        gettext_lazy("Claim a draft"), gettext_lazy("A draft without an author got one")
    ),
    "proposals.take": _plain(
        pgettext_lazy("button", "Take it"), gettext_lazy("Taken to be checked")
    ),
    "proposals.assign": AssignFormatter,
    "proposals.release": _plain(
        pgettext_lazy("button", "Let it go"), gettext_lazy("Nobody's to check any more")
    ),
    "proposals.appeal": _plain(
        gettext_lazy("Ask for a second look"), gettext_lazy("The author asked for a second look")
    ),
    "proposals.end_appeal": _plain(
        gettext_lazy("End an appeal"), gettext_lazy("The author's appeal ended: it was moved on")
    ),
    "proposals.uphold": _plain(
        pgettext_lazy("button", "Let the decision stand"),
        gettext_lazy("The decision was left to stand after an appeal"),
    ),
}
