"""Links to cases: given, sent again, taken away, opened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from government.case_notifications import tell_official
from government.models import CaseLink, Referral
from government.permissions import may_act_in_case, may_handle_referral

if TYPE_CHECKING:
    from accounts.models import User
    from government.models import Official, ReferralStep

Ending = CaseLink.Ending


def give_link(referral: Referral, official: Official, step: ReferralStep | None = None) -> CaseLink:
    """Give an official their own link to the case in place of one they had; it goes by mail.

    `step` is what the mail tells of besides. For actions that hold the referral's row.
    """
    CaseLink.objects.filter(referral=referral, official=official).end(Ending.REPLACED)
    link = CaseLink.objects.create(referral=referral, official=official)
    transaction.on_commit(partial(tell_official, link, step))
    return link


def tell_in_charge(referral: Referral, step: ReferralStep) -> None:
    """Tell whoever is in charge of a step, by a mail with a new link."""
    if referral.official is not None and referral.official.is_active:
        give_link(referral, referral.official, step)


@transaction.atomic
def send_link(*, user: User, referral: Referral) -> CaseLink | None:
    """Send whoever is in charge a new link; the one before opens nothing. None without anybody."""
    if not may_handle_referral(user, referral):
        raise PermissionDenied
    current = locked(referral)
    if current.official is None or not current.official.is_active:
        return None
    log(instance=referral, action="government.send_link", user=user)
    return give_link(current, current.official)


@transaction.atomic
def revoke_links(*, user: User, referral: Referral) -> int:
    """Take all links to the case away, and what was opened by them; returns how many.

    Those that a newer one had replaced too: a browser may still hold what they opened.
    """
    if not may_handle_referral(user, referral):
        raise PermissionDenied
    locked(referral)
    links = CaseLink.objects.filter(referral=referral).exclude(ending=Ending.REVOKED)
    count = links.update(ended_at=timezone.now(), ending=Ending.REVOKED)
    log(instance=referral, action="government.revoke_link", user=user, data={"links": count})
    return count


@transaction.atomic
def renew_link(link: CaseLink) -> CaseLink | None:
    """Send the holder of a link that no longer opens anything a new one, to the address on file.

    None, and no mail, for a link that staff revoked or that is of somebody no longer in charge.
    """
    referral = locked(link.referral)
    if not may_act_in_case(link, referral):
        return None
    log(instance=referral, action="government.send_link", data={"official": link.official_id})
    return give_link(referral, link.official)


def note_opening(link: CaseLink) -> None:
    """Put down that the case was opened with a right code."""
    CaseLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now())
    log(
        instance=link.referral,
        action="government.open_case",
        data={"official": link.official_id, "link": link.pk},
    )


def locked(referral: Referral) -> Referral:
    """The referral as it stands, kept from others until the end of the transaction."""
    rows = Referral.objects.select_for_update(of=("self",))
    return rows.select_related("proposal__author", "body", "official").get(pk=referral.pk)
