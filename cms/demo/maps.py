"""The municipalities' outlines, if somebody put the file beside the project; else there are tiles.

The file comes from OpenStreetMap, and its licence keeps it out of this repository.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.areas import load_areas
from accounts.outlines import drawing_of
from cms.demo.content import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))
OUTLINES = SHARED / "areas" / "khabarovsk.geojson"
VALID_FROM = date(2020, 1, 1)
ATTRIBUTION = "© OpenStreetMap contributors"


def steps() -> Iterator[Step]:
    """One step, where there is a file."""
    if OUTLINES.is_file():
        yield Step("maps", load)


def load() -> bool:
    drawing = drawing_of(json.loads(OUTLINES.read_bytes()), "district")
    report = load_areas(drawing, valid_from=VALID_FROM, attribution=ATTRIBUTION)
    return report.outcome == "created"
