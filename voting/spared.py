"""Whose votes no measure against a group takes: people who showed a document or won an appeal.

Somebody has looked at each of them already; one given back can be chosen there. Reads only.
"""

from __future__ import annotations

from collections import Counter
from itertools import batched
from typing import TYPE_CHECKING

from accounts.models import AssuranceLevel
from voting.models import Intervention, InterventionVote
from voting.supporters import documented_among

if TYPE_CHECKING:
    from collections.abc import Collection

    from voting.models import Round

Kind, Reason, State = Intervention.Kind, Intervention.Reason, Intervention.State
CHUNK = 500


def spares(kind: str, reason: str, follows: Intervention | None, count: int) -> bool:
    """Whether a measure is against a group; one vote is chosen on its own, unless it is a hold's.

    Where it is the documents that are in doubt they spare nobody.

    >>> spares("annul", "burst", None, 2), spares("annul", "burst", None, 1)
    (True, False)
    >>> spares("release", "checked", None, 2), spares("annul", "desk", None, 2)
    (False, False)
    """
    if reason == Reason.DESK:
        return False
    is_of_hold = follows is not None and follows.kind == Kind.HOLD
    return kind in Intervention.TAKING and (count > 1 or is_of_hold)


def spared_in(round_: Round, voters: Collection[bytes]) -> dict[bytes, str]:
    """Those of some voters in a round whom a group leaves out, and by which reason.

    Two queries and one for every 500 voters; the key of everybody with a document is tried.
    """
    wanted = set(voters)
    given = InterventionVote.objects.filter(
        intervention__round=round_,
        intervention__kind__in=(Kind.RELEASE, Kind.RESTORE),
        intervention__reason__in=(Reason.DOCUMENT, Reason.APPEAL),
        changed=True,
    )
    rows = given.order_by("pk").values_list("voter", "intervention__reason")
    spared = {bytes(voter): reason for voter, reason in rows if bytes(voter) in wanted}
    documented = documented_among(round_, wanted) | _cast_with_document(round_, wanted)
    return spared | dict.fromkeys(documented, Reason.DOCUMENT.value)


def _cast_with_document(round_: Round, voters: Collection[bytes]) -> set[bytes]:
    events = round_.events.filter(level__gte=AssuranceLevel.DOCUMENT)
    found = (
        events.filter(voter__in=some).values_list("voter", flat=True)
        for some in batched(voters, CHUNK)
    )
    return {bytes(voter) for rows in found for voter in rows}


def left_out_of(row: Intervention) -> Counter[str]:
    """How many votes of a measure are left out, by reason; while it waits, as it is by now."""
    votes = dict(row.votes.values_list("voter", "left_out"))
    counts = Counter(why for why in votes.values() if why)
    if row.state == State.ASKED and spares(row.kind, row.reason, row.follows, len(votes)):
        rest = [bytes(voter) for voter, why in votes.items() if not why]
        counts.update(spared_in(row.round, rest).values())
    return counts
