"""Tags and filters of ballots' pages: words in the reader's language, money, what is not cast."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from home.words import said
from proposals import choices
from voting import money, result_words, round_lists
from voting.results import outcome_of
from voting.uncast import uncast_ballots

if TYPE_CHECKING:
    from proposals.models import Proposal
    from voting.ballots import Ballot
    from voting.models import Round
    from voting.supports import SupportBook
    from voting.uncast import Uncast

register = template.Library()


@register.filter(name="said")
def said_words(words: dict[str, str]) -> str:
    """The text of a `WordsField` in the active language, else the one there is."""
    return said(words)[0]


@register.simple_tag
def lang_of(words: dict[str, str]) -> SafeString:
    """lang="ru" for a text that there is not in the active language; else nothing."""
    language = said(words)[1]
    if not language or language == get_language():
        return SafeString("")
    return format_html(' lang="{}"', language)


@register.filter(name="money")
def money_in_words(minor: int, currency: str) -> str:
    """`{{ option.cost_minor|money:round.currency }}`"""
    return money.in_words(minor, currency)


@register.filter
def figure(number: Fraction | int | str) -> str:
    """A number as people write it; fractions come out of JSON as text such as "7/3"."""
    return result_words.figure(Fraction(number))


@register.filter
def signed(number: Fraction | int) -> str:
    """A difference with its sign, and 0 without one.

    >>> signed(3), signed(-2), signed(0)
    ('+3', '−2', '0')
    """
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return sign + figure(abs(number))


@register.filter
def rounded_money(minor: Fraction | int | str, currency: str) -> str:
    """An amount that may be a fraction, to the smallest unit."""
    return money.in_words(round(Fraction(minor)), currency)


register.simple_tag(outcome_of)
register.simple_tag(round_lists.open_now, name="open_rounds")
register.simple_tag(round_lists.of_call, name="rounds_of_call")
register.simple_tag(result_words.headline)
register.simple_tag(result_words.tie_words)
register.simple_tag(result_words.stage_words)


@register.simple_tag
def method_of(proposal: Proposal, supports: SupportBook) -> str:
    """Where it is explained how a proposal's supports are counted, or "". No query."""
    round_ = supports.rounds.get(proposal.pk)
    return reverse("voting:method", args=[round_.pk]) if round_ else ""


@register.simple_tag
def currency_of(round_: Round) -> dict[str, Any]:
    """How scripts write an amount: how many minor units make one, and the sign behind it."""
    unit = 10 ** money.exponent(round_.currency)
    return {"unit": unit, "sign": money.SIGNS.get(round_.currency, round_.currency)}


@register.simple_tag
def total_pattern(round_: Round) -> str:
    """What is said of a ballot filled in so far: “{n} of 5 chosen · {left} ₽ left”."""
    figures = {"limit": round_.limit, "sign": money.SIGNS.get(round_.currency, round_.currency)}
    parts = [_("{n} of %(limit)s chosen") if round_.limit else _("{n} chosen")]
    if round_.is_budget:
        parts.append(
            _("{left} %(sign)s left") if round_.fits_budget else _("{sum} %(sign)s together")
        )
    return " · ".join(parts) % figures


@register.filter
def total(ballot: Ballot, pattern: str) -> str:
    """The pattern with what is marked; on the page a script goes on from there."""
    currency, spent = ballot.round.currency, ballot.spent_minor
    left = (ballot.round.budget_minor or 0) - spent
    figures = {
        "{n}": str(len(ballot.marked)),
        "{sum}": money.digits(spent, currency),
        "{left}": money.digits(left, currency),
    }
    for name, words in figures.items():
        pattern = pattern.replace(name, words)
    return pattern


@register.simple_tag
def places_of(round_: Round) -> list[str]:
    """Names of the municipalities whose residents may vote; empty for everybody. Kept a minute."""
    wanted = set(round_.rules["municipalities"]) if round_.residents_only else set()
    return [place.name for place in choices.places() if place.slug in wanted] if wanted else []


@register.simple_tag(takes_context=True)
def uncast(context: dict[str, Any]) -> list[Uncast]:
    """Ballots this person began and has not cast, except on their own page. No query."""
    request = context.get("request")
    if request is None or not hasattr(request, "session"):
        return []
    here = request.path
    return [row for row in uncast_ballots(request) if f"/rounds/{row.round_id}/" not in here]
