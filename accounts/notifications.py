"""Mail to people in their own language, rendered from one plain-text template each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import translation
from wagtail import hooks

if TYPE_CHECKING:
    from accounts.models import User


def absolute_url(path: str) -> str:
    """The address of a path as people outside the site need it."""
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


def render_mail(template: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body from `<template>.txt`: its first line, and what follows a blank one.

    The hook `construct_mail_context` may add what every mail says, such as the site's name.
    """
    context = {"site_name": settings.WAGTAIL_SITE_NAME, **context}
    with translation.override(language):
        for construct in hooks.get_hooks("construct_mail_context"):
            construct(context)
        text = render_to_string(f"{template}.txt", context)
    subject, _blank, body = text.strip().partition("\n\n")
    # A line break in a subject would be an extra header.
    return " ".join(subject.split()), body.strip() + "\n"


def send_mail_to(user: User, template: str, context: dict[str, Any]) -> None:
    """Send a mail to one person now; call it from a task, since mail servers may be slow."""
    if not user.is_active or not user.email:
        return
    subject, body = render_mail(template, user.language, {**context, "user": user})
    EmailMessage(subject, body, to=[user.email]).send()


@task()
def deliver_mail(subject: str, body: str, to: str) -> None:
    """Send a mail that is already rendered: to an address without an account, or with a key."""
    EmailMessage(subject, body, to=[to]).send()
