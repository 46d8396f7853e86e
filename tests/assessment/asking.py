"""How tests of assessment say that an action has to be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assessment.permissions import AssessmentRefused

if TYPE_CHECKING:
    from assessment.permissions import Refusal


def refused(refusal: Refusal) -> Any:
    """A block that has to end in just this refusal."""
    return pytest.raises(AssessmentRefused, match=f"^{refusal.value}$")
