"""How numbers of assessment are written for people, in the active language. No models."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import pgettext

from home.words import said


def in_percent(weight: Decimal | str) -> str:
    """A weight as people say it: "0.300" is 30%, 0.125 is 12.5%."""
    percent = (Decimal(weight) * 100).normalize()
    digits = max(0, -int(percent.as_tuple().exponent))
    return pgettext("weight", "%(number)s%%") % {"number": number_format(percent, digits)}


def call_of(told: dict[str, Any]) -> str:
    """The call's title in a protocol's contents; version 1 kept that of the source language."""
    title = told["round"]["call"]
    return title if isinstance(title, str) else said(title)[0]
