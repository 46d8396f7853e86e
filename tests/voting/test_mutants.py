"""Breaks the ledger's promises one by one, and sees the test of each turn red.

A test that stays green without what it tests would be worth nothing.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection

from tests.voting.mutants import MUTANTS

# Fixtures of some of the tests.
from tests.voting.test_guards import fresh, postgresql_rows  # noqa: F401
from tests.voting.test_paper import round_  # noqa: F401
from tests.voting.test_sealing import sealed  # noqa: F401

if TYPE_CHECKING:
    from tests.voting.mutants import Mutant

HERE = [mutant for mutant in MUTANTS if mutant.only in {"", connection.vendor}]
RED = (AssertionError, pytest.fail.Exception, DatabaseError)


def named(mutant: Mutant) -> str:
    return mutant.name


def assert_red(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    """Run the mutant's test with its own fixtures and see it fail."""
    wanted = [
        name for name in inspect.signature(mutant.test).parameters if name not in mutant.given
    ]
    fixtures = {name: request.getfixturevalue(name) for name in wanted}
    with mutant.breaking(request.getfixturevalue("monkeypatch")), pytest.raises(RED):
        mutant.test(**fixtures, **mutant.given)


@pytest.mark.django_db
@pytest.mark.parametrize("mutant", [m for m in HERE if not m.committed], ids=named)
def test_mutant_turns_its_test_red(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    assert_red(mutant, request)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("mutant", [m for m in HERE if m.committed], ids=named)
def test_mutant_turns_its_race_red(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    assert_red(mutant, request)


def test_there_are_mutants_enough_on_each_database() -> None:
    assert len(HERE) >= 12
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
