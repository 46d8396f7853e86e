"""Rows and listings to export, hostile ones among them. No database."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from home.exports import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ZONE = ZoneInfo("Asia/Vladivostok")
MOMENT = dt.datetime(2026, 11, 24, 5, 0, tzinfo=dt.UTC)
COLUMNS = (
    Column("id", "Номер", "integer"),
    Column("title", "Название", width=60),
    Column("summary", "Кратко"),
    Column("problem", "Для чего"),
    Column("municipality", "Место"),
    Column("category", "Категория"),
    Column("status", "Статус"),
    Column("language", "Язык"),
    Column("support_count", "Поддержка", "integer"),
    Column("imported_support_count", "Перенесённая поддержка", "integer"),
    Column("latitude", "Широта", "decimal"),
    Column("answer_due_on", "Ответ до", "date"),
    Column("submitted_at", "Подано", "datetime"),
    Column("url", "Адрес", "link"),
)
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A2)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "x;=1+1",
    "x\n=1+1",
    "x\r\n@SUM(A1)",
    "x\t-1",
    '";=1+1;"',
    '"=1+1"',
    'x";"=1+1',
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    '=HYPERLINK("https://evil.example","x")',
    "https://evil.example/",
    "{=1+1}",
    "a\x00b\x1b[31mc\x07",
    "half \ud800 a character \udfff",
    "not a character \ufffe\uffff",
    "_x0041_ and _x000D_",
    "<script>alert(1)</script> & \"quotes\" 'too'",
    "\u202egnp.exe",
    "0012345",
    "1e5",
    "TRUE",
    "../../../etc/passwd",
    r"\\evil.example\share\x.exe",
    '#panic("typst") *b* $x$ @ref <label> // /* `raw` \\u{41} [c]',
)


def row(number: int = 1, **values: Any) -> dict[str, Any]:
    """A row that nobody could object to."""
    return {
        "id": number,
        "title": "Раннее предупреждение о паводке на Амуре",
        "summary": "Двенадцать датчиков на притоках и сообщения за шесть часов.",
        "problem": "Жители узнавали о подъёме воды за час.\n\nДанные приходят раз в сутки.",
        "municipality": "Комсомольск-на-Амуре",
        "category": "Безопасность",
        "status": "У правительства",
        "language": "ru",
        "support_count": 1512,
        "imported_support_count": 0,
        "latitude": None,
        "answer_due_on": dt.date(2026, 12, 24),
        "submitted_at": dt.datetime(2026, 11, 3, 23, 5, tzinfo=dt.UTC),
        "url": f"https://boiling-point.example/ru/proposals/{number}/",
    } | values


def hostile_rows() -> list[dict[str, Any]]:
    """One row for each hostile text, with it in every field that people fill."""
    people_fill = ("title", "summary", "problem", "municipality", "category", "status")
    return [
        row(number, **dict.fromkeys(people_fill, text)) for number, text in enumerate(HOSTILE, 1)
    ]


def many_rows(count: int) -> Iterator[dict[str, Any]]:
    """Rows made one at a time, all different."""
    for number in range(1, count + 1):
        yield row(number, title=f"Предложение {number}", support_count=number)


def listing(rows: Iterable[dict[str, Any]], **fields: Any) -> Listing:
    """A Russian listing of the given rows."""
    return Listing(
        **{
            "title": "Предложения: Безопасный берег 2026",
            "columns": COLUMNS,
            "rows": rows,
            "site": "Амур 100°",
            "language": "ru",
            "generated_at": MOMENT,
            "zone": ZONE,
            "filters": [("Статус", "У правительства")],
        }
        | fields
    )
