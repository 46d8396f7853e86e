"""The demo's TOML files, its calendar, and identifiers that come out the same each time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent
SOURCE = settings.LANGUAGE_CODE
# The source first: what is translated has to be there.
LANGUAGES = [SOURCE, *(code for code, _name in settings.LANGUAGES if code != SOURCE)]


@dataclass(frozen=True)
class Step:
    """One small piece of the demo: `work` makes it and says True, or finds it there already."""

    kind: str
    work: Callable[[], bool]


@cache
def read(name: str) -> dict[str, Any]:
    """One file of the demo's texts, by its name without the suffix."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def stable_uuid(*parts: object) -> UUID:
    """The same identifier for the same parts, so that two databases hold the same demo."""
    return uuid5(NAMESPACE_URL, "demo:" + "/".join(str(part) for part in parts))


@dataclass(frozen=True)
class Calendar:
    """Days counted from the day the demo was loaded first, in the site's own time zone."""

    today: date

    def moment(self, day: int, clock: str = "09:00") -> datetime:
        """That many days from then, at that time of day."""
        on = self.today + timedelta(days=day)
        return datetime.combine(on, time.fromisoformat(clock), timezone.get_default_timezone())
