"""The rows below an answer, in staff's form and in an official's: its parts, and its promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from government.actions import Part
from government.case_outcomes import overall_outcome
from government.models import AnswerPart
from government.row_forms import RowForm, RowsFormSet
from proposals.cleaning import one_line, plain_text

if TYPE_CHECKING:
    from django.http import QueryDict

PARTS_MAX = 12


class PartForm(RowForm):
    """One part of the proposal and what is said to it."""

    what = forms.CharField(
        label=_("Which part of the proposal"),
        max_length=200,
        help_text=_("In the author's words, or “the whole proposal”."),
        error_messages={"required": _("Name the part of the proposal.")},
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=AnswerPart.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is decided about this part.")},
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Give the reasons: residents will read them.")},
    )

    def clean_what(self) -> str:
        return one_line(self.cleaned_data["what"])

    def clean_reasons(self) -> str:
        return plain_text(self.cleaned_data["reasons"])

    @property
    def part(self) -> Part:
        """What `answer_case` takes; only of a valid form that is not empty."""
        return Part(**{name: self.cleaned_data[name] for name in ("what", "outcome", "reasons")})


class BasePartFormSet(RowsFormSet):
    """Rows of parts; what they come to decides the outcome of the whole."""

    MORE = "more_parts"
    default_error_messages: ClassVar = {
        **RowsFormSet.default_error_messages,
        "too_few_forms": _("Say what is decided about one part at least."),
    }

    @property
    def parts(self) -> list[Part]:
        """What was filled in; only once the rows are valid."""
        return [form.part for form in self.filled]

    @property
    def outcome(self) -> str | None:
        """What the parts come to; None without any."""
        return overall_outcome([part.outcome for part in self.parts])

    def clean(self) -> None:
        if not any(self.errors) and self.parts and self.outcome is None:
            raise ValidationError(_("Nothing here is yours to decide: say whose it is instead."))


# An official decides at least about one part; staff may have an answer that knows no parts.
PartFormSet = forms.formset_factory(
    PartForm,
    formset=BasePartFormSet,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=PARTS_MAX,
    absolute_max=PARTS_MAX,
)
StaffPartFormSet = forms.formset_factory(
    PartForm,
    formset=BasePartFormSet,
    extra=1,
    max_num=PARTS_MAX,
    absolute_max=PARTS_MAX,
)


class AnswerRows:
    """The parts and the promises below an answer's text, in staff's form and in an official's."""

    def __init__(self, data: QueryDict | None, parts: Any, promises: Any) -> None:
        self.wants_row = bool(data) and any(rows.asks_for_more(data) for rows in (parts, promises))
        self.parts = parts.read(data, "parts")
        self.promises = promises.read(data, "promises")
        if self.wants_row:
            self.parts.leave_unchecked()
            self.promises.leave_unchecked()

    @property
    def are_fine(self) -> bool:
        """Looks at both, so that every error is said at once."""
        return all([self.parts.is_fine, self.promises.is_fine])

    @property
    def context(self) -> dict[str, Any]:
        return {"parts": self.parts, "promises": self.promises}
