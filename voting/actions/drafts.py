"""Ballots that people began and have not cast: kept as they choose, gone once cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.models import BallotDraft

if TYPE_CHECKING:
    from accounts.models import User
    from voting.models import Round


def keep_draft(*, user: User, round_: Round, marks: dict[int, str], rules: str) -> None:
    """Keep what somebody marked so far, however unfinished; without marks there is no draft.

    `rules` are those the marks were made under, by their hash.
    """
    if not marks:
        return drop_draft(user=user, round_=round_)
    fields = {
        "choice": [[number, text] for number, text in marks.items()],
        "rules": rules,
        "titles": _titles(round_, marks) if rules == round_.rules_hex else [],
    }
    BallotDraft.objects.update_or_create(person=user, round=round_, defaults=fields)
    return None


def _titles(round_: Round, marks: dict[int, str]) -> list[dict[str, str]]:
    return [option["title"] for option in round_.rules["options"] if option["number"] in marks]


def drop_draft(*, user: User, round_: Round) -> None:
    """Forget what somebody had begun: it is cast, or they took everything off."""
    BallotDraft.objects.filter(person=user, round=round_).delete()
