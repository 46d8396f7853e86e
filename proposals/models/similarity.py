"""Which proposals hold given words, and which come closest to a text. Reads the search index."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast
from modelsearch.conf import get_app_config

from home.search_terms import query_terms

if TYPE_CHECKING:
    from django.db import models

WORDS_MAX = 12
LETTERS_MIN = 3  # shorter ones are prepositions, in Russian as in English
CANDIDATES = 30


def telling_words(text: str) -> list[str]:
    """The words of a text that can tell one proposal from another, each once.

    >>> telling_words("Датчик на реке и датчик у моста")
    ['датчик', 'рек', 'мост']
    >>> telling_words("洪水警報")
    ['洪水', '水警', '警報']
    """
    words = [
        word
        for word in dict.fromkeys(query_terms(text).split())
        if not word.isdigit() and (len(word) >= LETTERS_MIN or _is_cjk(word))
    ]
    return words[:WORDS_MAX]


def _is_cjk(word: str) -> bool:
    return word[0] >= "\u3040"


def keys_with_all(model: type[models.Model], words: list[str]) -> models.QuerySet[Any]:
    """Primary keys of the rows in which every one of `words` occurs; a set for `pk__in`.

    Modelsearch joins the two tables of its index, and SQLite then walks the wrong one first:
    seconds for 35,000 rows. A set inside a set leaves it no choice.
    """
    found = _entries(model)
    if connection.vendor == "postgresql":
        for word in words:
            found = found.filter(_holds(word))
    else:
        found = found.filter(pk__in=_fts_rows(words, and_).values("pk"))
    return found.annotate(number=Cast("object_id", BigIntegerField())).values("number")


def holds_all(model: type[models.Model], words: list[str]) -> Exists:
    """Whether one row holds every one of `words`: for walking along what many rows hold.

    The set of them would be put together first, 35,000 numbers for a page of twenty.
    """
    entry = _entries(model).filter(object_id=Cast(OuterRef("pk"), CharField()))
    if connection.vendor == "postgresql":
        return Exists(entry.filter(*(_holds(word) for word in words)))
    return Exists(entry.filter(Exists(_fts_rows(words, and_).filter(pk=OuterRef("pk")))))


def closest(model: type[models.Model], words: list[str]) -> list[str]:
    """Primary keys of the rows that share most with `words`, the best first. One or two queries.

    Modelsearch's own ranking asks the index again for every row found: minutes for a common word.
    """
    if not words:
        return []
    if connection.vendor == "postgresql":
        return list(_best_of_postgres(model, words).values_list("object_id", flat=True))
    rows = list(_best_of_fts(words).values_list("pk", flat=True))
    keys = dict(_entries(model).filter(pk__in=rows).values_list("pk", "object_id"))
    return [keys[row] for row in rows if row in keys]


def _entries(model: type[models.Model]) -> models.QuerySet[Any]:
    kind = ContentType.objects.get_for_model(model)
    return get_app_config().get_model("IndexEntry").objects.filter(content_type=kind)


# SQLite --------------------------------------------------------------------------------------


def _fts_rows(words: list[str], joined: Any) -> models.QuerySet[Any]:
    from modelsearch.backends.database.sqlite.query import (
        Lexeme,
        MatchExpression,
        SearchQueryExpression,
    )

    query = SearchQueryExpression(reduce(joined, [Lexeme(word) for word in words]))
    rows = get_app_config().get_model("SQLiteFTSIndexEntry").objects
    return rows.filter(MatchExpression(["title", "body"], query))


def _best_of_fts(words: list[str]) -> models.QuerySet[Any]:
    from modelsearch.backends.database.sqlite.query import BM25

    return _fts_rows(words, or_).order_by(BM25())[:CANDIDATES]


# PostgreSQL ----------------------------------------------------------------------------------


def _query(word: str) -> Any:
    from django.contrib.postgres.search import SearchQuery

    return SearchQuery(word, config="simple")


def _holds(word: str) -> Q:
    return Q(title=_query(word)) | Q(body=_query(word))


def _best_of_postgres(model: type[models.Model], words: list[str]) -> models.QuerySet[Any]:
    from django.contrib.postgres.search import SearchRank

    query = reduce(or_, [_query(word) for word in words])
    rank = SearchRank(F("title"), query) * 2 + SearchRank(F("body"), query)
    found = _entries(model).filter(reduce(or_, [_holds(word) for word in words]))
    return found.order_by(rank.desc(), "pk")[:CANDIDATES]
