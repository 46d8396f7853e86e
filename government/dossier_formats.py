"""The formats a dossier is given out in, all from one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.models import Municipality
from government.dossier_paper import render_dossier_pdf
from government.dossier_sheet import render_dossier_sheet
from government.dossier_word import render_dossier_word
from government.snapshots import canonical
from home.territory import locator

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class DossierFormat:
    """How to write a snapshot in a language, and what the file is called and is."""

    content_type: str
    write: Callable[[dict[str, Any], str], bytes]


def locator_of(snapshot: dict[str, Any]) -> str:
    """Where the proposal's municipality lies, as SVG; empty if it has none. Three queries."""
    slug = snapshot["proposal"].get("municipality_slug")
    place = Municipality.objects.sources().filter(slug=slug).first() if slug else None
    return locator(place.pk) if place else ""


def _pdf(snapshot: dict[str, Any], language: str) -> bytes:
    return render_dossier_pdf(snapshot, language, locator_of(snapshot))


def _json(snapshot: dict[str, Any], _language: str) -> bytes:
    """The very bytes whose SHA-256 the dossier carries."""
    return canonical(snapshot).encode("utf-8", "surrogatepass")


FORMATS: dict[str, DossierFormat] = {
    "pdf": DossierFormat("application/pdf", _pdf),
    "docx": DossierFormat(f"{OFFICE}.wordprocessingml.document", render_dossier_word),
    "xlsx": DossierFormat(f"{OFFICE}.spreadsheetml.sheet", render_dossier_sheet),
    "json": DossierFormat("application/json", _json),
}


def file_name(snapshot: dict[str, Any], name: str) -> str:
    """What the file is called: the proposal's number, and the dossier's from the second on."""
    number = snapshot.get("number", 1)
    version = f"-{number}" if number > 1 else ""
    return f"dossier-{snapshot['proposal']['id']}{version}.{name}"
