"""Mail to people in their own language, rendered from a pair of plain-text templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from accounts.models import User


def absolute_url(path: str) -> str:
    """The address of a path as people outside the site need it."""
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


def send_mail_to(user: User, template: str, context: dict[str, Any]) -> None:
    """Send `<template>.txt` to one person; its first line is the subject, after it a blank one."""
    if not user.is_active or not user.email:
        return
    with translation.override(user.language):
        text = render_to_string(f"{template}.txt", {**context, "user": user})
    subject, _blank, body = text.strip().partition("\n\n")
    # A line break in a subject would be an extra header.
    EmailMessage(" ".join(subject.split()), body + "\n", to=[user.email]).send()
