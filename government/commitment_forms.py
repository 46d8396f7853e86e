"""Forms about commitments: rows of promises, steps with evidence, filters, what residents saw.

Rows of promises stand below any answer, staff's or an official's: see `government.row_forms`. In
the page, inside the same <form>: `government/promise_rows.html` (public pages; it looks at
`promises`) or `government/staff/_promise_rows.html` (admin); where a preview carries them on,
`government/promise_rows_hidden.html`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import TermChoiceField
from accounts.models import Municipality
from government import commitment_states
from government.actions.commitments import Evidence, Promise
from government.commitment_words import STEPS
from government.models import Body, Commitment, Observation
from government.row_forms import RowForm, RowsFormSet
from proposals.cleaning import one_line, plain_text
from proposals.files import DOCUMENTS, checked_document, redraw_picture
from voting.money import exponent

if TYPE_CHECKING:
    from django.core.files import File

PROMISES_MAX = 20
AMOUNT_DIGITS = 13
BLANKS = str.maketrans("", "", " \u00a0\u2009\u202f")


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, picked or typed."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **kwargs)


class AmountField(forms.DecimalField):
    """Money as people type it: with spaces between thousands, a comma or a point."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:
        typed = value.translate(BLANKS).replace(",", ".") if isinstance(value, str) else value
        return super().to_python(typed)


