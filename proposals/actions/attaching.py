"""Pictures and documents of a proposal, put on and taken off."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from proposals.actions.writing import locked_for_writing
from proposals.models import Proposal, ProposalDocument, ProposalImage

if TYPE_CHECKING:
    from django.core.files import File

    from accounts.models import User


@transaction.atomic
def add_image(*, user: User, proposal: Proposal, file: File[bytes], alt: str) -> ProposalImage:
    """Keep a picture that `files.redraw_picture` made.

    Raises `PermissionDenied`, and `ValidationError` if there are as many as may be.
    """
    locked_for_writing(user, proposal)
    _check_room(proposal.images.count(), settings.PROPOSAL_IMAGES_MAX)
    _touch(proposal)
    return ProposalImage.objects.create(proposal=proposal, file=file, alt=alt)


@transaction.atomic
def add_document(
    *, user: User, proposal: Proposal, file: File[bytes], name: str
) -> ProposalDocument:
    """Keep a document that `files.checked_document` let pass; raises as `add_image` does."""
    locked_for_writing(user, proposal)
    _check_room(proposal.documents.count(), settings.PROPOSAL_DOCUMENTS_MAX)
    _touch(proposal)
    return ProposalDocument.objects.create(
        proposal=proposal, file=file, name=name, size_bytes=file.size
    )


@transaction.atomic
def remove_file(*, user: User, attached: ProposalImage | ProposalDocument) -> None:
    """Take a picture or a document off a proposal. Raises `PermissionDenied`."""
    locked_for_writing(user, attached.proposal)
    _touch(attached.proposal)
    attached.delete()
    # Only once the row is gone for good: a file cannot be rolled back.
    transaction.on_commit(partial(attached.file.delete, save=False))


def _check_room(present: int, most: int) -> None:
    if present >= most:
        raise ValidationError(
            ngettext(
                "There can be no more than %(count)d. Remove it first.",
                "There can be no more than %(count)d. Remove one first.",
                most,
            ),
            params={"count": most},
        )


def _touch(proposal: Proposal) -> None:
    # A moderator who has read the words before must not publish files nobody has seen.
    Proposal.objects.filter(pk=proposal.pk).update(changed_at=timezone.now())
