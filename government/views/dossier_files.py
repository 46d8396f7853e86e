"""A frozen dossier as a file to take along: for staff, and for officials by their link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from government.dossier_formats import FORMATS, file_name

if TYPE_CHECKING:
    from government.snapshots import Snapshot


def dossier_response(snapshot: Snapshot | dict[str, Any], name: str) -> HttpResponse:
    """In one of `FORMATS`, in the active language; a PDF opens in the browser. Raises `NotSet`."""
    content = FORMATS[name].write(snapshot, get_language() or settings.LANGUAGE_CODE)
    response = HttpResponse(content, content_type=FORMATS[name].content_type)
    disposition = content_disposition_header(name != "pdf", file_name(snapshot, name))
    response["Content-Disposition"] = disposition
    return response
