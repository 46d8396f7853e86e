"""What staff fill in: a decision with its reason, and the rule for a shortlist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from proposals import states
from proposals.selection import Rule
from proposals.viewsets.fields import CallChoiceField
from proposals.viewsets.listing import source_calls
from proposals.viewsets.steps import DECISIONS

REASON_MAX = 4000


class DecisionForm(forms.Form):
    """A step and its reason. Buttons send `verb`, hidden fields carry it to the second page."""

    PREVIEW, SEND, BACK = "preview", "send", "back"

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in DECISIONS])
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_MAX,
        widget=AdminAutoHeightTextInput(attrs={"rows": 5}),
        help_text=_(
            "The author reads it in the mail. You have to give one to return, reject or archive a "
            "proposal and to report that its work is done. With a step that leaves the proposal "
            "public, everybody can read it in the history."
        ),
    )
    seen_at = forms.DateTimeField(widget=forms.HiddenInput)
    stage = forms.ChoiceField(
        choices=[(stage, stage) for stage in (PREVIEW, SEND, BACK)], required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        move = states.MOVES.get(data.get("verb", ""))
        if move and move.reason_required and not data.get("reason"):
            self.add_error("reason", _("Give a reason: the author will read it."))
        return data


class ReasonForm(forms.Form):
    """The reason for one step with many proposals, written once for all of them."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=AdminAutoHeightTextInput(attrs={"rows": 3}),
        help_text=_("Every author reads it in the mail, and everybody in the history."),
    )


class SelectionForm(forms.Form):
    """Which proposals of which call go on to expert review."""

    call = CallChoiceField(label=_("Call"), queryset=None)
    count = forms.IntegerField(
        label=_("How many at most"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("The most supported first. Leave empty for no limit."),
    )
    minimum = forms.IntegerField(
        label=_("Supports needed"),
        required=False,
        min_value=0,
        help_text=_("Leave empty to ask for the call's own threshold; 0 asks for none."),
    )
    per_category = forms.IntegerField(
        label=_("How many at most from one category"),
        required=False,
        min_value=1,
        help_text=_("Leave empty for no limit."),
    )
    with_imported = forms.BooleanField(
        label=_("Count imported supports too"),
        required=False,
        help_text=_("Those came with an import; nobody here has checked them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["call"].queryset = source_calls()

    @property
    def rule(self) -> Rule:
        """The rule that was asked for; only of a valid form."""
        data = self.cleaned_data
        minimum = data["minimum"]
        return Rule(
            count=data["count"],
            minimum=data["call"].threshold if minimum is None else minimum,
            per_category=data["per_category"],
        )
