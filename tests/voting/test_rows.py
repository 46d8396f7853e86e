"""Rows read and written by statements that are made once are the same as the ORM's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.rows import columns_of, insert, row_to, values_of
from voting.actions.casting import new_event
from voting.models import Round, VoteEvent
from voting.models.rounds import FOR_VOTE

if TYPE_CHECKING:
    from django.db.models import Model

    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


def read(model: type[Model], pk: int, names: tuple[str, ...] = ()) -> tuple:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns_of(model, names)} FROM {table} WHERE id = %s", [pk])  # noqa: S608
        return cursor.fetchone()


def columns(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_row_is_what_the_orm_reads(resident: User) -> None:
    person = row_to(User, read(User, resident.pk))
    assert columns(person) == columns(User.objects.get(pk=resident.pk))
    assert not person._state.adding
    assert person._state.db == "default"


def test_some_columns_are_what_the_orm_reads(proposal: Proposal) -> None:
    pk = proposal.round.pk
    wanted = Round.objects.values_list(*FOR_VOTE).get(pk=pk)
    assert values_of(Round, read(Round, pk, FOR_VOTE), FOR_VOTE) == list(wanted)


@pytest.mark.parametrize("choice", [None, [2, 1]])
def test_inserted_row_is_what_save_would_have_written(
    ballot: Round, choice: list[int] | None
) -> None:
    written = new_event(ballot, b"v" * 16, 1, 1, choice=choice)
    insert(written)
    read_again = VoteEvent.objects.get()
    assert columns(read_again) == columns(written)
    assert not written._state.adding


def test_inserted_row_obeys_the_constraints(ballot: Round) -> None:
    insert(new_event(ballot, b"v" * 16, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(new_event(ballot, b"v" * 16, 1, 1))
