"""Whether a round may open: the sheet of checks that staff go through before they say go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from home.models import HomePage
from voting.money import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voting.models import Option, Round

SHORTEST, LONGEST = timedelta(days=1), timedelta(days=90)


@dataclass(frozen=True)
class Check:
    """One line of the sheet: whether it is as it should be, and the words for how it is."""

    passed: bool
    words: str


def checks(round_: Round, *, rehearsed: bool) -> list[Check]:
    """All lines of the sheet. Two queries, three with paper."""
    options = list(round_.options.order_by("number"))
    parts = (
        _dates(round_),
        _options(round_, options),
        _texts(round_, options),
        _money(round_, options),
        _who(round_),
        [(rehearsed, _("The round was rehearsed with these very rules."))],
    )
    return [Check(passed, words) for part in parts for passed, words in part]


def _dates(round_: Round) -> Iterator[tuple[bool, str]]:
    opens, closes = (
        date_format(timezone.localtime(moment), "DATETIME_FORMAT")
        for moment in (round_.opens_at, round_.closes_at)
    )
    yield round_.is_coming, _("It opens in the future (%(moment)s).") % {"moment": opens}
    days = (round_.closes_at - round_.opens_at).days
    words = ngettext(
        "It is open for %(count)d day (until %(moment)s).",
        "It is open for %(count)d days (until %(moment)s).",
        days,
    )
    length = round_.closes_at - round_.opens_at
    yield SHORTEST <= length <= LONGEST, words % {"count": days, "moment": closes}


def _options(round_: Round, options: list[Option]) -> Iterator[tuple[bool, str]]:
    count = len(options)
    words = ngettext("There is %(count)d option.", "There are %(count)d options.", count)
    yield count > 1, words % {"count": count}
    numbered = [option.number for option in options] == list(range(1, count + 1))
    yield numbered, _("They are numbered from 1 without a gap.")
    held = [option["title"] for option in round_.rules["options"]]
    yield held == [option.title for option in options], _("The rules hold these very options.")
    if round_.limit is not None:
        yield (
            round_.limit <= count,
            _("A ballot may name %(limit)d of them.") % {"limit": round_.limit},
        )
    if not round_.is_budget:
        words = _("%(seats)d can win, fewer than there are.") % {"seats": round_.seats}
        yield round_.seats < count, words


def _texts(round_: Round, options: list[Option]) -> Iterator[tuple[bool, str]]:
    for code, name in settings.LANGUAGES:
        lacking = [str(_("title"))] if not round_.title.get(code) else []
        lacking += [str(_("what is decided"))] if not round_.intro.get(code) else []
        lacking += [f"№ {option.number}" for option in options if not option.title.get(code)]
        if lacking:
            words = _("%(language)s lacks: %(parts)s.")
            yield False, words % {"language": name, "parts": ", ".join(lacking)}
        else:
            yield True, _("All titles are there in %(language)s.") % {"language": name}


def _money(round_: Round, options: list[Option]) -> Iterator[tuple[bool, str]]:
    if not round_.is_budget or not options:
        return
    budget = round_.budget_minor or 0
    costs = [option.cost_minor for option in options]
    figures = {
        "budget": in_words(budget, round_.currency),
        "least": in_words(min(costs), round_.currency),
        "all": in_words(sum(costs), round_.currency),
    }
    yield all(costs), _("Every option has a cost.")
    yield min(costs) <= budget, _("The budget of %(budget)s buys at least one.") % figures
    yield max(costs) <= budget, _("No option alone is dearer than the budget.")
    yield sum(costs) > budget, _("Not all can be bought: together they cost %(all)s.") % figures


def _who(round_: Round) -> Iterator[tuple[bool, str]]:
    words = _("Who votes has this level: %(level)s.") % {"level": round_.get_level_display()}
    yield round_.level > 0, words
    if round_.residents_only:
        count = len(round_.rules["municipalities"])
        words = ngettext(
            "Residents of %(count)d municipality may vote.",
            "Residents of %(count)d municipalities may vote.",
            count,
        )
        yield count > 0, words % {"count": count}
    if round_.paper:
        homes = HomePage.objects.live().values_list("address", "hours")
        words = _("The address and the opening hours for paper ballots stand on the front page.")
        yield all(address and hours for address, hours in homes), words
    yield True, _("Ties are broken as the round's page says, in the end by lot from the seal.")
    if round_.open_record:
        yield True, _("Ballots are published without names; voters are told so before they vote.")
    else:
        yield True, _("Only sums are published; voters are told so before they vote.")
