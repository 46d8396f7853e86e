"""One row read or written by a statement that is made once and kept.

The ORM composes its SQL anew at every call. For what each request of somebody signed in and each
vote asks, that took longer than the database needs to answer.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import AutoField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import Field, Model


@cache
def columns_of(model: type[Model], names: tuple[str, ...] = (), table: str = "") -> str:
    """The columns of these fields, or of all, for a SELECT."""
    name = table or model._meta.db_table
    return ", ".join(f'"{name}"."{field.column}"' for field in _fields(model, names))


def values_of(model: type[Model], row: Sequence[Any], names: tuple[str, ...] = ()) -> list[Any]:
    """What the fields make of the columns that `columns_of` named. No query."""
    values = list(row)
    for place, convert, column in _converters(model, names, connection.vendor):
        values[place] = convert(values[place], column, connection)
    return values


def row_to[M: Model](model: type[M], row: Sequence[Any]) -> M:
    """The instance that a row of all columns stands for. No query."""
    return model.from_db(connection.alias, _attributes(model), values_of(model, row))


@cache
def _fields(model: type[Model], names: tuple[str, ...]) -> list[Field]:
    if names:
        meta = model._meta
        return [meta.pk if name == "pk" else meta.get_field(name) for name in names]
    return list(model._meta.concrete_fields)


@cache
def _attributes(model: type[Model]) -> list[str]:
    return [field.attname for field in _fields(model, ())]


@cache
def _converters(
    model: type[Model], names: tuple[str, ...], _vendor: str
) -> list[tuple[int, Callable[..., Any], Any]]:
    """Where the database or the field makes something of a column's value, and how."""
    columns = [field.cached_col for field in _fields(model, names)]
    return [
        (place, convert, column)
        for place, column in enumerate(columns)
        for convert in [
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        ]
    ]


def insert(instance: Model) -> None:
    """Write a new row and set its number, as `save` does, but without signals. One query.

    Raises `IntegrityError`.
    """
    sql, fields = _insert(type(instance))
    values = [
        field.get_db_prep_save(field.pre_save(instance, add=True), connection) for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        (instance.pk,) = cursor.fetchone()
    instance._state.adding, instance._state.db = False, connection.alias


@cache
def _insert(model: type[Model]) -> tuple[str, list[Field]]:
    meta = model._meta
    fields = [field for field in _fields(model, ()) if not isinstance(field, AutoField)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    into = f'INSERT INTO "{meta.db_table}" ({names})'
    sql = f'{into} VALUES ({places}) RETURNING "{meta.pk.column}"'
    return sql, fields
