"""How allauth behaves here: whose language mail speaks, where people land, what is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.urls import reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.consents import consent_page
from accounts.models import User
from accounts.notifications import deliver_mail, render_mail

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress, EmailConfirmation
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Django-allauth with our words, our mail and our idea of where people want to be."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The e-mail address or the password is wrong. Check both, or set a new password."
        ),
        "too_many_login_attempts": _(
            "Too many tries to sign in. Wait five minutes or set a new password."
        ),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("The password is wrong."),
        "duplicate_email": _("This is already the address of your account."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody's data is taken before there is a text to agree to."""
        return consent_page() is not None

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data["name"]
        user.municipality = form.cleaned_data["municipality"]
        user.language = get_language() or settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit=commit)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Refuse an address that became another account's since the mail was sent."""
        taken = User.objects.filter(email__iexact=email_address.email).exclude(
            pk=email_address.user_id
        )
        if taken.exists():
            context = {"email": email_address.email}
            self.add_message(
                request, messages.ERROR, "account/messages/email_confirmation_failed.txt", context
            )
            return False
        return super().confirm_email(request, email_address)

    # Mail -------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail in its reader's language, whatever language the site is read in."""
        reader = context.get("user") or User.objects.filter(email__iexact=email).first()
        language = getattr(reader, "language", None) or get_language()
        links = {
            name: translate_url(value, language)
            for name, value in context.items()
            if name.endswith("_url")
        }
        mail = render_mail(template_prefix, language, {**context, **links, "email": email})
        deliver_mail.enqueue(*mail, email)

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmation
    ) -> str:
        """The link carries where the person was going: it may be opened in another browser."""
        url = super().get_email_confirmation_url(request, emailconfirmation)
        return _with_query(url, "then", get_next_redirect_url(request))

    def get_reset_password_from_key_url(self, key: str) -> str:
        url = super().get_reset_password_from_key_url(key)
        return _with_query(url, "next", get_next_redirect_url(self.request))

    # Where people land ------------------------------------------------------------------------

    def is_safe_url(self, url: str | None) -> bool:
        """Only this very host: allauth's own rule also allows every other host we serve."""
        return url_has_allowed_host_and_scheme(
            url, {self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        then = self.request.GET.get("then")
        if not self.is_safe_url(then):
            then = None
        if self.request.user.is_authenticated:
            return then or reverse("accounts:profile")
        return _with_query(reverse("account_login"), "next", then)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return f"/{get_language()}/"


def _with_query(url: str, name: str, value: str | None) -> str:
    return f"{url}?{urlencode({name: value})}" if value else url
