"""What staff fill in: a decision with its reason, and the rule for a shortlist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from proposals import states
from proposals.actions.appealing import OUTCOMES
from proposals.permissions import moderators
from proposals.reasons import CODED, SENTENCES, Reason
from proposals.selection import Rule
from proposals.viewsets.fields import CallChoiceField, PersonChoiceField
from proposals.viewsets.listing import source_calls
from proposals.viewsets.steps import DECISIONS

REASON_MAX = 4000
MAX_NUMBER = 2**63 - 1  # of a row, in both databases


class StepForm(forms.Form):
    """A step and its reason. Buttons send `verb`, hidden fields carry it to the second page."""

    PREVIEW, SEND, BACK = "preview", "send", "back"

    verb = forms.ChoiceField()
    reason = forms.CharField(
        required=False,
        max_length=REASON_MAX,
        widget=AdminAutoHeightTextInput(attrs={"rows": 5}),
    )
    seen_at = forms.DateTimeField(widget=forms.HiddenInput)
    stage = forms.ChoiceField(
        choices=[(stage, stage) for stage in (PREVIEW, SEND, BACK)], required=False
    )


class CodedReason(forms.Form):
    """A reason from the list; base of forms that return or reject."""

    reason_code = forms.ChoiceField(
        label=_("Reason from the list"),
        required=False,
        choices=[("", "—"), *Reason.choices],
        help_text=_("To return or reject. The author reads the sentence that belongs to it."),
    )

    def check_reason(self, verb: str) -> None:
        """Say what is missing: a code, and words where the code alone would not help."""
        code, words = self.cleaned_data.get("reason_code"), self.cleaned_data.get("reason")
        if verb in CODED and not code:
            self.add_error("reason_code", _("Choose a reason from the list."))
        needs_words = verb == "return" or code not in SENTENCES
        if states.MOVES[verb].reason_required and needs_words and not words:
            self.add_error("reason", _("Give a reason: the author will read it."))


class DecisionForm(CodedReason, StepForm):
    """A decision of moderators or promoters."""

    field_order = ("reason_code", "reason")
    verb = forms.ChoiceField(choices=[(verb, verb) for verb in DECISIONS])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("In words")
        self.fields["reason"].help_text = _(
            "The author reads it in the mail. You have to write one to archive a proposal, to"
            " report that its work is done, and with “Another reason” of the list. With a step that"
            " leaves the proposal public, everybody can read it in the history."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verb"):
            self.check_reason(data["verb"])
        return data


class AppealForm(StepForm):
    """The outcome of a second look, and why."""

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in OUTCOMES])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        self.fields["reason"].label = _("Answer to the author")
        self.fields["reason"].help_text = _("The author reads it in the mail, and nobody else.")


class ReasonForm(forms.Form):
    """The reason for one step with many proposals, written once for all of them."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=AdminAutoHeightTextInput(attrs={"rows": 3}),
        help_text=_("Every author reads it in the mail, and everybody in the history."),
    )


class CodedReasonForm(CodedReason):
    """The reason for returning or rejecting many proposals, the same for all of them."""

    verb = ""
    reason = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=REASON_MAX,
        widget=AdminAutoHeightTextInput(attrs={"rows": 3}),
        help_text=_("Every author reads it in the mail."),
    )

    def clean(self) -> dict[str, Any]:
        self.check_reason(self.verb)
        return self.cleaned_data


class ReturnForm(CodedReasonForm):
    verb = "return"


class RejectForm(CodedReasonForm):
    verb = "reject"


class AssignForm(forms.Form):
    """Who is to check; empty for nobody."""

    assignee = PersonChoiceField(
        label=_("Who checks it"),
        queryset=None,
        required=False,
        empty_label=_("Nobody"),
    )
    # Whose it was on the page that was looked at.
    seen = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_NUMBER, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = moderators()


class QueueKeysForm(forms.ModelForm):
    """Whether the person wants single keys."""

    class Meta:
        model = get_user_model()
        fields = ("queue_keys",)


class UndoForm(forms.Form):
    """Which decision is to be undone: that of the page that was looked at."""

    decision = forms.IntegerField(min_value=1, max_value=MAX_NUMBER)


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
