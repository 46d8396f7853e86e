"""Sets of criteria to start from, with their words in every language; see presets.toml."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.models import Criterion
from home.words import said

if TYPE_CHECKING:
    from assessment.models import AssessmentRound


@cache
def presets() -> dict[str, dict[str, Any]]:
    """Every preset by its key."""
    return tomllib.loads(Path(__file__).with_name("presets.toml").read_text(encoding="utf-8"))


def preset_choices() -> list[tuple[str, str]]:
    """Key and name in the active language, for a form."""
    return [(key, said(preset["name"])[0]) for key, preset in presets().items()]


def criteria_of(key: str, round_: AssessmentRound) -> list[Criterion]:
    """The criteria of a preset for a round, not saved."""
    return [
        Criterion(
            round=round_,
            sort_order=place,
            kind="stop" if "weight" not in row else "scale",
            name=row["name"],
            weight=Decimal(row.get("weight", "0")),
            low=row.get("low", {}),
            middle=row.get("middle", {}),
            high=row.get("high", {}),
        )
        for place, row in enumerate(presets()[key]["criterion"])
    ]
