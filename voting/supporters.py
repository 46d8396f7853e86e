"""Who is behind votes, found again for mail: computed from people's keys, stored nowhere."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from accounts.models import AssuranceLevel
from voting.models import AnchorKey, VoteEvent, VoteKey
from voting.pseudonyms import merge_pseudonym, open_key, pseudonym

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from django.db.models import QuerySet

    from accounts.models import User
    from proposals.models import Merge
    from voting.models import Round

CHUNK = 500  # people at a time: two queries and about 2 MB each, however many there are


def standing_people(round_: Round, after: int = 0) -> Iterator[User]:
    """People whose support stands in the round, in order of their id, from `after` on exclusive.

    Walks every key there is, since the ledger does not say whose a pseudonym is. Somebody
    whose key was destroyed is not found again, which is what destroying it is for.
    """
    for people, voters in _everybody(_keys_of(round_), _name_in(round_), after):
        standing = _standing(round_, voters)
        yield from (one for one, voter in zip(people, voters, strict=True) if voter in standing)


def people_behind(round_: Round, wanted: Collection[bytes], after: int = 0) -> Iterator[User]:
    """People with one of these pseudonyms in the round, as `standing_people` finds them."""
    for people, voters in _everybody(_keys_of(round_), _name_in(round_), after):
        yield from (one for one, voter in zip(people, voters, strict=True) if voter in wanted)


def documented_among(round_: Round, wanted: Collection[bytes]) -> set[bytes]:
    """Those of some pseudonyms in the round behind which is an account whose document was seen.

    One query; the key of every such account has to be tried.
    """
    seen = _keys_of(round_).filter(person__level__gte=AssuranceLevel.DOCUMENT)
    name = _name_in(round_)
    keys = seen.values_list("sealed_key", flat=True).iterator()
    return {name(open_key(bytes(key))) for key in keys}.intersection(wanted)


def people_asked(merge: Merge, after: int = 0) -> Iterator[User]:
    """People who were asked about a merge, or answered it, as `standing_people` finds them."""
    wanted = {bytes(voter) for voter in merge.answers.values_list("voter", flat=True)}
    name = partial(merge_pseudonym, merge_id=merge.pk)
    for people, voters in _everybody(VoteKey.objects.all(), name, after):
        yield from (one for one, voter in zip(people, voters, strict=True) if voter in wanted)


def standing_municipalities(round_: Round) -> Counter[int | None]:
    """How many standing votes come from people of each municipality, as their accounts name it now.

    Two queries, and 16 bytes for each standing vote; every key there is has to be tried.
    """
    events = VoteEvent.objects.filter(round=round_).standing()
    standing = {bytes(voter) for voter in events.values_list("voter", flat=True)}
    found: Counter[int | None] = Counter()
    if not standing:
        return found
    rows = _keys_of(round_).values_list("sealed_key", "person__municipality")
    for sealed_key, municipality in rows.filter(person__isnull=False).iterator():
        if pseudonym(open_key(bytes(sealed_key)), round_.pk) in standing:
            found[municipality] += 1
    return found


def _keys_of(round_: Round) -> QuerySet[Any]:
    """The keys that pseudonyms of this round are made from."""
    asks_document = round_.level >= AssuranceLevel.DOCUMENT
    return AnchorKey.objects.all() if asks_document else VoteKey.objects.all()


def _name_in(round_: Round) -> Callable[[bytes], bytes]:
    return partial(pseudonym, round_id=round_.pk)


def _everybody(
    keys: QuerySet[Any], name: Callable[[bytes], bytes], after: int
) -> Iterator[tuple[list[User], list[bytes]]]:
    """All who have one of these keys, `CHUNK` at a time, with the name they would go by."""
    while chunk := list(
        keys.filter(person_id__gt=after).select_related("person").order_by("person_id")[:CHUNK]
    ):
        voters = [name(open_key(bytes(key.sealed_key))) for key in chunk]
        yield [key.person for key in chunk], voters
        after = chunk[-1].person_id


def _standing(round_: Round, voters: list[bytes]) -> set[bytes]:
    """Those of some pseudonyms whose newest row casts. One query."""
    newest = (
        VoteEvent.objects.filter(round=round_, voter__in=voters)
        .values("voter")
        .annotate(last=Max("gen"))
    )
    # Odd generations cast and even ones take back: a check constraint of the ledger.
    return {bytes(row["voter"]) for row in newest if row["last"] % 2}
