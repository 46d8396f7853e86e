"""What staff fill in to put a proposal before a body, and to enter what the body answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput

from government.models import Answer, Body
from proposals.viewsets.fields import TermChoiceField


class StagedForm(forms.Form):
    """A form with a second page that shows what will go out before it goes out."""

    PREVIEW, PAPER, SEND, BACK = "preview", "paper", "send", "back"

    stage = forms.ChoiceField(
        choices=[(stage, stage) for stage in (PREVIEW, PAPER, SEND, BACK)],
        required=False,
        widget=forms.HiddenInput,
    )


class PromoteForm(StagedForm):
    """To whom a proposal goes, and why."""

    body = TermChoiceField(label=_("Body"), queryset=None)
    note = forms.CharField(
        label=_("Covering note"),
        max_length=8000,
        widget=AdminAutoHeightTextInput(attrs={"rows": 6}),
        help_text=_("Goes into the dossier; residents can read it too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.sources().order_by("kind", "name")


class AnswerForm(StagedForm):
    """A body's answer, word for word."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=Answer.Outcome.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Only for an answer without parts; else it follows from them."),
    )
    text = forms.CharField(
        label=_("Answer"),
        max_length=20_000,
        widget=AdminAutoHeightTextInput(attrs={"rows": 8}),
        help_text=_(
            "Stands on the proposal's page, and goes by mail to its author and to everybody "
            "whose support stands. It cannot be changed afterwards."
        ),
    )
    official_name = forms.CharField(label=_("Who answers"), max_length=120)
    official_position = forms.CharField(label=_("Position"), max_length=160, required=False)
    answered_on = forms.DateField(
        label=_("Date of the answer"), widget=AdminDateInput, initial=timezone.localdate
    )

    def settle_outcome(self, of_parts: str | None) -> bool:
        """Let the outcome follow from the parts; without any, and against them, it is refused."""
        chosen = self.cleaned_data["outcome"]
        if not (chosen or of_parts):
            self.add_error("outcome", gettext("Choose the outcome, or answer in parts below."))
        elif chosen and of_parts and chosen != of_parts:
            words = gettext("The parts below come to “%(outcome)s”. Choose the same.")
            outcome = Answer.Outcome(of_parts).label
            self.add_error("outcome", words % {"outcome": outcome})
        else:
            self.cleaned_data["outcome"] = of_parts or chosen
        return "outcome" not in self.errors

    @property
    def fields_of_answer(self) -> dict[str, Any]:
        """What `answer_referral` takes; only of a valid form."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "stage"}
        position = data["official_position"]
        return data | {"official_position": {settings.LANGUAGE_CODE: position} if position else {}}
