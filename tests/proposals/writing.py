"""What the tests of writing a proposal type, and where they send it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

TITLE = "Датчики на притоках, чтобы знать о паводке заранее"
TEXTS = {
    "problem": "Узнаём за час.",
    "solution": "Двенадцать датчиков.",
    "beneficiaries": "Все у реки.",
    "summary": "Датчики и сообщения.",
}


def url(name: str, *args: Any) -> str:
    return reverse(f"proposals:{name}", args=args)