class PromiseForm(RowForm):
    """One promise of an answer: what, who, by when, for how much."""

    what = forms.CharField(
        label=_("What is promised"),
        max_length=300,
        error_messages={"required": _("Write what is promised.")},
    )
    owner_name = forms.CharField(
        label=_("Person or department in charge"), max_length=160, required=False
    )
    due_on = day_field(
        _("By when"), error_messages={"required": _("Give the day by which it will be done.")}
    )
    amount = AmountField(
        label=_("Amount"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=AMOUNT_DIGITS,
        decimal_places=2,
        help_text=_("Only if the answer names one, in whole units: 4 500 000."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=Commitment.Currency.choices, initial=Commitment.Currency.RUB
    )
    budget_line = forms.CharField(
        label=_("Budget line"),
        max_length=160,
        required=False,
        help_text=_("From which programme or line the money comes."),
    )

    def clean_what(self) -> str:
        return one_line(self.cleaned_data["what"])

    def clean_budget_line(self) -> str:
        return one_line(self.cleaned_data["budget_line"])

    def clean_owner_name(self) -> str:
        return one_line(self.cleaned_data["owner_name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        amount, currency = data.get("amount"), data.get("currency")
        if amount and currency and amount * 10 ** exponent(currency) % 1:
            self.add_error("amount", _("This currency has no smaller units."))
        return data

    @property
    def promise(self) -> Promise:
        """What `make_commitments` takes; only of a valid form that is not empty."""
        data = self.cleaned_data
        amount = data["amount"]
        minor = None if amount is None else int(amount * 10 ** exponent(data["currency"]))
        return Promise(
            what=data["what"],
            due_on=data["due_on"],
            owner_name=data["owner_name"],
            amount_minor=minor,
            currency=data["currency"],
            budget_line=data["budget_line"],
            body=data.get("body"),
        )


class StaffPromiseForm(PromiseForm):
    """The same for staff, who may say that another body is in charge."""

    body = TermChoiceField(
        label=_("Body in charge"),
        queryset=None,
        required=False,
        empty_label=_("the one that answers"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.sources()


class BasePromiseFormSet(RowsFormSet):
    """Rows of promises."""

    MORE = "more_promises"

    @property
    def promises(self) -> list[Promise]:
        """What was filled in; only once the rows are valid."""
        return [form.promise for form in self.filled]

    def clean(self) -> None:
        if any(self.errors):
            return
        named = [(one.what.casefold(), one.due_on) for one in self.promises]
        if len(named) > len(set(named)):
            raise ValidationError(_("Two rows promise the same for the same day."))


PromiseFormSet = forms.formset_factory(
    PromiseForm,
    formset=BasePromiseFormSet,
    extra=2,
    max_num=PROMISES_MAX,
    absolute_max=PROMISES_MAX,
)
StaffPromiseFormSet = forms.formset_factory(
    StaffPromiseForm,
    formset=BasePromiseFormSet,
    extra=2,
    max_num=PROMISES_MAX,
    absolute_max=PROMISES_MAX,
)


class PhotoMixin(forms.Form):
    """An optional photo, drawn anew so that no place or camera rides along, with words for it."""

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 8 MB. Where and when it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    photo_alt = forms.CharField(
        label=_("What does the photo show?"),
        required=False,
        max_length=200,
        help_text=_("For people who cannot see it; needed if there is a photo."),
    )

    def clean_photo(self) -> File[bytes] | None:
        photo = self.cleaned_data["photo"]
        return redraw_picture(photo) if photo else None

    def clean_photo_alt(self) -> str:
        return one_line(self.cleaned_data["photo_alt"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("photo") and not data.get("photo_alt"):
            self.add_error("photo_alt", _("Describe what the photo shows."))
        return data


class StepForm(PhotoMixin):
    """A step of a commitment with what shows it; the date only for moving it."""

    REDATE = "redate"

    verb = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What happened, or why"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody will read it."),
    )
    due_on = day_field(_("New date"), required=False, help_text=_("Only to move the date."))
    link = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=500,
        help_text=_("To a report, a contract, a news item. Done needs a link, photo or document."),
    )
    document = forms.FileField(
        label=_("Document"),
        required=False,
        help_text=_("PDF, DOCX, XLSX, ODT, ODS, TXT or CSV, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in DOCUMENTS)}),
    )
    field_order = ("verb", "due_on", "text", "link", "photo", "photo_alt", "document")

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verbs = commitment_states.verbs_from(commitment.state)
        verbs += [self.REDATE] if commitment.is_open else []
        # A step that somebody made meanwhile is refused by the action, which can say so.
        every = [*commitment_states.MOVES, self.REDATE] if self.is_bound else verbs
        self.fields["verb"].choices = [(verb, STEPS[verb].button) for verb in every]
        self.open_verbs = verbs

    def clean_text(self) -> str:
        return plain_text(self.cleaned_data["text"])

    def clean_document(self) -> File[bytes] | None:
        document = self.cleaned_data["document"]
        if not document:
            return None
        kept, self.cleaned_data["document_name"] = checked_document(document)
        return kept

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("verb") == self.REDATE and not data.get("due_on") and not self.errors:
            self.add_error("due_on", _("Give the new date."))
        return data

    @property
    def evidence(self) -> Evidence:
        """What `move_commitment` takes; only of a valid form."""
        data = self.cleaned_data
        return Evidence(
            text=data["text"],
            link=data["link"],
            photo=data["photo"],
            photo_alt=data["photo_alt"] if data["photo"] else "",
            document=data["document"],
            document_name=data.get("document_name", ""),
        )


class ObservationForm(PhotoMixin):
    """What a resident saw: there or not, in words, perhaps with a photo."""

    use_required_attribute = False
    verdict = forms.ChoiceField(
        label=_("Is it there?"), choices=Observation.Verdict.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("What did you see, where and when?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Name no private persons: everybody will read it."),
    )
    field_order = ("verdict", "text", "photo", "photo_alt")

    def clean_text(self) -> str:
        return plain_text(self.cleaned_data["text"])


class RefusalForm(forms.Form):
    """Why an observation is not shown."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Its author gets it by mail."),
    )


STANDINGS = [
    *Commitment.State.choices,
    ("overdue", _("Overdue")),
    ("disputed", _("Residents disagree")),
]


class BoardForm(forms.Form):
    """What the public board can be narrowed to; other values are refused, not guessed at."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *STANDINGS], required=False
    )
    body = forms.ChoiceField(label=_("Body"), required=False)
    place = forms.ChoiceField(label=_("Municipality"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="board_%s")
        for name, model in (("body", Body), ("place", Municipality)):
            terms = [(term.slug, term.name) for term in model.objects.in_language()]
            self.fields[name].choices = [("", _("All")), *terms]
