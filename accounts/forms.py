"""What people type about themselves: sign-up, profile, erasure. Also the choice of a term."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.forms.models import ModelChoiceIterator, ModelChoiceIteratorValue
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.actions import record_consent
from accounts.consents import consent_page
from accounts.models import Consent, Municipality, User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse


PASSWORD_RULES = _("At least 8 characters; no common password, not your name or address.")


class TermIterator(ModelChoiceIterator):
    """A term's choices under their names in the active language, in that language's order."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        names = self.queryset.model.objects.localized_names()
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        choices = (
            (
                ModelChoiceIteratorValue(self.field.prepare_value(term), term),
                names[term.translation_key],
            )
            for term in self.queryset
        )
        yield from sorted(choices, key=lambda choice: choice[1])


class TermChoiceField(forms.ModelChoiceField):
    """Choice of a municipality, category or body; give it `Model.objects.sources()`."""

    iterator = TermIterator


def municipality_field() -> TermChoiceField:
    """Where a person lives; may be left open."""
    return TermChoiceField(
        queryset=Municipality.objects.sources(),
        required=False,
        label=_("Municipality"),
        help_text=_("Some calls are for the residents of certain municipalities."),
        empty_label=_("I would rather not say"),
    )


def name_field() -> forms.Field:
    """The name a person goes by here."""
    return User._meta.get_field("name").formfield(
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": _("Enter the name that stands beside your proposals.")},
    )


class PlainFields:
    """Mixed into allauth's forms: our labels, and errors that name what is missing.

    Passwords are asked for once: a browser that shows what is typed serves better than typing
    twice, and nothing is asked twice (WCAG 2.2, 3.3.7).
    """

    words: ClassVar[dict[str, tuple[Any, Any]]] = {
        "login": (_("E-mail address"), _("Enter your e-mail address.")),
        "email": (_("E-mail address"), _("Enter an e-mail address.")),
        "password": (_("Password"), _("Enter your password.")),
        "oldpassword": (_("Present password"), _("Enter your present password.")),
        "password1": (_("New password"), _("Enter a new password.")),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        fields.pop("password2", None)
        for name, field in fields.items():
            if name in self.words:
                field.label, field.error_messages["required"] = self.words[name]
                field.widget.attrs.pop("placeholder", None)
                field.help_text = PASSWORD_RULES if name == "password1" else ""


class OurLoginForm(PlainFields, LoginForm):
    """Sign-in."""


class OurAddEmailForm(PlainFields, AddEmailForm):
    """Change of the e-mail address: it counts once the new one is confirmed."""


class OurChangePasswordForm(PlainFields, ChangePasswordForm):
    """New password for somebody who knows the present one."""


class OurSetPasswordForm(PlainFields, SetPasswordForm):
    """First password of an account that was made without."""


class OurResetPasswordForm(PlainFields, ResetPasswordForm):
    """Asks for the mail with the link."""


class OurResetPasswordKeyForm(PlainFields, ResetPasswordKeyForm):
    """New password for somebody who came by the link."""


class OurReauthenticateForm(PlainFields, ReauthenticateForm):
    """The password once more before something that matters."""


class SignupForm(PlainFields, AllauthSignupForm):
    """Sign-up: allauth's e-mail and password, then who the person is, then the consent."""

    words = PlainFields.words | {"password1": (_("Password"), _("Choose a password."))}
    name = name_field()
    municipality = municipality_field()
    # Apart from everything else and never ticked beforehand: 152-FZ since 1 September 2025.
    consent = forms.BooleanField(
        error_messages={
            "required": _("Tick the box if you agree. Without it we may not keep your data.")
        },
    )
    field_order = ("email", "password1", "name", "municipality", "consent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consent_page = consent_page()
        if self.consent_page:
            self.fields["consent"].label = format_html(
                '{} <a href="{}" target="_blank">{}</a>',
                _("I agree to the processing of my personal data."),
                self.consent_page.url,
                _("Read the consent (opens in a new tab)"),
            )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the user is saved."""
        text = self.consent_page.text if self.consent_page else ""
        record_consent(user=user, purpose=Consent.Purpose.PERSONAL_DATA, text=text)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Save, or answer as if: an address that is taken must look and last like a free one."""
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return super().try_save(request)
            except IntegrityError:
                # A second click made the account between our look and our write.
                self.account_already_exists = True
        make_password(self.cleaned_data["password1"])  # takes as long as for a new account
        return super().try_save(request)


class ProfileForm(forms.ModelForm):
    """What people change about themselves."""

    name = name_field()
    municipality = municipality_field()

    class Meta:
        model = User
        fields = ("name", "municipality", "organisation", "language")
        widgets = {"language": forms.RadioSelect}


class EraseForm(forms.Form):
    """The last word before an account is deleted."""

    keep_name = forms.TypedChoiceField(
        label=_("Your name on what stays public"),
        choices=[
            ("yes", _("Keep the name they were published under")),
            ("no", _("Take my name off: “a resident” stands there instead")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what should become of your name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("So that nobody else can delete your account."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password
