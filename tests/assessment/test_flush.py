"""Committed rounds make way for the next test, whatever their guards say."""

from __future__ import annotations

import pytest

from assessment.models import Score
from tests.factories.assessment import make_protocol
from tests.ledger import empty_ledger


@pytest.mark.django_db
def test_rounds_make_way_for_the_next_test() -> None:
    make_protocol()
    empty_ledger()
    assert not Score.objects.exists()
