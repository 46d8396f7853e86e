"""A result in sentences: who won with how much, how ties were broken. No queries."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from home.words import said
from voting.money import in_words

if TYPE_CHECKING:
    from voting.results import OptionResult, Outcome


QUOTES = ("«", "“", "„", "「", "『", '"')


def figure(number: Fraction | int) -> str:
    """A number as people write it: whole, or with two digits behind the comma.

    >>> from fractions import Fraction
    >>> from django.utils.translation import override
    >>> with override("en"):
    ...     figure(Fraction(12000)), figure(Fraction(7, 3)), figure(Fraction(-1, 8))
    ('12,000', '2.33', '-0.12')
    """
    hundredths = round(number * 100)
    if hundredths % 100 == 0:
        return number_format(hundredths // 100, decimal_pos=0, force_grouping=True)
    sign, (whole, rest) = "-" if hundredths < 0 else "", divmod(abs(hundredths), 100)
    return number_format(f"{sign}{whole}.{rest:02d}", decimal_pos=2, force_grouping=True)


def quoted(words: dict[str, str]) -> str:
    """A title within the active language's quotation marks, unless it brings its own."""
    title = said(words)[0]
    return title if title[:1] in QUOTES else _("“%(title)s”") % {"title": title}


def headline(outcome: Outcome) -> str:
    """The result in one sentence."""
    winners = outcome.winners
    if not winners:
        return str(_("Nothing has a vote so far.") if outcome.is_live else _("Nothing won."))
    if outcome.round.is_budget:
        return _budget_spent(outcome, winners)
    if len(winners) > 1:
        titles = ", ".join(quoted(row.words) for row in winners)
        words = _("%(titles)s lead.") if outcome.is_live else _("%(titles)s won.")
        return words % {"titles": titles}
    return _one_won(outcome, winners[0])


def _budget_spent(outcome: Outcome, winners: list[OptionResult]) -> str:
    figures = {
        "count": len(winners),
        "all": len(outcome.rows),
        "spent": in_words(outcome.tally["spent_minor"], outcome.round.currency),
        "budget": in_words(outcome.tally["budget_minor"], outcome.round.currency),
    }
    return (
        ngettext(
            "%(count)d of %(all)d projects is chosen, for %(spent)s of %(budget)s.",
            "%(count)d of %(all)d projects are chosen, for %(spent)s of %(budget)s.",
            len(winners),
        )
        % figures
    )


def _one_won(outcome: Outcome, winner: OptionResult) -> str:
    figures = {
        "title": quoted(winner.words),
        "votes": figure(_votes_in_the_end(outcome, winner)),
        "ballots": figure(outcome.tally["ballots"]),
        "mean": figure(winner.mean or 0),
    }
    if outcome.round.method == "score":
        words = (
            _("%(title)s leads with %(votes)s points, %(mean)s on average.")
            if outcome.is_live
            else _("%(title)s won with %(votes)s points, %(mean)s on average.")
        )
        return words % figures
    if outcome.tally["stages"]:
        figures["counting"] = figure(outcome.valid - (outcome.exhausted or 0))
        return _of_counting(outcome) % figures
    return _of_ballots(outcome) % figures


def _of_counting(outcome: Outcome) -> str:
    """Of a ranked count; who names nobody that is left is not in its quota either."""
    if outcome.is_live:
        return _("%(title)s leads with %(votes)s of %(counting)s votes that still count.")
    return _("%(title)s won with %(votes)s of %(counting)s votes that still count.")


def _of_ballots(outcome: Outcome) -> str:
    ballots = outcome.tally["ballots"]
    if outcome.is_live:
        return ngettext(
            "%(title)s leads with %(votes)s of %(ballots)s ballot.",
            "%(title)s leads with %(votes)s of %(ballots)s ballots.",
            ballots,
        )
    return ngettext(
        "%(title)s won with %(votes)s of %(ballots)s ballot.",
        "%(title)s won with %(votes)s of %(ballots)s ballots.",
        ballots,
    )


def _votes_in_the_end(outcome: Outcome, winner: OptionResult) -> Fraction | int:
    """What a ranked count's winner had at its last stage; of any other, what it has."""
    stages = outcome.tally["stages"]
    return _at(stages[-1], winner.number) if stages else winner.total


def _at(stage: dict[str, Any], number: int) -> Fraction:
    return next(Fraction(votes) for option, votes in stage["totals"] if option == number)


BROKEN_BY = {
    "votes": lambda: _("more votes put it first"),
    "cost": lambda: _("the lower cost put it first"),
    "earlier": lambda: _("more votes at an earlier stage put it first"),
    "lot": lambda: _("a lot put it first, drawn from the seal that closed the vote"),
    "number": lambda: _("the lot is drawn once the vote is closed and sealed"),
}


def tie_words(outcome: Outcome, tie: dict[str, Any]) -> str:
    """Which options were level and what put one first."""
    first, *others = (quoted(outcome.words.get(number, {})) for number in tie["options"])
    return _("%(first)s was level with %(others)s: %(how)s.") % {
        "first": first,
        "others": ", ".join(others),
        "how": BROKEN_BY[tie["broken_by"]](),
    }


def stage_words(outcome: Outcome, stage: dict[str, Any]) -> str:
    """What happened at one stage of a ranked count."""
    titles = [quoted(outcome.words.get(number, {})) for number in stage["options"]]
    elected = [quoted(outcome.words.get(number, {})) for number in stage["elected"]]
    happened = {
        "first": _("First places."),
        "surplus": _("What %(titles)s had over the quota goes to the next places."),
        "exclusion": _("%(titles)s drops out, and its ballots go to their next places."),
        "last": _("No more are left than there are seats."),
    }[stage["kind"]] % {"titles": ", ".join(titles)}
    if not elected:
        return happened
    return f"{happened} " + _("Elected: %(titles)s.") % {"titles": ", ".join(elected)}
