"""The dossier of one proposal as a tagged PDF, from a frozen snapshot alone. Reads no models."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING, Any

import segno
from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from government.snapshots import contents_hash, in_language
from home.papers import number, shared_words, typeset

if TYPE_CHECKING:
    from government.snapshots import AttachmentPart, Snapshot


KANA = re.compile("[\u3040-\u30ff]")
CYRILLIC = re.compile("[\u0400-\u04ff]")


def render_dossier_pdf(snapshot: Snapshot, language: str | None = None) -> bytes:
    """The dossier in PDF/UA-1, its labels in `language` (the active one by default)."""
    language = language or translation.get_language() or "ru"
    with translation.override(language):
        return typeset("government/dossier", dossier_data(snapshot, language))


def dossier_data(snapshot: Snapshot, language: str) -> dict[str, Any]:
    """What the template sets: the snapshot in the words of the active language."""
    proposal, referral = snapshot["proposal"], snapshot["referral"]
    made_at = dt.datetime.fromisoformat(referral["made_at"])
    data = shared_words(language, in_language(snapshot["site"], language), made_at)
    data |= {
        "title": proposal["title"],
        "content_lang": proposal["language"],
        "running": [
            _("Dossier on proposal No. %(number)s") % {"number": proposal["id"]},
            day(referral["made_at"]),
        ],
        "summary": proposal["summary"],
        "url": proposal["url"],
        "qr": qr_code(proposal["url"]),
        "contents_hash": contents_hash(snapshot),
        "body": in_language(referral["body"], language),
        "due": day(referral["due_on"]),
        "figures": _figures(snapshot),
        "facts": _facts(snapshot, language),
        "note": referral["note"],
        "note_lang": guess_language(referral["note"], language),
        "parts": _parts(snapshot),
        "history": _history(snapshot, language),
        "attachments": [_attachment(file) for file in snapshot["attachments"]],
    }
    data["labels"] |= _labels()
    return data


def qr_code(url: str) -> str:
    """An SVG that a telephone's camera reads as the address."""
    return segno.make(url, error="m", micro=False).svg_inline(border=0, dark="#14212b")


def day(text: str) -> str:
    """An ISO date or moment as a day in words, in the site's own zone."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo:
        moment = moment.astimezone(timezone.get_default_timezone())
    return date_format(moment, "DATE_FORMAT")


def guess_language(text: str, default: str) -> str:
    """The language of a text by its letters, so that a screen reader takes the right voice.

    >>> guess_language("Порог пройден", "ja"), guess_language("しきい値", "ru")
    ('ru', 'ja')
    """
    if KANA.search(text):
        return "ja"
    return "ru" if CYRILLIC.search(text) else default


def _figures(snapshot: Snapshot) -> list[dict[str, str]]:
    figures, threshold = snapshot["figures"], snapshot["call"]["threshold"]
    population = snapshot["proposal"]["population"]
    cast = figures["support_count"]
    shown = [
        {
            "value": number(cast),
            "label": ngettext("support", "supports", cast),
            "detail": _("threshold %(threshold)s") % {"threshold": number(threshold)},
        }
    ]
    if population:
        shown.append(
            {
                "value": share(cast, population),
                "label": _("of the people of the place"),
                "detail": _("%(count)s live there") % {"count": number(population)},
            }
        )
    if imported := figures["imported_support_count"]:
        shown.append(
            {
                "value": number(imported),
                "label": ngettext("imported support", "imported supports", imported),
                "detail": _("from an earlier count, not added"),
            }
        )
    return shown


def share(part: int, whole: int) -> str:
    """A percentage with two digits that count, never rounded down to nothing."""
    percent = Decimal(part) * 100 / whole
    places = 0 if percent >= 10 else 1 if percent >= 1 else 2
    rounded = percent.quantize(Decimal(1).scaleb(-places), ROUND_UP if percent < 1 else None)
    return _("%(number)s%%") % {"number": number_format(rounded, places)}


def _facts(snapshot: Snapshot, language: str) -> list[dict[str, str]]:
    proposal = snapshot["proposal"]
    place = in_language(proposal["municipality"], language) or _("the whole Territory")
    if proposal["point"]:
        place += f" ({', '.join(proposal['point'])})"
    facts = [
        (pgettext("of a proposal", "Place"), place),
        (_("Category"), in_language(proposal["category"], language)),
        (_("Author"), proposal["author_name"]),
        (_("Sent in"), day(proposal["submitted_at"]) if proposal["submitted_at"] else ""),
        (_("Call"), in_language(snapshot["call"]["title"], language)),
        (_("For whom"), proposal["beneficiaries"]),
        (_("Tags"), ", ".join(proposal["tags"])),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _parts(snapshot: Snapshot) -> list[dict[str, str]]:
    proposal = snapshot["proposal"]
    parts = [
        (_("What for"), proposal["problem"]),
        (_("What should be done"), proposal["solution"]),
        (_("For whom"), proposal["beneficiaries"]),
    ]
    return [{"label": label, "text": text} for label, text in parts if text]


def _history(snapshot: Snapshot, language: str) -> list[dict[str, str]]:
    return [
        {
            "day": day(step["made_at"]),
            "status": in_language(step["status"], language),
            "reason": step["reason"],
            "lang": guess_language(step["reason"], language),
        }
        for step in snapshot["history"]
    ]


def _attachment(file: AttachmentPart) -> dict[str, str]:
    kind = _("picture") if file["kind"] == "image" else file["kind"]
    return {"name": file["name"], "kind": kind, "size": filesizeformat(file["size_bytes"])}


def _labels() -> dict[str, str]:
    return {
        "kind": _("Dossier on a residents' proposal"),
        "decision": _("Decision wanted"),
        "ask": _("Accept, accept in part or decline, with reasons that residents can read."),
        "by": _("Answer due"),
        "from": _("From"),
        "note": _("Covering note"),
        "text": _("The proposal in full"),
        "history": _("Course so far"),
        "day": _("Date"),
        "step": _("Step"),
        "reason": _("Reason"),
        "attachments": _("Attachments"),
        "file": _("File"),
        "type": _("Type"),
        "size": _("Size"),
        "check": _("How to check this paper"),
        "hash": _("SHA-256 of the contents"),
        "hash_meaning": _(
            "The same number stands on the site beside this dossier. It is made from the contents "
            "as they were handed over; if a word changes, the number is another."
        ),
        "address": _("On the site"),
        "qr": _("QR code of the proposal's page"),
    }
