"""Empties the ledger between tests, which its own guards rightly forbid to everybody else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

from assessment import guards as assessment_guards
from assessment.models import (
    AssessedProposal,
    AssessmentRound,
    Assignment,
    Criterion,
    Protocol,
    Score,
)
from government import guards as commitment_guards
from government.models import Commitment, CommitmentChange
from voting.guards import install, remove
from voting.models import (
    Appeal,
    Block,
    Intervention,
    PaperBatch,
    PaperEnd,
    Result,
    Round,
    Seal,
    VoteEvent,
    VoteLeaf,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

PAPER = (PaperEnd, PaperBatch)


@contextmanager
def guards_lifted() -> Iterator[None]:
    """No trigger watches the ledger for as long as this takes."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


@contextmanager
def checks_lifted(model: type[Model], *names: str) -> Iterator[None]:
    """These check constraints of a model do not hold: on PostgreSQL until the test is undone."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
            return
        for name in names:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {name}")
        yield


def empty_assessment() -> None:
    """Delete all rounds of assessment, which have guards of their own."""
    if not AssessmentRound.objects.exists():
        return
    assessment_guards.remove(connection)
    for model in (Protocol, Score, Assignment, AssessedProposal, Criterion, AssessmentRound):
        model.objects.all().delete()
    assessment_guards.install(connection)


def empty_commitments() -> None:
    """Delete all commitments, whose steps have guards of their own."""
    if not CommitmentChange.objects.exists():
        return
    commitment_guards.remove(connection)
    for model in (CommitmentChange, Commitment):
        model.objects.all().delete()
    commitment_guards.install(connection)


def empty_ledger() -> None:
    """Delete all vote events and what was made of them, rounds of assessment, and commitments."""
    empty_assessment()
    empty_commitments()
    with guards_lifted():
        Round.objects.exclude(closing_seal=None).update(closing_seal=None)
        for model in (*PAPER, Appeal, Intervention, Result, VoteLeaf, Seal, Block, VoteEvent):
            model.objects.all().delete()
