"""The sections of a dossier after its first page, from a snapshot alone, in the active language."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessment.words import in_percent
from government.dossier_blocks import (
    Block,
    Facts,
    Note,
    Picture,
    Prose,
    Table,
    Words,
    day,
    guess_language,
    moment,
    points,
)
from government.dossier_changes import change_labels, changes_blocks, changes_heading
from government.snapshots import in_language
from home.charts import Bar, BarList, StepLine, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from government.snapshots import GroupPart, Snapshot


def sections_of(
    snapshot: Snapshot, language: str, own_hash: str
) -> Iterator[tuple[str, Iterator[Block]]]:
    """Heading and blocks of each section in order; one without blocks is not shown."""
    yield _("The proposal in full"), _text(snapshot)
    yield _("Versions of the text"), _versions(snapshot, language)
    yield _("Supports"), _votes(snapshot, language)
    yield _("How far the figure can be trusted"), _integrity(snapshot, language)
    for side, heading in (("for", _("Arguments for")), ("against", _("Arguments against"))):
        yield heading, _arguments(snapshot, side)
    yield pgettext("heading", "Expert review"), _assessment(snapshot, language)
    yield _("Attachments"), _attachments(snapshot)
    yield _("Similar proposals"), _similar(snapshot, language)
    yield _("Course so far"), _history(snapshot, language)
    yield changes_heading(snapshot), changes_blocks(snapshot, language)
    yield _("How to check this paper"), _check(snapshot, own_hash)


def _text(snapshot: Snapshot) -> Iterator[Block]:
    proposal = snapshot["proposal"]
    for label, name in ((_("What for"), "problem"), (_("What should be done"), "solution")):
        if text := proposal[name]:  # type: ignore[literal-required]
            yield Prose(label, Words(text, proposal["language"]))


def _versions(snapshot: Snapshot, language: str) -> Iterator[Block]:
    """Earlier words that differ from those in full above; a single version says nothing."""
    if len(snapshot["versions"]) < 2:
        return
    labels, now = change_labels(), snapshot["proposal"]
    for version in snapshot["versions"]:
        name = _("Version %(number)s of %(day)s: %(occasion)s") % {
            "number": version["number"],
            "day": day(version["made_at"]),
            "occasion": in_language(version["occasion"], language),
        }
        other = {key: text for key, text in version["words"].items() if text != now.get(key)}
        if not other:
            yield Note(_("%(version)s. The words are those above.") % {"version": name})
            continue
        yield Note(_("%(version)s. These words were different:") % {"version": name})
        for key, text in other.items():
            yield Prose(labels[key], Words(text or "–", now["language"]))


def _votes(snapshot: Snapshot, language: str) -> Iterator[Block]:
    votes = snapshot["votes"]
    if votes["by_day"]:
        yield Picture(_line(snapshot))
    kinds = (
        ("by_municipality", _("Supporters by municipality"), _("Municipality")),
        ("by_channel", _("Supports by the way they were cast"), _("Way")),
        ("by_level", _("Supports by how surely voters are known"), _("Assurance level")),
    )
    for key, title, head in kinds:
        yield from _groups(key, title, head, votes[key], language)  # type: ignore[literal-required]
    if votes["by_municipality"]:
        yield Note(
            _(
                "Municipalities are those that supporters' accounts name now. Groups of fewer than "
                "10 are not counted out, and the figure next to one may be rounded down."
            )
        )
    yield from _seal(snapshot)


def _line(snapshot: Snapshot) -> StepLine:
    days = snapshot["votes"]["by_day"]
    threshold = snapshot["call"]["threshold"]
    ends = {"first": day(days[0][0]), "last": day(days[-1][0]), "count": figure(days[-1][1])}
    return StepLine(
        key="by-day",
        title=_("Supports over time"),
        description=_("%(count)s supports stood on %(last)s; the first came on %(first)s.") % ends,
        heads=(_("Date"), _("Supports")),
        points=[(dt.date.fromisoformat(on), count) for on, count in days],
        threshold=threshold,
        threshold_label=_("threshold %(threshold)s") % {"threshold": figure(threshold)},
    )


def _groups(
    key: str, title: str, head: str, groups: list[GroupPart], language: str
) -> Iterator[Block]:
    """Bars of the groups that are told, then the names of those too small to be."""
    bars = [
        Bar(_name(group, language), group["count"], _told(group))
        for group in groups
        if group["told"] != "few"
    ]
    if bars:
        words = "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
        heads = (head, _("Supports"))
        yield Picture(BarList(key=key, title=title, description=words, heads=heads, bars=bars))
    if few := [_name(group, language) for group in groups if group["told"] == "few"]:
        names = {"title": title, "names": "; ".join(few)}
        yield Note(_("%(title)s, fewer than 10 each: %(names)s.") % names)


def _name(group: GroupPart, language: str) -> str:
    return in_language(group["name"], language) or _("not told")


def _told(group: GroupPart) -> str:
    count = figure(group["count"])
    return _("at least %(count)s") % {"count": count} if group["told"] == "least" else count


def _seal(snapshot: Snapshot) -> Iterator[Block]:
    seal = snapshot["votes"]["seal"]
    if seal is None:
        return
    if seal["is_closing"]:
        sentence = _("The count is closed, and this seal holds every vote of it.")
    elif seal["holds_all"]:
        sentence = _("This seal holds every vote counted here.")
    else:
        sentence = _("Some of these votes come under a later seal.")
    yield Note(sentence)
    yield Facts(
        [
            (_("Sealed"), Words(moment(seal["made_at"]))),
            (_("Records under the seal"), Words(figure(seal["size"]))),
            (_("Root of the seal"), Words(seal["root"], kind="code")),
            (_("Count again"), Words(snapshot["votes"]["record_url"], kind="url")),
        ]
    )


def _integrity(snapshot: Snapshot, language: str) -> Iterator[Block]:
    integrity = snapshot["integrity"]
    if integrity["is_disputed"]:
        yield Note(_("A recount came to another figure. Staff are looking into it."))
    if removals := integrity["removals"]:
        yield Table(
            _("Held, annulled and restored votes"),
            (_("Date"), _("Step"), _("Votes"), _("Reason")),
            [
                (
                    Words(day(row["made_at"])),
                    Words(capfirst(in_language(row["kind"], language))),
                    Words(_("fewer than %(count)s") % {"count": 10})
                    if row["count"] is None
                    else Words(figure(row["count"])),
                    Words(capfirst(_joined(in_language(row["reason"], language), row["words"]))),
                )
                for row in removals
            ],
        )
    elif snapshot["votes"]["by_channel"] and not integrity["is_disputed"]:
        yield Note(_("No vote is held or annulled, and recounts agree with the figure."))


def _joined(*texts: str) -> str:
    return ". ".join(text.rstrip(".") for text in texts if text)


def _arguments(snapshot: Snapshot, side: str) -> Iterator[Block]:
    for number, argument in enumerate(snapshot["arguments"][side], 1):
        yield Prose(f"{number}", Words(argument["text"], argument["language"]))


def _assessment(snapshot: Snapshot, language: str) -> Iterator[Block]:
    found = snapshot["assessment"]
    if not found:
        return
    yield Facts(_review_facts(found, language))
    if found["criteria"]:
        yield Table(
            _("Scores"),
            (_("Criterion"), _("Weight"), _("Mean"), _("Spread")),
            [
                (
                    Words(in_language(row["name"], language)),
                    Words(in_percent(row["weight"])),
                    Words(points(row["mean"])),
                    Words(points(row["spread"])),
                )
                for row in found["criteria"]
            ],
        )
    if stops := found["stops"]:
        names = "; ".join(in_language(stop, language) for stop in stops)
        yield Note(_("Hard stops: %(names)s") % {"names": names})


def place_of(found: dict[str, Any]) -> str:
    """Which place expert review gave it, in words; empty for none."""
    if found["rank"] is None:
        return ""
    return _("place %(place)s of %(count)s") % {"place": found["rank"], "count": found["of"]}


def _review_facts(found: dict[str, Any], language: str) -> list[tuple[str, Words]]:
    facts = [
        (_("Committee"), Words(in_language(found["committee"], language))),
        (_("Round of review"), Words(in_language(found["title"], language))),
        (_("Total"), Words(points(found["total"]))),
        (_("Spread"), Words(points(found["total_spread"]))),
        (_("Place in the ranking"), Words(place_of(found))),
        (_("Reason"), Words(found["rank_reason"] or "")),
        (_("Score sheets"), Words(figure(found["sheets"]))),
        (_("Protocol"), Words(found["protocol_url"], kind="url")),
        (_("SHA-256 of the protocol"), Words(found["protocol_hash"], kind="code")),
    ]
    return [(label, words) for label, words in facts if words.text]


def _attachments(snapshot: Snapshot) -> Iterator[Block]:
    if files := snapshot["attachments"]:
        yield Table(
            _("Attachments"),
            (_("File"), _("Type"), _("Size"), _("On the site")),
            [
                (
                    Words(file["name"], snapshot["proposal"]["language"]),
                    Words(_("picture") if file["kind"] == "image" else file["kind"]),
                    Words(filesizeformat(file["size_bytes"])),
                    Words(file["url"], kind="url"),
                )
                for file in files
            ],
        )


def _similar(snapshot: Snapshot, language: str) -> Iterator[Block]:
    if rows := snapshot["similar"]:
        yield Table(
            _("Similar proposals"),
            (pgettext("number of a proposal", "No."), _("Proposal"), _("Status"), _("Supports")),
            [
                (
                    Words(f"{row['id']}"),
                    Words(row["title"], row["language"]),
                    Words(in_language(row["status"], language)),
                    Words(figure(row["support_count"])),
                )
                for row in rows
            ],
        )


def _history(snapshot: Snapshot, language: str) -> Iterator[Block]:
    if steps := snapshot["history"]:
        yield Table(
            _("Course so far"),
            (_("Date"), _("Step"), _("Reason")),
            [
                (
                    Words(day(step["made_at"])),
                    Words(in_language(step["status"], language)),
                    Words(step["reason"], guess_language(step["reason"], language)),
                )
                for step in steps
            ],
        )


def _check(snapshot: Snapshot, own_hash: str) -> Iterator[Block]:
    yield Note(
        _(
            "The same number stands on the site beside this dossier. It is made from the contents "
            "as they were handed over; if a word changes, the number is another."
        )
    )
    yield Facts(
        [
            (_("SHA-256 of the contents"), Words(own_hash, kind="code")),
            (_("On the site"), Words(snapshot["proposal"]["url"], kind="url")),
        ]
    )
