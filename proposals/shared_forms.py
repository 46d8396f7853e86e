"""What authors fill in about each other and about amendments, and what they answer to a merge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proposals.cleaning import one_line, plain_text
from proposals.models import Amendment, Version


class InvitationForm(forms.Form):
    """Whom to invite."""

    use_required_attribute = False
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("We mail a link with which this person agrees or declines."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class AmendmentForm(forms.ModelForm):
    """What is added, and why."""

    use_required_attribute = False

    class Meta:
        model = Amendment
        fields = ("note", "addition")
        widgets = {
            "note": forms.Textarea(attrs={"rows": 2}),
            "addition": forms.Textarea(attrs={"rows": 8}),
        }

    def clean_note(self) -> str:
        return one_line(self.cleaned_data["note"])

    def clean_addition(self) -> str:
        return plain_text(self.cleaned_data["addition"])


class CompareForm(forms.Form):
    """Two versions by number; the first and the last for an address that names none."""

    old = forms.TypedChoiceField(label=_("Earlier version"), coerce=int)
    new = forms.TypedChoiceField(label=_("Later version"), coerce=int)

    def __init__(self, data: Any, versions: list[Version]) -> None:
        numbers = [version.number for version in versions]
        known = {name: data[name] for name in ("old", "new") if data.get(name, "").isdecimal()}
        super().__init__({"old": numbers[0], "new": numbers[-1], **known})
        for field in self.fields.values():
            field.choices = [(version.number, self.label_of(version)) for version in versions]
        self.versions = {version.number: version for version in versions}

    @staticmethod
    def label_of(version: Version) -> str:
        from django.utils.formats import date_format
        from django.utils.timezone import localtime

        day = date_format(localtime(version.made_at))
        return f"{version.number}. {version.get_occasion_display()}, {day}"

    @property
    def chosen(self) -> tuple[Version, Version] | None:
        """Both versions, the earlier first, or None if the address names one that is not there."""
        if not self.is_valid():
            return None
        numbers = sorted(self.cleaned_data[name] for name in ("old", "new"))
        return self.versions[numbers[0]], self.versions[numbers[1]]


class ConsentForm(forms.Form):
    """An author's answer to a merge."""

    use_required_attribute = False
    agrees = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Yes, I agree")), ("no", _("No, I do not agree"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
