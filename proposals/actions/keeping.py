"""Keeping versions of a proposal's words; called by what changes them, in its transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from proposals.models import HistoryNote, Proposal, Version
from proposals.models.versions import WORDS

if TYPE_CHECKING:
    from accounts.models import User

Occasion = Version.Occasion
# A form saves itself every few seconds: so long one sitting stays one version.
SITTING = timedelta(minutes=30)


def shown_name(proposal: Proposal, person: User | None) -> str:
    """The name a person goes by on a proposal: its author's stays as it was published."""
    if person is None or person.pk == proposal.author_id:
        return proposal.author_name
    return person.name


def keep_version(proposal: Proposal, occasion: str, by: User | None) -> Version | None:
    """Keep the words as they are now, if they differ from the newest version. At most two queries.

    Changes of one sitting overwrite each other, but never what was sent in.
    """
    last = proposal.versions.last()
    words = {name: getattr(proposal, name) for name in WORDS}
    if last is not None and last.words == words:
        return None
    if last is not None and occasion == Occasion.EDITED and _is_same_sitting(last, by):
        Version.objects.filter(pk=last.pk).update(**words, made_at=timezone.now())
        return None
    return add_version(proposal, occasion, by, words, last)


def _is_same_sitting(last: Version, by: User | None) -> bool:
    return (
        last.occasion == Occasion.EDITED
        and last.by_id == (by and by.pk)
        and last.made_at > timezone.now() - SITTING
    )


def add_version(
    proposal: Proposal,
    occasion: str,
    by: User | None,
    words: dict[str, str],
    last: Version | None,
    *,
    is_public: bool = False,
) -> Version:
    """Add the next version. A second click at the same moment fails on its number."""
    return Version.objects.create(
        proposal=proposal,
        number=last.number + 1 if last else 1,
        occasion=occasion,
        by=by,
        by_name=shown_name(proposal, by),
        made_at=timezone.now(),
        is_public=is_public,
        **words,
    )


def publish_version(proposal: Proposal) -> Version:
    """The version that support begins with: the newest one, made public. Two queries.

    One is made for a proposal that has none, being older than versions, or imported.
    """
    if found := proposal.versions.public().last():
        return found
    last = proposal.versions.last()
    words = {name: getattr(proposal, name) for name in WORDS}
    if last is None or last.words != words:
        last = add_version(proposal, Occasion.PUBLISHED, proposal.author, words, last)
        Version.objects.filter(pk=last.pk).update(made_at=proposal.published_at or last.made_at)
    Version.objects.filter(pk=last.pk).update(is_public=True, occasion=Occasion.PUBLISHED)
    last.is_public = True
    return last


def hide_version(proposal: Proposal) -> None:
    """Take back `publish_version`, or the next one would publish the words of this one again."""
    public = proposal.versions.public()
    public.update(is_public=False, occasion=Occasion.SENT)


def note(
    proposal: Proposal, kind: str, *, other: Proposal | None = None, words: str = ""
) -> HistoryNote:
    """Write a line of the public history that changed no status."""
    return HistoryNote.objects.create(
        proposal=proposal, kind=kind, other=other, words=words, made_at=timezone.now()
    )
