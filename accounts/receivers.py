"""What allauth tells us when a person proves their e-mail. Nothing else listens to signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import email_confirmed

from accounts.actions import confirm_email

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress


def raise_level(email_address: EmailAddress, **_kwargs: Any) -> None:
    """Also sent when a password is reset by mail, which proves the address just as well."""
    confirm_email(user=email_address.user)


email_confirmed.connect(raise_level, dispatch_uid="accounts.raise_level")
