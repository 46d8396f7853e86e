"""Reads proposals of another system from CSV, row by row; writing them is `import_proposal`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Municipality
from proposals.actions import import_proposal
from proposals.models import Category, Proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from proposals.models import CallPage

# A long proposal is an ordinary cell; the csv module's own limit would stop the whole file.
csv.field_size_limit(1_000_000)


class UnreadableFile(Exception):
    """The file cannot be imported at all; the message says why in one sentence."""


@dataclass(frozen=True)
class Refusal:
    """A row that was left out: where it stands, the value at fault, and what is wrong with it."""

    line: int
    value: str
    reason: str


class ImportRow(forms.ModelForm):
    """One row of the file, by the names that `--map` uses. Unmapped fields stay empty."""

    external_id = forms.CharField(max_length=64)
    title = forms.CharField(max_length=90)
    category = forms.ModelChoiceField(Category.objects.sources(), to_field_name="slug")
    municipality = forms.ModelChoiceField(Municipality.objects.sources(), to_field_name="slug")
    supports = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    published_on = forms.DateField()

    class Meta:
        model = Proposal
        fields = ("summary", "problem", "solution", "beneficiaries", "author_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name in {"external_id", "title"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (self.errors or cleaned["summary"] or cleaned["problem"] or cleaned["solution"]):
            raise ValidationError(_("The row says nothing beyond its title."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Arguments of `import_proposal`."""
        values = dict(self.cleaned_data)
        values["supports"] = values["supports"] or 0
        if day := values.pop("published_on"):
            midnight = datetime.combine(day, datetime.min.time())
            values["published_at"] = timezone.make_aware(midnight)
        return values


FIELDS = sorted(ImportRow.base_fields)


def read_rows(path: Path, mapping: dict[str, str]) -> Iterator[tuple[int, int, dict[str, str]]]:
    """Yield each row's first line number, bytes read so far, and its values by our names.

    Raises `UnreadableFile`. Memory holds one row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(_without_nul(file), dialect=_dialect(file.readline()))
            file.seek(0)
            _check_columns(reader, mapping)
            line = reader.line_num + 1
            for row in reader:
                values = {name: row[column] or "" for name, column in mapping.items()}
                yield line, file.buffer.tell(), values
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as failure:
        raise UnreadableFile(f"{path} cannot be read as CSV in UTF-8: {failure}") from failure


def _without_nul(file: Any) -> Iterator[str]:
    # PostgreSQL stores no NUL; better lost here than the row with it.
    return (text.replace("\0", "") for text in iter(file.readline, ""))


def _dialect(header: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = max(",;\t", key=header.count)

    return Found


def _check_columns(reader: csv.DictReader, mapping: dict[str, str]) -> None:
    present = reader.fieldnames or []
    if missing := [column for column in mapping.values() if column not in present]:
        raise UnreadableFile(
            f"The file has no column {', '.join(missing)}; it has: {', '.join(present) or 'none'}."
        )


def import_rows(
    path: Path,
    *,
    call: CallPage,
    mapping: dict[str, str],
    language: str,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> Iterator[str | Refusal]:
    """Import every row of a file; yields what became of each: an outcome or a `Refusal`."""
    for line, read, values in read_rows(path, mapping):
        progress(read)
        form = ImportRow(values)
        if not form.is_valid():
            yield from _refusals(line, form)
            continue
        yield _import_one(line, call, language, form.values(), dry_run=dry_run)


def _import_one(
    line: int, call: CallPage, language: str, values: dict[str, Any], *, dry_run: bool
) -> str | Refusal:
    try:
        with transaction.atomic():
            _proposal, outcome = import_proposal(call=call, language=language, **values)
            transaction.set_rollback(dry_run)
    except ValidationError as invalid:
        return Refusal(line, values["title"], " ".join(invalid.messages))
    return outcome


def _refusals(line: int, form: ImportRow) -> Iterator[Refusal]:
    # One refusal a row, so that refused and imported rows add up to the rows of the file.
    name, errors = next(iter(form.errors.items()))
    value = form.data.get(name, "") if name in form.fields else form.data.get("title", "")
    field = "" if name == forms.forms.NON_FIELD_ERRORS else f"{name}: "
    yield Refusal(line, value[:80], field + " ".join(errors))
