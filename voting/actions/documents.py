"""Documents seen at the desk: one person over account, desk and paper, known by a keyed hash."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.views.decorators.debug import sensitive_variables
from wagtail.log_actions import log

from accounts.models import AssuranceLevel, User
from voting.actions.desk_work import count_entry
from voting.actions.interventions import release_by_document
from voting.documents import document_digest
from voting.models import AnchorKey
from voting.permissions import DocumentRefusal, may_check_document
from voting.pseudonyms import KEY_BYTES, seal_key

if TYPE_CHECKING:
    from collections.abc import Iterable


class DocumentRefused(Exception):
    """The document cannot be put down for this account; `refusal` says why."""

    def __init__(self, refusal: DocumentRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@sensitive_variables("number")
@transaction.atomic
def check_document(
    *, user: User | None, number: str, by: User, replaces: bool = False
) -> AnchorKey:
    """Put down that `by` saw a document, of a person with an account or without one.

    The account's level rises and its held votes count again. `replaces` says that the account's
    earlier document was replaced by this one; the person stays the same voter. Twice is once.
    Raises `NumberUnreadable`, `DocumentRefused`, `DeskClosed`, `PermissionDenied`.
    """
    if not may_check_document(by):
        raise PermissionDenied
    digest = document_digest(number)
    if user is None:
        anchor = anchors_of([digest])[digest]
    else:
        anchor = _give(digest, _locked(user, by), replaces=replaces)
    # Which document it was stays out of the log: a row's number says nothing about a person.
    data = {"account": user.pk if user else None, "replaces": replaces}
    log(instance=anchor, action="voting.check_document", user=by, data=data)
    if user is not None:
        release_by_document(user=user, by=by)
        count_entry(by=by)
    return anchor


def anchors_of(digests: Iterable[bytes]) -> dict[bytes, AnchorKey]:
    """The keys behind some documents, earlier ones too, made where there are none. Two queries.

    Of two made at once for one document the first stays.
    """
    wanted = list(digests)
    keys = [
        AnchorKey(digest=digest, sealed_key=seal_key(secrets.token_bytes(KEY_BYTES)))
        for digest in wanted
    ]
    AnchorKey.objects.bulk_create(keys, ignore_conflicts=True)
    return AnchorKey.objects.of_documents(wanted)


def _locked(user: User, by: User) -> User:
    """The account as it is now, kept from being erased or given another document meanwhile."""
    if user.pk == by.pk:
        raise DocumentRefused(DocumentRefusal.OWN)
    # No key: a vote holds the round and then the person's key; held votes need the round next here.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.level < AssuranceLevel.EMAIL:
        raise DocumentRefused(DocumentRefusal.UNPROVEN)
    return user


def _give(digest: bytes, user: User, *, replaces: bool) -> AnchorKey:
    present = AnchorKey.objects.filter(person=user).first()
    if present is None:
        anchor = _take(anchors_of([digest])[digest], user)
    elif AnchorKey.objects.of_documents([digest]).get(digest) == present:
        anchor = present
    else:
        anchor = _replace(present, digest, replaces=replaces)
    User.objects.filter(pk=user.pk).update(level=AssuranceLevel.DOCUMENT)
    return anchor


def _take(anchor: AnchorKey, user: User) -> AnchorKey:
    """Make the document this person's, unless it is somebody's."""
    free = AnchorKey.objects.filter(pk=anchor.pk, person__isnull=True)
    if not free.update(person=user):
        raise DocumentRefused(DocumentRefusal.OTHER_ACCOUNT)
    anchor.person = user
    return anchor


def _replace(anchor: AnchorKey, digest: bytes, *, replaces: bool) -> AnchorKey:
    """Let a new document stand for the old one; the key stays, so no vote can be cast again.

    The old number stays this person's too, or whoever still has that document would vote anew.
    """
    if not replaces:
        raise DocumentRefused(DocumentRefusal.OTHER_DOCUMENT)
    if known := AnchorKey.objects.of_documents([digest]).get(digest):
        taken = known.person_id is not None
        raise DocumentRefused(DocumentRefusal.OTHER_ACCOUNT if taken else DocumentRefusal.KNOWN)
    old, anchor.digest = bytes(anchor.digest), digest
    anchor.save(update_fields=["digest"])
    AnchorKey.objects.create(digest=old, sealed_key=anchor.sealed_key, earlier_of=anchor)
    return anchor
