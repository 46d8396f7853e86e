"""Amounts of money in words: kept as whole minor units, shown as people write them."""

from __future__ import annotations

from django.utils.formats import number_format

SIGNS = {"RUB": "₽", "JPY": "¥", "USD": "$", "EUR": "€"}
# Currencies whose smallest unit is the only one.
WHOLE = frozenset({"JPY", "KRW"})


def exponent(currency: str) -> int:
    """How many digits of an amount stand behind the comma."""
    return 0 if currency in WHOLE else 2


def in_words(minor: int, currency: str) -> str:
    """An amount in the active language's way of writing numbers; whole units without a comma.

    >>> from django.utils.translation import override
    >>> with override("en"):
    ...     in_words(120_000_050, "RUB"), in_words(120_000_000, "RUB"), in_words(5, "CHF")
    ('1,200,000.50\\xa0₽', '1,200,000\\xa0₽', '0.05\\xa0CHF')
    """
    return f"{digits(minor, currency)}\N{NO-BREAK SPACE}{SIGNS.get(currency, currency)}"


def digits(minor: int, currency: str) -> str:
    """The amount alone, where the currency's sign stands in the sentence around it."""
    unit = 10 ** exponent(currency)
    whole, rest = divmod(abs(minor), unit)
    places = exponent(currency) if rest else 0
    # As text, and not divided: a float would lose kopecks of large budgets.
    exact = f"{whole}.{rest:0{places}d}" if places else str(whole)
    words = number_format(exact, decimal_pos=places, force_grouping=True)
    return f"−{words}" if minor < 0 else words
