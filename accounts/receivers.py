"""What allauth tells us: proven e-mails and sign-ins. Nothing else listens to signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import email_confirmed, user_logged_in
from wagtail import hooks

from accounts.actions import confirm_email

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from django.http import HttpRequest


def raise_level(email_address: EmailAddress, **_kwargs: Any) -> None:
    """Also sent when a password is reset by mail, which proves the address just as well."""
    confirm_email(user=email_address.user)


def tell_of_sign_in(request: HttpRequest, **_kwargs: Any) -> None:
    """Hook `after_sign_in(request)`: for what the person had begun here without an account."""
    for after in hooks.get_hooks("after_sign_in"):
        after(request)


email_confirmed.connect(raise_level, dispatch_uid="accounts.raise_level")
user_logged_in.connect(tell_of_sign_in, dispatch_uid="accounts.tell_of_sign_in")
