"""Which proposals are closest in words to a text, by the database's own ranking. Reads only."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
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


def closest(model: type[models.Model], words: list[str]) -> list[str]:
    """Primary keys of the rows that share most with `words`, the best first. One query.

    Modelsearch's own ranking asks the index again for every row found: minutes for a common word.
    """
    if not words:
        return []
    ranked = _ranked_by_postgres if connection.vendor == "postgresql" else _ranked_by_fts
    rows = ranked(words)
    kind = {rows.key + "content_type": ContentType.objects.get_for_model(model).pk}
    return list(
        rows.found.filter(**kind).values_list(rows.key + "object_id", flat=True)[:CANDIDATES]
    )


class _Ranked:
    """Entries of the index in order, and how their columns are reached from there."""

    def __init__(self, found: models.QuerySet[Any], key: str) -> None:
        self.found, self.key = found, key


def _ranked_by_fts(words: list[str]) -> _Ranked:
    from modelsearch.backends.database.sqlite.query import (
        BM25,
        Lexeme,
        MatchExpression,
        SearchQueryExpression,
    )

    query = SearchQueryExpression(reduce(or_, [Lexeme(word) for word in words]))
    entries = get_app_config().get_model("SQLiteFTSIndexEntry").objects
    return _Ranked(
        entries.filter(MatchExpression(["title", "body"], query)).order_by(BM25()), "index_entry__"
    )


def _ranked_by_postgres(words: list[str]) -> _Ranked:
    from django.contrib.postgres.search import SearchQuery, SearchRank
    from django.db.models import F, Q

    query = reduce(or_, [SearchQuery(word, config="simple") for word in words])
    entries = get_app_config().get_model("IndexEntry").objects
    rank = SearchRank(F("title"), query) * 2 + SearchRank(F("body"), query)
    return _Ranked(entries.filter(Q(title=query) | Q(body=query)).order_by(rank.desc(), "pk"), "")
