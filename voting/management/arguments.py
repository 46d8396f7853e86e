"""What several commands take: a round by its number or its UUID."""

from __future__ import annotations

from uuid import UUID

from django.core.management.base import CommandError

from voting.models import Round


def round_named(text: str) -> Round:
    """The round with this number or UUID; ends the command in one sentence if there is none."""
    try:
        which = {"pk": int(text)} if text.isdecimal() else {"uuid": UUID(text)}
    except ValueError:
        raise CommandError(f"{text!r} is no number and no UUID of a round.", returncode=2) from None
    # Greater numbers no database has; asked for one, SQLite would fail.
    found = Round.objects.filter(**which).first() if which.get("pk", 0) < 2**63 else None
    if found is None:
        raise CommandError(f"There is no round {text}.", returncode=2)
    return found
