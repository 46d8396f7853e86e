"""A dossier in the words of one language: one document that every format sets out. No models.

`document_of` reads a frozen snapshot alone, of any version.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from government.dossier_blocks import Document, Facts, Section, Words, day, guess_language, share
from government.dossier_sections import place_of, sections_of
from government.snapshots import completed, contents_hash, in_language
from home.charts import figure

if TYPE_CHECKING:
    from government.snapshots import Snapshot


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
    if found := snapshot["assessment"]:
        shown.append((found["total"] or "–", _("points of expert review"), place_of(found)))
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
        (_("Contact"), Words(snapshot["contact"])),
    ]
    return [(label, words) for label, words in facts if words.text]
