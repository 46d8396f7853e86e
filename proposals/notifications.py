"""What authors are told about their proposals. Mail goes out in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.tasks import task
from django.utils import translation

from accounts.notifications import absolute_url, send_mail_to
from proposals import states
from proposals.models import Proposal, StatusChange

if TYPE_CHECKING:
    from accounts.models import User


def tell_author(change: StatusChange) -> None:
    """Queue the mail about a step, unless the author made it or wrote no draft of it."""
    if states.MOVES[change.verb].role != states.AUTHOR or change.verb == "submit":
        mail_author.enqueue(change.pk)


@task()
def mail_author(change_id: int) -> None:
    """Send the mail about one step of a proposal to its author."""
    change = StatusChange.objects.select_related("proposal__author").get(pk=change_id)
    author = change.proposal.author
    if author is not None:
        send_mail_to(author, "proposals/mail/status_change", change_context(change, author))


def change_context(change: StatusChange, author: User) -> dict[str, object]:
    """What the mail says; the same for the preview that moderators see before sending."""
    with translation.override(author.language):
        url = absolute_url(change.proposal.get_absolute_url())
        status = Proposal.Status(change.to_status).label
        return {"change": change, "proposal": change.proposal, "url": url, "status": str(status)}
