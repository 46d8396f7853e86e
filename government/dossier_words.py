"""A dossier in the words of one language: one document that every format sets out. No models.

`document_of` reads a frozen snapshot alone, of any version.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

from government.dossier_blocks import (
    Document,
    Facts,
    Section,
    Words,
    day,
    guess_language,
    points,
    share,
)
from government.dossier_changes import cost_in_words
from government.dossier_sections import place_of, sections_of
from government.snapshots import completed, contents_hash, in_language
from home.charts import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from government.snapshots import Snapshot

FIGURES = 3  # that page one needs to be looked at
ARGUMENTS, ARGUMENT_CHARACTERS = 3, 200  # of each side on page one; all of them stand below


def document_of(stored: Snapshot | dict[str, Any], language: str) -> Document:
    """The document, its words in `language`, which has to be the active one too."""
    snapshot = completed(stored)
    proposal, referral = snapshot["proposal"], snapshot["referral"]
    own = proposal["language"]
    note = referral["note"] if referral else ""
    made_at = referral["made_at"] if referral and snapshot["number"] == 1 else None
    return Document(
        language=language,
        site=in_language(snapshot["site"], language),
        kind=_("Dossier on a residents' proposal"),
        title=Words(proposal["title"], own),
        summary=Words(proposal["summary"], own),
        body=in_language(referral["body"], language) if referral else "",
        due=day(referral["due_on"]) if referral else "",
        figures=_figures(snapshot),
        facts=Facts(_facts(snapshot, language)),
        recommendation=Words(note, guess_language(note, language)),
        url=proposal["url"],
        contents_hash=contents_hash(stored),
        number=_number(snapshot),
        made_at=dt.datetime.fromisoformat(made_at or snapshot["figures"]["as_of"]),
        sections=[
            Section(heading, blocks)
            for heading, found in sections_of(snapshot, language, contents_hash(stored))
            if (blocks := list(found))
        ],
    )


def _number(snapshot: Snapshot) -> str:
    name = _("Dossier on proposal No. %(number)s") % {"number": snapshot["proposal"]["id"]}
    if snapshot["number"] > 1:
        name += ", " + _("version %(number)s") % {"number": snapshot["number"]}
    return name


def _figures(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Value, what it counts, and what it is measured by."""
    figures, threshold = snapshot["figures"], snapshot["call"]["threshold"]
    population, cast = snapshot["proposal"]["population"], figures["support_count"]
    needed = _("threshold %(threshold)s") % {"threshold": figure(threshold)}
    shown = [(figure(cast), ngettext("support", "supports", cast), needed)]
    if population:
        living = _("%(count)s live there") % {"count": figure(population)}
        shown.append((share(cast, population), _("of the people of the place"), living))
    if imported := figures["imported_support_count"]:
        label = ngettext("imported support", "imported supports", imported)
        shown.append((figure(imported), label, _("from an earlier count, not added")))
    places = [group for group in snapshot["votes"]["by_municipality"] if group["key"]]
    if places and len(shown) < FIGURES:
        label = npgettext("figure", "municipality", "municipalities", len(places))
        shown.append((figure(len(places)), label, _("where supporters live")))
    if found := snapshot["assessment"]:
        shown.append((points(found["total"]), _("points of expert review"), place_of(found)))
    return shown


def _facts(snapshot: Snapshot, language: str) -> list[tuple[str, Words]]:
    proposal = snapshot["proposal"]
    place = in_language(proposal["municipality"], language) or _("the whole Territory")
    if proposal["point"]:
        place += f" ({', '.join(proposal['point'])})"
    own = proposal["language"]
    facts = [
        (pgettext("of a proposal", "Place"), Words(place)),
        (_("Category"), Words(in_language(proposal["category"], language))),
        (_("Author"), Words(proposal["author_name"])),
        (_("Sent in"), Words(day(proposal["submitted_at"]) if proposal["submitted_at"] else "")),
        (_("Call"), Words(in_language(snapshot["call"]["title"], language))),
        (_("For whom"), Words(proposal["beneficiaries"], own)),
        (_("Tags"), Words(", ".join(proposal["tags"]), own)),
        *_review(snapshot),
        (_("Cost and who pays"), Words(_cost(snapshot, language))),
        *_arguments(snapshot),
        (_("Contact"), Words(snapshot["contact"])),
    ]
    return [(label, words) for label, words in facts if words.text]


def _review(snapshot: Snapshot) -> Iterator[tuple[str, Words]]:
    """How far reviewers stand apart, beside the figure of their points."""
    if (found := snapshot["assessment"]) and found["total_spread"]:
        yield _("Spread of the points"), Words(points(found["total_spread"]))


def _cost(snapshot: Snapshot, language: str) -> str:
    if cost := snapshot.get("cost"):
        return cost_in_words(cost, language)
    return _("Authors are not asked for a sum. The answer says from which budget line it is paid.")


def _arguments(snapshot: Snapshot) -> Iterator[tuple[str, Words]]:
    """The strongest of each side; the place of all is kept until there are any."""
    sides = (("for", _("Arguments for")), ("against", _("Arguments against")))
    if not any(snapshot["arguments"].values()):
        yield _("Arguments"), Words(_("Residents cannot give arguments on the site yet."))
    for side, label in sides:
        if given := snapshot["arguments"][side][:ARGUMENTS]:
            short = [Truncator(one["text"]).chars(ARGUMENT_CHARACTERS) for one in given]
            lines = [f"{place}. {text}" for place, text in enumerate(short, 1)]
            yield label, Words("\n".join(lines), given[0]["language"])
