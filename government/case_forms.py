"""What officials, and those who reply to them, fill in about a case."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import TermChoiceField
from government.actions.steps import WORDS_MAX
from government.case_clock import extends_at_once, latest_due
from government.commitment_forms import day_field
from government.models import Body, Department, Official
from proposals.cleaning import plain_text

if TYPE_CHECKING:
    from government.models import CaseLink, Referral


def words_field(label: Any, **kwargs: Any) -> forms.CharField:
    """A few sentences that everybody will read."""
    return forms.CharField(
        label=label,
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write it in words: everybody can read them.")},
        **{"help_text": gettext_lazy("Everybody will read it."), **kwargs},
    )


class CodeForm(forms.Form):
    """Six digits from the mail, with or without spaces."""

    use_required_attribute = False
    code = forms.CharField(
        label=gettext_lazy("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": 8}
        ),
        error_messages={"required": gettext_lazy("Enter the six digits from the mail.")},
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            raise ValidationError(_("The code has six digits."))
        return code


class CaseForm(forms.Form):
    """One thing that an official does with the case of their link."""

    use_required_attribute = False

    def __init__(self, *args: Any, link: CaseLink, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.link, self.referral = link, referral

    def clean_words(self) -> str:
        return plain_text(self.cleaned_data["words"])

    @property
    def wishes(self) -> dict[str, Any]:
        """What the action takes; only of a valid form."""
        return self.cleaned_data


class ForwardForm(CaseForm):
    """To whom inside the body the case goes."""

    to = forms.ChoiceField(
        label=gettext_lazy("To whom"),
        error_messages={"required": gettext_lazy("Choose to whom the case goes.")},
    )
    words = words_field(gettext_lazy("Words to go with it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (_("Departments"), [(f"d{one.pk}", self._named(one)) for one in self.departments]),
            (_("People"), [(f"o{one.pk}", one.shown) for one in self.officials]),
        ]
        choices = [group for group in groups if group[1]]
        self.fields["to"].choices = [("", _("Choose")), *choices]

    @cached_property
    def officials(self) -> list[Official]:
        people = Official.objects.reachable().filter(body=self.referral.body_id)
        return list(people.exclude(pk=self.link.official_id))

    @cached_property
    def departments(self) -> list[Department]:
        """Those in whose name somebody else can take the case."""
        rows = Department.objects.filter(body=self.referral.body_id, lead__is_active=True)
        return list(rows.exclude(lead=self.link.official_id).select_related("lead"))

    def _named(self, department: Department) -> str:
        return f"{department} ({department.lead})"

    @property
    def has_choices(self) -> bool:
        return bool(self.officials or self.departments)

    @property
    def wishes(self) -> dict[str, Any]:
        kind, pk = self.cleaned_data["to"][0], int(self.cleaned_data["to"][1:])
        words = {"words": self.cleaned_data["words"]}
        if kind == "o":
            return {**words, "official": next(one for one in self.officials if one.pk == pk)}
        department = next(one for one in self.departments if one.pk == pk)
        return {**words, "official": department.lead, "department": department}


class QuestionForm(CaseForm):
    """A question to the author and to staff."""

    words = words_field(gettext_lazy("Your question"))


class ExtensionForm(CaseForm):
    """More time, and why."""

    due_on = day_field(
        gettext_lazy("New date for the answer"),
        error_messages={"required": gettext_lazy("Give the new date.")},
    )
    words = words_field(gettext_lazy("Why more time is needed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = latest_due(self.referral.due_on, timezone.localdate())
        self.fields["due_on"].help_text = _("Until %(day)s at the latest.") % {
            "day": date_format(last, "DATE_FORMAT")
        }
        self.at_once = extends_at_once(
            is_extended=self.referral.is_extended, is_overdue=bool(self.referral.days_overdue)
        )


class NotOursForm(CaseForm):
    """Why it is not the body's, and whose it is."""

    body = TermChoiceField(
        label=gettext_lazy("Whose it is"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("We do not know"),
    )
    words = words_field(gettext_lazy("Why it is not yours to decide"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Body.objects.sources().exclude(pk=self.referral.body_id)
        self.fields["body"].queryset = others.order_by("kind", "name")


class CaseAnswerForm(CaseForm):
    """What stands above the parts of an answer."""

    text = forms.CharField(
        label=gettext_lazy("Answer as a whole"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "Stands on the proposal's page, and goes by mail to its author and to everybody "
            "whose support stands. It cannot be changed afterwards."
        ),
        error_messages={"required": gettext_lazy("Write the answer: residents will read it.")},
    )

    def clean_text(self) -> str:
        return plain_text(self.cleaned_data["text"])


class ReplyForm(forms.Form):
    """A reply to what a body asks."""

    use_required_attribute = False
    words = words_field(gettext_lazy("Your reply"))

    def clean_words(self) -> str:
        return plain_text(self.cleaned_data["words"])
