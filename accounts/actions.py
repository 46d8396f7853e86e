"""What changes an account: consent, a confirmed e-mail, the profile, erasure."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import get_language
from wagtail import hooks
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from accounts.models import AssuranceLevel, Consent, ConsentText, User
from accounts.notifications import deliver_mail, render_mail
from accounts.permissions import may_erase_account

if TYPE_CHECKING:
    from accounts.models import Municipality


@transaction.atomic
def record_consent(*, user: User, purpose: str, text: str) -> Consent:
    """Keep the proof that a person agreed to these very words, and the words themselves."""
    text_hash = hashlib.sha256(text.encode()).hexdigest()
    ConsentText.objects.get_or_create(
        text_hash=text_hash, defaults={"text": text, "language": get_language() or ""}
    )
    return Consent.objects.create(user=user, purpose=purpose, text_hash=text_hash)


@transaction.atomic
def confirm_email(*, user: User) -> None:
    """Take the account's e-mail as proven. No earlier address opens the account any more.

    Hook `after_confirm_email(account)` runs inside the transaction when it is the first one.
    """
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    raised = User.objects.filter(pk=user.pk, level__lt=AssuranceLevel.EMAIL)
    if raised.update(level=AssuranceLevel.EMAIL):
        user.level = AssuranceLevel.EMAIL
        log(instance=user, action="accounts.confirm_email", user=user)
        for after in hooks.get_hooks("after_confirm_email"):
            after(account=user)


@transaction.atomic
def settle_email(*, user: User) -> None:
    """Make sign-in follow the address and level that staff gave a person.

    An address proven before stays so; a new one counts as proven only if the level says so.
    """
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    if user.level >= AssuranceLevel.EMAIL:
        confirm_email(user=user)
    else:
        EmailAddress.objects.filter(user=user).update(verified=False)


@transaction.atomic
def change_profile(
    *,
    user: User,
    name: str,
    municipality: Municipality | None,
    language: str,
    organisation: str = "",
) -> None:
    """Change what a person may change about themselves; proposals keep the name they went out by.

    The level of assurance is no part of it: nobody raises their own.
    """
    user.name, user.municipality, user.language = name, municipality, language
    user.organisation = organisation.strip()
    user.save(update_fields=["name", "municipality", "language", "organisation"])
    log(instance=user, action="accounts.change_profile", user=user)


@transaction.atomic
def erase_account(*, account: User, by: User, keep_name: bool) -> None:
    """Delete a person and what only they need; other apps first let go of theirs.

    Hook `before_erase_account(account, keep_name)` runs inside the transaction: an app that
    cannot let go raises, and nothing is erased. `keep_name` says whether what stays public
    keeps the name it was published under. Raises `PermissionDenied`.
    """
    if not may_erase_account(by, account):
        raise PermissionDenied
    farewell = render_mail("account/email/account_erased", account.language, {})
    # A vote of theirs under way ends first and is undone with the rest; a later one finds nobody.
    User.objects.select_for_update().get(pk=account.pk)
    for prepare in hooks.get_hooks("before_erase_account"):
        prepare(account=account, keep_name=keep_name)
    _log_erasure(account, by)
    address = account.email
    account.delete()
    transaction.on_commit(partial(deliver_mail.enqueue, *farewell, address))


def _log_erasure(account: User, by: User) -> None:
    """The log keeps that it happened, under a number: its labels would keep the name alive."""
    number = f"#{account.pk}"
    log(instance=account, action="accounts.erase", user=by, title=number, deleted=True)
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(account.pk)
    )
    entries.update(label=number)
