"""Text to the words we index and look up, alike on every database. Pure; no Django.

Russian and English words are cut to their stem; Japanese, which has no spaces, to pairs of
characters. Both databases then only have to compare plain words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from threading import Lock

import snowballstemmer

_RUN = re.compile(
    r"(?P<cjk>[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+)"
    r"|(?P<cyrillic>[\u0400-\u04ff]+)"
    r"|(?P<latin>[^\W\d_\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+)"
    r"|(?P<number>\d+)"
)
# "паводок" and "паводка" are one word: the vowel before the last consonant comes and goes.
_FLEETING = re.compile(r"(?<=\w\w)[ое](?=[кц]$)")
_STEMMERS = {
    "cyrillic": snowballstemmer.stemmer("russian"),
    "latin": snowballstemmer.stemmer("english"),
}
_ONE_AT_A_TIME = Lock()


def index_terms(text: str) -> str:
    """The words under which a text can be found, separated by spaces.

    >>> index_terms("Паводки на Амуре")
    'паводк на амур'
    >>> index_terms("Flooded villages, 2026")
    'flood villag 2026'
    >>> index_terms("洪水警報")
    '洪水 水警 警報 洪 水 警 報'
    """
    return " ".join(_terms(text, single_characters=True))


def query_terms(text: str) -> str:
    """The words to look up for what somebody typed; all of them should occur.

    >>> query_terms("паводком")
    'паводк'
    >>> query_terms("паводок")
    'паводк'
    >>> query_terms("洪水警報")
    '洪水 水警 警報'
    >>> query_terms("水")
    '水'
    """
    return " ".join(_terms(text, single_characters=False))


def _terms(text: str, *, single_characters: bool) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    found: list[str] = []
    for match in _RUN.finditer(folded):
        run, script = match.group(), match.lastgroup or ""
        if script == "cjk":
            found += _pairs(run, single_characters=single_characters)
        else:
            found.append(_stem(run, script))
    return found


# A stemmer in Python takes 0.1 ms a word: without the cache, indexing 35,000 texts takes minutes
# and saving a draft shows.
@lru_cache(maxsize=20_000)
def _stem(word: str, script: str) -> str:
    if script not in _STEMMERS:
        return word
    # A stemmer works inside itself: two threads at once would mix up their words.
    with _ONE_AT_A_TIME:
        stem = _STEMMERS[script].stemWord(word)
    return _FLEETING.sub("", stem) if script == "cyrillic" else stem


def _pairs(run: str, *, single_characters: bool) -> list[str]:
    """Neighbouring characters two by two; lone characters too where the text is indexed."""
    pairs = [first + second for first, second in pairwise(run)]
    return pairs + list(run) if single_characters or not pairs else pairs
