"""What a dossier is made of: sections of blocks, and days and shares in words. No models.

Every format sets out the same blocks, so none of them can lack what another has.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from home.charts import Chart

KANA = re.compile("[\u3040-\u30ff]")
CYRILLIC = re.compile("[\u0400-\u04ff]")


class Words(NamedTuple):
    """A text, and its language where that is not the reader's.

    Only a text of kind `url` is a link: an address of ours. One of kind `code` must not be broken.
    """

    text: str
    lang: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Prose:
    """A text under a label."""

    label: str
    words: Words
    kind: str = "prose"


@dataclass(frozen=True)
class Note:
    """A sentence of ours."""

    text: str
    kind: str = "note"


@dataclass(frozen=True)
class Facts:
    """Labels with a value each."""

    pairs: list[tuple[str, Words]]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """Rows under heads; `title` names the sheet it gets in a workbook."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[Words, ...]]
    kind: str = "table"


@dataclass(frozen=True)
class Picture:
    """A chart; its table stands behind it."""

    chart: Chart
    kind: str = "picture"

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [cells for _bar, cells in self.chart.rows]


Block = Prose | Note | Facts | Table | Picture


@dataclass(frozen=True)
class Section:
    """A heading with blocks below it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """Page one, which alone is enough to decide on, and the sections after it."""

    language: str
    site: str
    kind: str
    title: Words
    summary: Words
    body: str
    due: str
    figures: list[tuple[str, str, str]]
    facts: Facts
    recommendation: Words
    url: str
    contents_hash: str
    number: str
    made_at: dt.datetime
    sections: list[Section] = field(default_factory=list)


def day(text: str) -> str:
    """An ISO date or moment as a day in words, in the site's own zone."""
    return date_format(_local(text), "DATE_FORMAT")


def moment(text: str) -> str:
    """An ISO moment in words, in the site's own zone."""
    return date_format(_local(text), "DATETIME_FORMAT")


def _local(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    return found.astimezone(timezone.get_default_timezone()) if found.tzinfo else found


def points(text: str | None) -> str:
    """Points of expert review, kept as "7.80", as the active language writes numbers.

    >>> from django.utils.translation import override
    >>> with override("ru"):
    ...     points("7.80"), points(None)
    ('7,80', '–')
    """
    return number_format(text) if text else "–"


def guess_language(text: str, default: str) -> str:
    """The language of a text by its letters, so that a screen reader takes the right voice.

    >>> guess_language("Порог пройден", "ja"), guess_language("しきい値", "ru")
    ('ru', 'ja')
    """
    if KANA.search(text):
        return "ja"
    return "ru" if CYRILLIC.search(text) else default


def share(part: int, whole: int) -> str:
    """A percentage with two digits that count, never rounded down to nothing."""
    percent = Decimal(part) * 100 / whole
    places = 0 if percent >= 10 else 1 if percent >= 1 else 2
    rounded = percent.quantize(Decimal(1).scaleb(-places), ROUND_UP if percent < 1 else None)
    return _("%(number)s%%") % {"number": number_format(rounded, places)}
