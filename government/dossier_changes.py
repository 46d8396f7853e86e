"""What is new in a dossier since the one before, as a section and as lines of a mail. No models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from government.dossier_blocks import Block, Facts, Table, Words, day, points
from government.snapshots import in_language
from home.charts import figure
from voting.money import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from government.snapshots import ChangePart, CostPart, Snapshot

SHORT = 80  # characters of a value that a mail names


def changes_heading(snapshot: Snapshot) -> str:
    number = snapshot["changes"]["number"] if snapshot["changes"] else 0
    return _("What changed since version %(number)s") % {"number": number}


def changes_blocks(snapshot: Snapshot, language: str) -> Iterator[Block]:
    if changes := snapshot["changes"]:
        labels = change_labels()
        yield Table(
            _("What changed"),
            (_("What"), _("Before"), _("Now")),
            [
                (
                    Words(labels[row["key"]]),
                    Words(_value(row["key"], row["before"], language)),
                    Words(_value(row["key"], row["after"], language)),
                )
                for row in changes["items"]
            ],
        )
        yield Facts(
            [(_("SHA-256 of the version before"), Words(changes["contents_hash"], kind="code"))]
        )


def change_lines(snapshot: Snapshot, language: str) -> list[str]:
    """The same for a mail: values that are short, else what changed alone."""
    labels = change_labels()
    rows = snapshot["changes"]["items"] if snapshot["changes"] else []
    return [_change_line(labels[row["key"]], row, language) for row in rows]


def _change_line(label: str, row: ChangePart, language: str) -> str:
    values = [_value(row["key"], row[side], language) for side in ("before", "after")]  # type: ignore[literal-required]
    if max(map(len, values)) > SHORT:
        return label
    return f"{label}: {' → '.join(values)}"


def change_labels() -> dict[str, str]:
    """What each thing that can change is called."""
    return {
        "title": _("In one sentence"),
        "summary": _("Summary"),
        "problem": _("What for"),
        "solution": _("What should be done"),
        "beneficiaries": _("For whom"),
        "category": _("Category"),
        "municipality": _("Municipality"),
        "support_count": _("Supports cast here"),
        "imported_support_count": _("Imported supports"),
        "threshold": _("Threshold of support"),
        "body": _("Body"),
        "due_on": _("Answer due"),
        "note": _("Covering note"),
        "is_disputed": _("Recount"),
        "assessment": pgettext("heading", "Expert review"),
        "cost": _("Cost"),
        "tags": _("Tags"),
        "attachments": _("Attachments"),
        "steps": _("Course so far"),
        "removals": _("Held, annulled and restored votes"),
        "seal": _("Closing seal"),
    }


def _value(key: str, value: Any, language: str) -> str:
    """A value that changed, in words; a dash for none.

    >>> _value("support_count", 0, "en"), _value("note", "", "en")
    ('0', '–')
    """
    if key == "is_disputed":
        return _("another figure") if value else _("agrees")
    return "–" if value in (None, "", [], {}) else _in_words(key, value, language)


def _in_words(key: str, value: Any, language: str) -> str:
    match key:
        case "cost":
            return cost_in_words(value, language)
        case "assessment":
            return points(value)
        case "due_on":
            return day(value)
        case "removals":
            return "; ".join(map(day, value))
    return _plain(value, language)


def _plain(value: Any, language: str) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return in_language(value, language)
    return figure(value) if isinstance(value, int) else value


def cost_in_words(cost: CostPart, language: str) -> str:
    """The amount, and which vote states it."""
    return _("%(amount)s, as the vote “%(ballot)s” states it") % {
        "amount": in_words(cost["minor"], cost["currency"]),
        "ballot": in_language(cost["ballot"], language),
    }
