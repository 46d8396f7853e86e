"""Mails about writing together: invitations, amendments, merges. About steps: `notifications`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.tasks import task
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from accounts.notifications import absolute_url, deliver_mail, render_mail, send_mail_to
from proposals.authorship import writers_of
from proposals.models import Amendment, Merge, MergePart, Proposal

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Invitation


def _address(language: str, name: str, *args: Any) -> str:
    with translation.override(language):
        return absolute_url(reverse(name, args=args))


def _page(proposal: Proposal, language: str) -> str:
    return _address(language, "proposals:detail", proposal.pk)


# Co-authors ----------------------------------------------------------------------------------


def tell_of_invitation(invitation: Invitation, key: str) -> None:
    """Mail the link, in the language of whoever has this address, else in the writer's."""
    known = get_user_model().objects.filter(email__iexact=invitation.email).first()
    language = known.language if known else get_language() or ""
    context = {
        "proposal": invitation.proposal,
        "by": invitation.invited_by,
        "expires_at": invitation.expires_at,
        "url": _address(language, "proposals:invitation", key),
    }
    mail = render_mail("proposals/mail/invitation", language, context)
    deliver_mail.enqueue(*mail, invitation.email)


def tell_of_reply(invitation: Invitation, name: str) -> None:
    """Tell the author that somebody joined, under their name, or declined."""
    author = invitation.proposal.author
    if author is None or not author.is_active:
        return
    context = {
        "proposal": invitation.proposal,
        "name": name,
        "user": author,
        "url": _address(author.language, "proposals:coauthors", invitation.proposal_id),
    }
    mail = render_mail("proposals/mail/invitation_answered", author.language, context)
    deliver_mail.enqueue(*mail, author.email)


# Amendments ----------------------------------------------------------------------------------


def tell_of_amendment(amendment: Amendment) -> None:
    """Queue the mail about an amendment that was decided on."""
    mail_amendment.enqueue(amendment.pk)


@task()
def mail_amendment(amendment_id: int) -> None:
    """Tell all who write the proposal."""
    amendment = Amendment.objects.select_related("proposal__author").get(pk=amendment_id)
    proposal = amendment.proposal
    for person in writers_of(proposal):
        context = {
            "amendment": amendment,
            "proposal": proposal,
            "url": _page(proposal, person.language),
        }
        send_mail_to(person, "proposals/mail/amendment", context)


# Merges --------------------------------------------------------------------------------------


def tell_of_question(part: MergePart, key: str) -> None:
    """Mail an author the link by which they agree to a merge or not."""
    person = part.asked
    if person is None or not person.is_active:
        return
    context = {
        **_merge_context(part.merge),
        "part": part,
        "user": person,
        "url": _address(person.language, "proposals:merge_consent", key),
    }
    mail = render_mail("proposals/mail/merge_question", person.language, context)
    deliver_mail.enqueue(*mail, person.email)


def _merge_context(merge: Merge) -> dict[str, Any]:
    return {"merge": merge, "target": merge.target, "sources": merge.sources}


def tell_of_merge(merge: Merge) -> None:
    """Queue the mails about a merge that supporters decide on, or that has ended."""
    mail_merge.enqueue(merge.pk)


@task()
def mail_merge(merge_id: int) -> None:
    """Tell all who write one of the proposals, each once."""
    merge = Merge.objects.with_parts().get(pk=merge_id)
    people: dict[int, User] = {}
    for part in merge.parts.all():
        people |= {person.pk: person for person in writers_of(part.proposal)}
    for person in people.values():
        context = {**_merge_context(merge), "url": _page(merge.target, person.language)}
        send_mail_to(person, "proposals/mail/merge", context)
