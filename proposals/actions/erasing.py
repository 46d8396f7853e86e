"""Parting a person, who is about to be erased, from their proposals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import ModelLogEntry

from proposals.models import (
    Amendment,
    Appeal,
    CoAuthor,
    Invitation,
    Proposal,
    ProposalDocument,
    ProposalImage,
    Version,
)

if TYPE_CHECKING:
    from accounts.models import User

# What a withdrawn proposal loses with its author's account.
_WORDS = ("title", "summary", "problem", "solution", "beneficiaries", "author_name")


@transaction.atomic
def let_go_of_author(*, author: User, keep_name: bool) -> None:
    """Part a person, who is about to be erased, from their proposals.

    What nobody else has read goes, with its files; if there are co-authors, the first of them goes
    on as the author. What was published stays, since neighbours stand behind it: under the name it
    went out by with `keep_name`, else under “a resident”. Of one that was withdrawn only the frame
    of its votes stays. Co-authorships end.
    """
    _pass_on(author)
    own = Proposal.objects.select_for_update().filter(author=author)
    # Locked and read here: a moderator may be accepting one of them at this moment.
    rows = list(own.only("pk", "status", "language", "published_at"))
    unread = [row.pk for row in rows if row.published_at is None and not row.is_public]
    withdrawn = [row.pk for row in rows if row.published_at and not row.is_public]
    _delete_files([*unread, *withdrawn])
    _forget_titles([*unread, *withdrawn])
    Appeal.objects.filter(proposal__author=author).delete()
    Proposal.objects.filter(pk__in=unread).delete()
    for row in Proposal.objects.filter(pk__in=withdrawn):
        _blank(row)
    Invitation.objects.filter(email=author.email.lower()).delete()
    # Their links go on saying that they are over; whoever accepted now would be left alone with it.
    sent = Invitation.objects.filter(invited_by=author, state=Invitation.State.OPEN)
    sent.update(state=Invitation.State.REVOKED, email="", invited_by=None)
    CoAuthor.objects.filter(person=author).delete()
    if not keep_name:
        _forget_name_in(Version, author)
        _forget_name_in(Amendment, author)
        for language in {row.language for row in rows}:
            with override(language):
                name = _("a resident")
            Proposal.objects.filter(author=author, language=language).update(author_name=name)


def _pass_on(author: User) -> None:
    """Hand what is not public yet to the first co-author: it is their work as well."""
    own = Proposal.objects.select_for_update().filter(author=author, published_at=None)
    for row in own.filter(pk__in=CoAuthor.objects.values("proposal")):
        heir = row.coauthors.select_related("person").first()
        if heir is not None:
            row.author, row.author_name = heir.person, heir.person.name
            row.save(update_fields=["author", "author_name"])
            heir.delete()


def _forget_name_in(model: type[Version | Amendment], person: User) -> None:
    rows = model.objects.filter(by=person)
    for language in set(rows.order_by().values_list("proposal__language", flat=True)):
        with override(language):
            rows.filter(proposal__language=language).update(by_name=_("a resident"))


def _blank(proposal: Proposal) -> None:
    for name in _WORDS:
        setattr(proposal, name, "")
    proposal.save(update_fields=_WORDS)  # saved one by one, so that the search index forgets too
    proposal.tags.clear()
    proposal.amendments.all().delete()
    proposal.versions.all().delete()
    proposal.history_notes.update(words="")


def _delete_files(proposals: list[int]) -> None:
    """Delete these proposals' files, from the disk once nothing can bring the rows back."""
    for model in (ProposalImage, ProposalDocument):
        rows = model.objects.filter(proposal__in=proposals)
        for row in rows:
            transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
        rows.delete()


def _forget_titles(proposals: list[int]) -> None:
    """The audit log keeps what was done, under a number instead of the person's words."""
    kind = ContentType.objects.get_for_model(Proposal)
    for pk in proposals:
        entries = ModelLogEntry.objects.filter(content_type=kind, object_id=str(pk))
        entries.update(label=f"#{pk}")
