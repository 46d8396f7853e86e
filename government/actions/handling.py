"""What staff, and the author where asked, do with a referral that waits for its answer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from government.actions.cases import CaseMoved, check_new_date, extend
from government.actions.freezing import keep_dossier
from government.actions.links import give_link, locked, tell_in_charge
from government.actions.steps import add_step, checked_words
from government.case_notifications import tell_of_step
from government.dossiers import freeze
from government.models import ReferralStep
from government.permissions import may_handle_referral, may_reply_to_body
from home.words import in_every_language

if TYPE_CHECKING:
    from accounts.models import User
    from government.models import Body, Official, Referral

Kind = ReferralStep.Kind


def _handled(user: User, referral: Referral) -> Referral:
    """The referral, locked, for staff who may work with it; `CaseMoved` once it is answered."""
    current = locked(referral)
    if not may_handle_referral(user, current):
        raise PermissionDenied
    if current.proposal.status != "promoted":
        raise CaseMoved
    return current


@transaction.atomic
def reply_to_body(*, user: User, referral: Referral, words: str) -> ReferralStep:
    """Reply in public to what a body asks, as its author or as staff; the official gets a mail.

    Raises `PermissionDenied`, `CaseMoved`, `ValidationError`.
    """
    current = locked(referral)
    if current.proposal.status != "promoted":
        raise CaseMoved
    if not may_reply_to_body(user, current):
        raise PermissionDenied
    is_author = current.proposal.author_id == user.pk
    step = add_step(
        referral=current,
        kind=Kind.REPLY,
        user=user,
        words=checked_words(words),
        shown_as={settings.LANGUAGE_CODE: current.proposal.author_name} if is_author else {},
    )
    tell_in_charge(current, step)
    return step


@transaction.atomic
def decide_extension(
    *, user: User, referral: Referral, is_granted: bool, words: str = ""
) -> ReferralStep:
    """Say yes or no to a body that asked for more time; a no needs words.

    Raises `PermissionDenied`, `CaseMoved` if nothing is asked (any more), `ValidationError`.
    """
    current = _handled(user, referral)
    asked = current.asked_due_on
    if asked is None:
        raise CaseMoved
    if is_granted:
        check_new_date(current, asked)
        extend(current, asked)
        kind, words = Kind.EXTENDED, words.strip()
    else:
        kind, words = Kind.EXTENSION_REFUSED, checked_words(words)
        current.asked_due_on = None
        current.save(update_fields=["asked_due_on"])
    step = add_step(referral=current, kind=kind, user=user, words=words, due_on=current.due_on)
    tell_in_charge(current, step)
    transaction.on_commit(partial(tell_of_step, step))
    return step


@transaction.atomic
def refer_again(*, user: User, referral: Referral, body: Body, note: str) -> ReferralStep:
    """Put the case before another body, or before the same once more, with a new clock.

    Links of the officials before stay, for reading. Raises `PermissionDenied`, `CaseMoved`,
    `ValidationError` for a missing note.
    """
    current = _handled(user, referral)
    if not note.strip():
        raise ValidationError({"note": _("Write why the body should look at this proposal.")})
    start_clock(current, body)
    current.note, current.by = note.strip(), user
    current.save()
    _freeze_anew(current)
    step = add_step(
        referral=current,
        kind=Kind.REFERRED_AGAIN,
        user=user,
        body=body,
        words=current.note,
        due_on=current.due_on,
    )
    tell_in_charge(current, step)
    transaction.on_commit(partial(tell_of_step, step))
    return step


def _freeze_anew(referral: Referral) -> None:
    """A dossier that names the body it is before now; the one before stays as it was."""
    before = referral.dossiers.order_by("number").last()
    number = before.number + 1 if before else 1
    keep_dossier(referral, freeze(referral, number=number, before=before), referral.made_at)


def start_clock(referral: Referral, body: Body) -> None:
    """Let the referral be this body's from now on; saves nothing."""
    receiver = body.receiver
    referral.body, referral.official = body, receiver
    referral.department = receiver.department if receiver else None
    referral.made_at = timezone.now()
    referral.due_on = timezone.localdate() + timedelta(days=body.answer_days)
    referral.first_due_on = referral.asked_due_on = referral.returned_at = None


@transaction.atomic
def assign_referral(*, user: User, referral: Referral, official: Official) -> ReferralStep:
    """Give the case to another person of its body. Raises `PermissionDenied`, `ValidationError`."""
    current = _handled(user, referral)
    if official.body_id != current.body_id or not official.is_active:
        raise ValidationError({"official": _("Choose somebody of the body, in office.")})
    current.official, current.department = official, official.department
    current.save(update_fields=["official", "department"])
    whom = in_every_language(official)
    step = add_step(referral=current, kind=Kind.ASSIGNED, user=user, whom=whom)
    give_link(current, official, step)
    return step


@transaction.atomic
def add_note(*, user: User, referral: Referral, words: str) -> ReferralStep:
    """Put down something among staff: no page, mail or file outside the admin shows it."""
    if not may_handle_referral(user, referral):
        raise PermissionDenied
    words = checked_words(words)
    return add_step(referral=referral, kind=Kind.NOTE, user=user, words=words, is_public=False)


@transaction.atomic
def hide_step(*, user: User, step: ReferralStep) -> None:
    """Take the words of a step off the public pages: they break the rules. Its row stays."""
    if not may_handle_referral(user, step.referral):
        raise PermissionDenied
    ReferralStep.objects.filter(pk=step.pk).update(is_public=False)
    log(instance=step.referral, action="government.hide_step", user=user, data={"step": step.pk})


def let_go_of_replies(*, author: User, keep_name: bool) -> None:
    """Part a person, who is about to be erased, from their replies, which the body has read.

    Their words stay, under the name they went out by with `keep_name`, else under “a resident”.
    """
    if keep_name:
        return
    own = ReferralStep.objects.filter(kind=Kind.REPLY, by=author).exclude(shown_as={})
    own.update(shown_as=in_every_language(lambda: _("a resident")))
