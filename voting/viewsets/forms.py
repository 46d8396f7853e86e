"""What staff type at the desk. Forms only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from voting.documents import NumberUnreadable, normal_number

if TYPE_CHECKING:
    from collections.abc import Mapping


def number_field() -> forms.CharField:
    """The number of a document; browsers are asked not to keep it."""
    return forms.CharField(
        label=_("Number of the document"),
        max_length=60,
        help_text=_(
            "Series and number of the passport, with or without spaces. Only a keyed hash of it"
            " is kept. Always take the same kind of document, or one person could vote twice."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def check_number(typed: str) -> str:
    """The number as typed, if it can be one; raises `ValidationError`."""
    try:
        normal_number(typed)
    except NumberUnreadable:
        # The sentence does not repeat the number: it would stand in logs of refused forms.
        raise ValidationError(
            _("This is no number of a document: 5 to 24 letters and digits, a digit among them.")
        ) from None
    return typed


class DocumentForm(forms.Form):
    """A document's number, and whose account it belongs to if there is one."""

    number = number_field()
    email = forms.EmailField(
        label=_("E-mail address of the account"),
        required=False,
        help_text=_("Leave it empty for somebody without an account."),
    )
    replaces = forms.BooleanField(
        label=_("The earlier document of this account was replaced by this one"), required=False
    )
    person: User | None = None

    def clean_number(self) -> str:
        return check_number(self.cleaned_data["number"])

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email:
            self.person = User.objects.filter(email__iexact=email, is_active=True).first()
            if self.person is None:
                raise ValidationError(_("There is no account with this address."))
        return email

    @property
    def fields_of_check(self) -> Mapping[str, Any]:
        data = self.cleaned_data
        return {"user": self.person, "number": data["number"], "replaces": data["replaces"]}
