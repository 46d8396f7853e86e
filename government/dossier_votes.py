"""What a dossier says of supports: how, when and from where they were cast, and what proves them.

Counts below ten are never told, nor can they be worked out from those that are.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.urls import reverse

from accounts.models import AssuranceLevel, Municipality
from accounts.notifications import absolute_url
from government import snapshots
from home.words import in_every_language
from voting.models import Intervention, Round, VoteEvent
from voting.removals import removals_of
from voting.sealed import newest_seal
from voting.supporters import standing_municipalities
from voting.turnout import SMALL, groups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accounts.models import LocalizedTerm
    from proposals.models import Proposal
    from voting.models import Seal

NOWHERE = ""  # the municipality of those who told none


def names_of(term: LocalizedTerm | None) -> snapshots.Names | None:
    """A term's name in every language it has one in. One query."""
    if term is None:
        return None
    rows = type(term).objects.filter(translation_key=term.translation_key)
    return dict(rows.values_list("locale__language_code", "name"))


def votes_part(proposal: Proposal) -> snapshots.VotesPart:
    """Of the proposal's round of support; empty without one. Seven queries and those for people."""
    round_ = Round.objects.filter(proposal=proposal).select_related("closing_seal").first()
    if round_ is None:
        return snapshots.NO_VOTES
    events = VoteEvent.objects.filter(round=round_)
    by_day = _by_day(round_)
    return {
        "by_channel": _groups(_counts(round_, "channel"), _channel),
        "by_level": _groups(_counts(round_, "level"), _level),
        "by_municipality": _municipalities(round_),
        # A round of few is told as a total only, as in its dump.
        "by_day": by_day if by_day and by_day[-1][1] >= SMALL else [],
        "seal": _seal(round_, events.filter(place__isnull=True).exists()),
        "record_url": absolute_url(reverse("voting:recount", args=[round_.pk])),
    }


def _counts(round_: Round, column: str) -> dict[str, int]:
    rows = VoteEvent.objects.filter(round=round_).standing().order_by().values_list(column)
    return {str(key): count for key, count in rows.annotate(count=Count("pk"))}


def _groups(
    counts: Mapping[str, int], name_of: Callable[[str], snapshots.Names]
) -> list[snapshots.GroupPart]:
    return [
        {"key": group.key, "name": name_of(group.key), "told": group.told, "count": group.count}
        for group in groups(counts)
    ]


def _channel(key: str) -> snapshots.Names:
    return in_every_language(VoteEvent.Channel(key).label)


def _level(key: str) -> snapshots.Names:
    return in_every_language(AssuranceLevel(int(key)).label)


def _by_day(round_: Round) -> list[tuple[str, int]]:
    """How many supports stood at the end of each day on which any changed. One query."""
    rows = VoteEvent.objects.filter(round=round_).order_by("day").values_list("day")
    days = list(rows.annotate(change=Sum("kind")))
    totals = accumulate(change for _day, change in days)
    return [(f"{day}", total) for (day, _change), total in zip(days, totals, strict=True)]


def _municipalities(round_: Round) -> list[snapshots.GroupPart]:
    """Supporters by the municipality their account names now; the ledger knows of none."""
    found = standing_municipalities(round_)
    places = {row.pk: row for row in Municipality.objects.filter(pk__in=filter(None, found))}
    slugs = {pk: row.slug for pk, row in places.items()} | {None: NOWHERE}
    by_slug = {row.slug: row for row in places.values()}

    def name_of(slug: str) -> snapshots.Names:
        return names_of(by_slug[slug]) or {} if slug else {}

    return _groups({slugs[key]: count for key, count in found.items()}, name_of)


def _seal(round_: Round, some_unsealed: bool) -> snapshots.SealPart | None:
    """The closing seal, or before it the newest head and whether it holds every vote."""
    seal: Seal | None = round_.closing_seal or newest_seal()
    if seal is None:
        return None
    return {
        "size": seal.size,
        "root": bytes(seal.root).hex(),
        "note": seal.note,
        "made_at": seal.made_at.isoformat(),
        "is_closing": round_.closing_seal is not None,
        "holds_all": not some_unsealed,
    }


def integrity_part(proposal: Proposal) -> snapshots.IntegrityPart:
    """What the public page says about the figure: recounts, votes that were taken."""
    round_ = Round.objects.filter(proposal=proposal).first()
    if round_ is None:
        return {"is_disputed": False, "removals": []}
    return {
        "is_disputed": round_.disputed_at is not None,
        "removals": [
            {
                "kind": in_every_language(Intervention.Kind(row.kind).label),
                "reason": in_every_language(Intervention.Reason(row.reason).label),
                "words": row.words,
                "count": row.count,
                "made_at": row.at.isoformat(),
            }
            for row in removals_of(round_.pk)
        ],
    }
