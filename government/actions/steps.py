"""Putting down a step of a referral: the row that the timeline tells, and the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from government.models import ReferralStep
from home.words import in_every_language

if TYPE_CHECKING:
    from accounts.models import User
    from government.models import Official, Referral

WORDS_MAX = 5000


def add_step(
    *,
    referral: Referral,
    kind: str,
    user: User | None = None,
    official: Official | None = None,
    **columns: Any,
) -> ReferralStep:
    """Add one step, by an official, by somebody with an account, or by the clock."""
    shown_as = in_every_language(official) if official else columns.pop("shown_as", {})
    step = ReferralStep.objects.create(
        referral=referral,
        kind=kind,
        made_at=timezone.now(),
        by=user,
        official=official,
        shown_as=shown_as,
        **columns,
    )
    data = {"step": step.pk, "due_on": f"{step.due_on or referral.due_on}"}
    log(instance=referral, action=f"government.{kind}", user=user, data=data)
    return step


def checked_words(words: str) -> str:
    """What somebody wrote, without the space around it. Raises `ValidationError`."""
    words = words.strip()
    if not words:
        raise ValidationError({"words": _("Write it in words: everybody can read them.")})
    if len(words) > WORDS_MAX:
        message = _("Shorten it to at most %(count)d characters.")
        raise ValidationError({"words": message}, params={"count": WORDS_MAX})
    return words
