"""Mails about cases: links and codes to officials, steps to staff, author and heads of bodies.

A key or a code is made in the very task that mails it: no queue and no log ever holds one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMessage
from django.tasks import task
from django.urls import reverse
from django.utils import translation

from accounts.notifications import absolute_url, deliver_mail, render_mail
from government.commitment_notifications import promoters
from government.dossier_changes import change_lines
from government.models import CaseLink, Dossier, Referral, ReferralStep
from government.notifications import body_name, referral_context

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from government.models import Official

LINK, CODE, STEP = (f"government/mail/case_{name}" for name in ("link", "code", "step"))
Kind = ReferralStep.Kind
TOLD_TO_STAFF = frozenset(
    {Kind.QUESTION, Kind.EXTENDED, Kind.EXTENSION_ASKED, Kind.NOT_OURS, Kind.STAFF_TOLD}
)
TOLD_TO_AUTHOR = frozenset(
    {Kind.QUESTION, Kind.EXTENDED, Kind.EXTENSION_ASKED, Kind.NOT_OURS, Kind.REFERRED_AGAIN}
)
# With nobody in charge, or above them: to the body's own address, or its head's.
TOLD_TO_BODY = frozenset(
    {Kind.WEEK_BEFORE, Kind.DAY_BEFORE, Kind.DUE, Kind.REFERRED_AGAIN, Kind.DOSSIER}
)


# Links and codes ---------------------------------------------------------------------------------


def tell_official(link: CaseLink, step: ReferralStep | None) -> None:
    """Queue the mail with a link."""
    mail_link.enqueue(link.pk, step.pk if step else None)


@task()
def mail_link(link_id: int, step_id: int | None) -> None:
    """Make the link's key, and mail it to the address on file."""
    rows = CaseLink.objects.alive().select_related("referral__proposal", "referral__body")
    link = rows.select_related("official").filter(pk=link_id).first()
    if link is None or not link.official.is_active:
        return  # Replaced or revoked before the mail was written.
    step = ReferralStep.objects.filter(pk=step_id, is_public=True).first()
    send_now(link_mail(link, link.take_key(), step), link.official.email)


def link_mail(link: CaseLink, key: str, step: ReferralStep | None) -> tuple[str, str]:
    """Subject and body of the mail that carries a link."""
    language = link.referral.body.mail_language
    with translation.override(language):
        address = absolute_url(reverse("government:open_case", args=[key]))
    context = {**referral_context(link.referral, language), "link": link, "step": step}
    changes = changes_told(step, language)
    return render_mail(LINK, language, {**context, "address": address, "changes": changes})


def preview_link(referral: Referral) -> tuple[str, str] | None:
    """The mail that would go to whoever gets the body's referrals, its key left out."""
    if referral.official is None:
        return None
    link = CaseLink(referral=referral, official=referral.official)
    return link_mail(link, "…", None)


def tell_code(link: CaseLink) -> None:
    """Queue the mail with a code."""
    mail_code.enqueue(link.pk)


@task()
def mail_code(link_id: int) -> None:
    """Make a code, and mail it to the address on file."""
    rows = CaseLink.objects.select_related("official", "referral__proposal", "referral__body")
    link = rows.get(pk=link_id)
    context = {"code": link.take_code(), "proposal": link.referral.proposal}
    language = link.referral.body.mail_language
    send_now(render_mail(CODE, language, context), link.official.email)


def send_now(mail: tuple[str, str], address: str) -> None:
    """Send a mail in the task that wrote it: in a queue it would lie about with its key."""
    EmailMessage(*mail, to=[address]).send()


# Steps -------------------------------------------------------------------------------------------


def tell_of_step(step: ReferralStep) -> None:
    """Queue the mails about a step, to all but whoever was sent a link with it."""
    mail_step.enqueue(step.pk)


@task()
def mail_step(step_id: int) -> None:
    """Tell of one step: staff, the author, or the body, by what it is."""
    rows = ReferralStep.objects.select_related("body")
    step = rows.get(pk=step_id)
    referral = Referral.objects.select_related("proposal__author", "body", "by").get(
        pk=step.referral_id
    )
    for address, language, role in sorted(readers(step, referral)):
        mail = render_mail(STEP, language, step_context(step, referral, language, role))
        deliver_mail.enqueue(*mail, address)


def readers(step: ReferralStep, referral: Referral) -> set[tuple[str, str, str]]:
    """Addresses, languages and roles of those who are told of a step; not who made it."""
    found = set()
    if step.kind in TOLD_TO_STAFF:
        people = staff_for(referral)
        found |= {(one.email, one.language, "staff") for one in people if one.pk != step.by_id}
    author = referral.proposal.author
    if step.kind in TOLD_TO_AUTHOR and author is not None and author.is_active:
        found |= {(author.email, author.language, "author")}
    if address := _body_address(step, referral):
        found |= {(address, referral.body.mail_language, "body")}
    return found


def _body_address(step: ReferralStep, referral: Referral) -> str:
    if step.kind == Kind.HEAD_TOLD:
        head: Official | None = referral.body.head
        return head.email if head else referral.body.email
    unreached = referral.official is None or not referral.official.is_active
    return referral.body.email if step.kind in TOLD_TO_BODY and unreached else ""


def staff_for(referral: Referral) -> Iterable[User]:
    """Who put the proposal before the body; once they are gone, all who might have."""
    people = list(promoters())
    own = [person for person in people if person.pk == referral.by_id]
    return own or people


def changes_told(step: ReferralStep | None, language: str) -> list[str]:
    """What is new in the newest dossier, a line each; none for other steps."""
    if step is None or step.kind != Kind.DOSSIER:
        return []
    dossier = Dossier.objects.filter(referral=step.referral_id).order_by("number").last()
    with translation.override(language):
        return change_lines(dossier.snapshot, language) if dossier else []


def step_context(
    step: ReferralStep, referral: Referral, language: str, role: str
) -> dict[str, Any]:
    """What the mail about a step says to one role."""
    named = body_name(step.body, language) if step.body else ""
    context = {**referral_context(referral, language), "step": step, "named_body": named}
    context["changes"] = changes_told(step, language)
    path = ""
    with translation.override(language):
        if role == "author" and step.kind == Kind.QUESTION:
            path = reverse("government:reply", args=[referral.proposal_id])
        if role == "staff":
            path = reverse("proposals_admin:inspect", args=[referral.proposal_id])
    return {**context, "role": role, "act_url": absolute_url(path) if path else ""}
