"""What an official does with a case by their link: pass it on, ask, get time, give it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from government.actions.links import give_link, locked
from government.actions.steps import add_step, checked_words
from government.case_clock import extends_at_once, latest_due
from government.case_notifications import tell_of_step
from government.models import CaseLink, ReferralStep
from government.permissions import may_act_in_case, may_read_case
from home.words import in_every_language

if TYPE_CHECKING:
    from datetime import date

    from government.models import Body, Department, Official, Referral

Kind = ReferralStep.Kind


class CaseMoved(Exception):
    """The case was answered, passed on or given back in the meantime; nothing was written."""


def locked_case(link: CaseLink) -> Referral:
    """The case of a link whose holder is in charge of it, locked.

    Raises `PermissionDenied` for a link that was taken away, `CaseMoved` for who is not in charge.
    """
    link = CaseLink.objects.select_related("official").get(pk=link.pk)
    if not may_read_case(link):
        raise PermissionDenied
    referral = locked(link.referral)
    if not may_act_in_case(link, referral):
        raise CaseMoved
    return referral


@transaction.atomic
def forward_case(
    *, link: CaseLink, official: Official, department: Department | None = None, words: str = ""
) -> ReferralStep:
    """Pass the case on inside the body: the other gets a link, one's own goes on reading.

    Raises `PermissionDenied`, `CaseMoved`, `ValidationError` for somebody it cannot go to.
    """
    referral = locked_case(link)
    is_colleague = official.body_id == referral.body_id and official.pk != link.official_id
    if not (is_colleague and official.is_active):
        raise ValidationError({"to": _("Choose somebody else of your body.")})
    referral.official, referral.department = official, department or official.department
    referral.save(update_fields=["official", "department"])
    step = add_step(
        referral=referral,
        kind=Kind.FORWARDED,
        official=link.official,
        whom=in_every_language(lambda: f"{department}: {official}" if department else official),
        words=words.strip(),
    )
    give_link(referral, official, step)
    return step


@transaction.atomic
def ask_question(*, link: CaseLink, words: str) -> ReferralStep:
    """Ask the author and staff in public. Raises as `forward_case` does."""
    referral = locked_case(link)
    step = add_step(
        referral=referral,
        kind=Kind.QUESTION,
        official=link.official,
        words=checked_words(words),
    )
    transaction.on_commit(partial(tell_of_step, step))
    return step


@transaction.atomic
def ask_extension(*, link: CaseLink, due_on: date, words: str) -> ReferralStep:
    """Have more time, with a reason that everybody reads.

    The first time, before the date has passed, it holds at once; later staff decide. Raises
    `PermissionDenied`, `CaseMoved`, `ValidationError`.
    """
    referral = locked_case(link)
    words = checked_words(words)
    if referral.asked_due_on:
        raise ValidationError(_("You have asked for more time already; our staff will decide."))
    check_new_date(referral, due_on)
    at_once = extends_at_once(
        is_extended=referral.is_extended, is_overdue=bool(referral.days_overdue)
    )
    if at_once:
        extend(referral, due_on)
    else:
        referral.asked_due_on = due_on
        referral.save(update_fields=["asked_due_on"])
    kind = Kind.EXTENDED if at_once else Kind.EXTENSION_ASKED
    step = add_step(
        referral=referral, kind=kind, official=link.official, words=words, due_on=due_on
    )
    transaction.on_commit(partial(tell_of_step, step))
    return step


def check_new_date(referral: Referral, due_on: date) -> None:
    """Raises `ValidationError` for a date that is none later, or too late."""
    today = timezone.localdate()
    last = latest_due(referral.due_on, today)
    if not max(referral.due_on, today) < due_on <= last:
        message = _("Give a later date than now, not after %(day)s.")
        day = date_format(last, "DATE_FORMAT")
        raise ValidationError({"due_on": ValidationError(message, params={"day": day})})


def extend(referral: Referral, due_on: date) -> None:
    """Set the new date; the first one is kept and shown beside it."""
    referral.first_due_on = referral.first_due_on or referral.due_on
    referral.due_on, referral.asked_due_on = due_on, None
    referral.save(update_fields=["first_due_on", "due_on", "asked_due_on"])


@transaction.atomic
def say_not_ours(*, link: CaseLink, words: str, body: Body | None = None) -> ReferralStep:
    """Give the case back to staff, naming whose it is. The clock goes on meanwhile.

    Raises `PermissionDenied`, `CaseMoved`, `ValidationError`.
    """
    referral = locked_case(link)
    if body is not None and body.pk == referral.body_id:
        raise ValidationError({"body": _("That is your own body. Name another, or none.")})
    words = checked_words(words)
    referral.returned_at, referral.asked_due_on = timezone.now(), None
    referral.save(update_fields=["returned_at", "asked_due_on"])
    step = add_step(
        referral=referral, kind=Kind.NOT_OURS, official=link.official, words=words, body=body
    )
    transaction.on_commit(partial(tell_of_step, step))
    return step
