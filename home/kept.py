"""What is the same for all visitors, kept for a minute or until something is published.

Every publication moves to a new generation of keys, so it shows at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Callable

# Not `caches["pages"]`: that would be the one of the thread that imports this.
pages = ConnectionProxy(caches, "pages")
# Of each worker for itself, where reading costs least; the generation is common to all of them.
memory = ConnectionProxy(caches, "memory")

SECONDS = 60
GENERATION = "public-pages-generation"


def generation() -> int:
    """Part of every key: what was kept under another number is never found again."""
    return pages.get(GENERATION, 0)


def forget_all() -> None:
    """Drop everything kept: something was published, decided or answered."""
    try:
        pages.incr(GENERATION)
    except ValueError:
        pages.set(GENERATION, 1, None)


def kept(name: str, make: Callable[[], Any], store: ConnectionProxy = memory) -> Any:
    """What `make` gives in the active language, made anew at most once a minute.

    What visitors type belongs into the store of pages, or searches would fill the memory.
    """
    return store.get_or_set(_key(name), make, SECONDS)


def drop(name: str) -> None:
    """Have it made anew: somebody asked for what was not there a minute ago."""
    memory.delete(_key(name))


def _key(name: str) -> str:
    return f"{name}:{get_language()}:{generation()}"
