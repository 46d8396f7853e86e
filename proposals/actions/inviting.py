"""Co-authors: invited by mail, joining by their own yes, and leaving again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from proposals import states
from proposals.actions.keeping import note
from proposals.authorship import may_invite_coauthors, may_remove_coauthor
from proposals.keys import hash_of, new_key
from proposals.models import CoAuthor, HistoryNote, Invitation, Proposal
from proposals.models.coauthors import COAUTHORS_MAX, INVITATION_KEPT
from proposals.permissions import has_role
from proposals.shared_notifications import tell_of_invitation, tell_of_reply

if TYPE_CHECKING:
    from accounts.models import User

State = Invitation.State


class InvitationOver(Exception):
    """The invitation was answered, taken back or has run out; carries its state, "" for none."""

    def __init__(self, state: str = "") -> None:
        super().__init__(state)
        self.state = state


@transaction.atomic
def invite_coauthor(*, user: User, proposal: Proposal, email: str) -> Invitation:
    """Invite somebody by mail. Says nothing of whether the address has an account here.

    Raises `PermissionDenied`, and `ValidationError` for oneself, for somebody who is a co-author
    or invited already, and for too many.
    """
    current = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not may_invite_coauthors(user, current):
        raise PermissionDenied
    email = email.strip().lower()
    current.invitations.filter(state=State.OPEN).exclude(
        pk__in=current.invitations.open().values("pk")
    ).update(state=State.REVOKED, email="")
    _check_invited(user, current, email)
    return send_invitation(current, email, user)


def _check_invited(user: User, proposal: Proposal, email: str) -> None:
    if email in {user.email.lower(), (proposal.author and proposal.author.email.lower())}:
        raise ValidationError({"email": _("This is the author’s own address.")})
    if proposal.coauthors.filter(person__email__iexact=email).exists():
        raise ValidationError({"email": _("This person is a co-author already.")})
    if proposal.invitations.open().filter(email=email).exists():
        raise ValidationError(
            {
                "email": _(
                    "This person is invited already. Take the invitation back to send it anew."
                )
            }
        )
    if proposal.coauthors.count() + proposal.invitations.open().count() >= COAUTHORS_MAX:
        text = ngettext(
            "A proposal can have %(count)d co-author at most, those invited counted in.",
            "A proposal can have %(count)d co-authors at most, those invited counted in.",
            COAUTHORS_MAX,
        )
        raise ValidationError(text % {"count": COAUTHORS_MAX})


def send_invitation(proposal: Proposal, email: str, by: User | None) -> Invitation:
    """Write an invitation and mail its link; only the hash of the key in it is kept."""
    key = new_key()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                proposal=proposal,
                email=email,
                key_hash=hash_of(key),
                invited_by=by,
                sent_at=timezone.now(),
            )
    except IntegrityError:
        raise ValidationError({"email": _("This person is invited already.")}) from None
    log(instance=proposal, action="proposals.invite_coauthor", user=by)
    transaction.on_commit(partial(tell_of_invitation, invitation, key))
    return invitation


@transaction.atomic
def accept_invitation(*, user: User, invitation: Invitation) -> CoAuthor:
    """Become a co-author. Raises `InvitationOver`, and `PermissionDenied` to whom it was not sent.

    The link alone is not enough: it may have been passed on. Who writes the proposal already, and
    has got the invited address since, is refused too.
    """
    proposal = Proposal.objects.select_for_update().get(pk=invitation.proposal_id)
    is_writer = has_role(user, proposal, states.AUTHOR)
    if invitation.is_open and (is_writer or not is_for(invitation, user)):
        raise PermissionDenied
    _answer(invitation, State.ACCEPTED)
    coauthor = join(proposal, user)
    log(instance=proposal, action="proposals.join", user=user)
    transaction.on_commit(partial(tell_of_reply, invitation, user.name))
    return coauthor


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the invitation was sent to the address of this account."""
    return user.is_authenticated and invitation.email == user.email.lower()


def join(proposal: Proposal, person: User) -> CoAuthor:
    """Add a co-author, once; the author is none of their own. Notes it where everybody reads."""
    name = {"name": person.name, "joined_at": timezone.now()}
    coauthor, made = CoAuthor.objects.get_or_create(proposal=proposal, person=person, defaults=name)
    if made and proposal.is_public:
        note(proposal, HistoryNote.Kind.COAUTHOR_JOINED)
    return coauthor


@transaction.atomic
def decline_invitation(*, invitation: Invitation) -> None:
    """Say no, which needs no account. Raises `InvitationOver`."""
    _answer(invitation, State.DECLINED)
    transaction.on_commit(partial(tell_of_reply, invitation, ""))


def _answer(invitation: Invitation, state: str) -> None:
    rows = Invitation.objects.open().filter(pk=invitation.pk)
    # The condition in the UPDATE lets one of two clicks through.
    if not rows.update(state=state, email=""):
        present = Invitation.objects.filter(pk=invitation.pk).values_list("state", flat=True)
        raise InvitationOver(present.first() or "")
    invitation.state, invitation.email = state, ""


@transaction.atomic
def revoke_invitation(*, user: User, invitation: Invitation) -> None:
    """Take an invitation back: its link opens nothing from now on. Raises as accepting does."""
    if not may_invite_coauthors(user, invitation.proposal):
        raise PermissionDenied
    _answer(invitation, State.REVOKED)
    log(instance=invitation.proposal, action="proposals.revoke_invitation", user=user)


def forget_old_invitations() -> int:
    """Close invitations that ran out, and with them the addresses; returns how many."""
    old = Invitation.objects.filter(state=State.OPEN, sent_at__lte=timezone.now() - INVITATION_KEPT)
    return old.update(state=State.REVOKED, email="")


@transaction.atomic
def remove_coauthor(*, user: User, coauthor: CoAuthor) -> None:
    """End a co-authorship: the author anybody's, others their own. Raises `PermissionDenied`."""
    proposal = coauthor.proposal
    if not may_remove_coauthor(user, coauthor):
        raise PermissionDenied
    deleted, _rows = CoAuthor.objects.filter(pk=coauthor.pk).delete()
    if deleted and proposal.is_public:
        note(proposal, HistoryNote.Kind.COAUTHOR_LEFT)
    log(instance=proposal, action="proposals.remove_coauthor", user=user)
