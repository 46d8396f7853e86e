"""Rows in a form that may stay empty: parts of an answer, promises. One more by a button.

rows = PromiseFormSet.read(request.POST, "promises")
if rows.asks_for_more(request.POST):    # the button “One more row”, no JavaScript
    draw the page again, with `unchecked(form)`
elif form.is_valid() and rows.is_fine:
    use `rows.filled`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList

if TYPE_CHECKING:
    from typing import Self

    from django.http import QueryDict


def unchecked[AnyForm: forms.Form](form: AnyForm) -> AnyForm:
    """A form as it was sent that is not told what it lacks yet."""
    form._errors = ErrorDict()  # Django asks no field once there is such a thing
    return form


class RowForm(forms.Form):
    """One row: left empty it asks for nothing, half filled it says what is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed = [field for field in self.fields.values() if field.required]
        for field in self.needed if self.empty_permitted else ():
            # No star, and no “(optional)” either: a row that is begun needs it.
            field.required, field.is_needed = False, True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if field in self.needed and not data.get(name) and name not in self.errors:
                self.add_error(name, field.error_messages["required"])
        return data


class RowsFormSet(forms.BaseFormSet):
    """Rows of one kind; those left empty count for nothing."""

    MORE = ""  # what the button for one more row is called

    @classmethod
    def asks_for_more(cls, data: QueryDict) -> bool:
        """Whether the button for one more row was pressed."""
        return cls.MORE in data

    @classmethod
    def read(cls, data: QueryDict | None, prefix: str) -> Self:
        """The rows as they were sent, with one more if that was asked for; empty ones if none were.

        Rows that ask for one more are not told what they lack yet.
        """
        if not data or (not cls.min_num and f"{prefix}-TOTAL_FORMS" not in data):
            return cls(prefix=prefix)
        if not cls.asks_for_more(data):
            return cls(data, prefix=prefix)
        rows = cls(cls.grown(data, prefix), prefix=prefix)
        rows.leave_unchecked()
        return rows

    @classmethod
    def grown(cls, data: QueryDict, prefix: str) -> QueryDict:
        """What was sent, with one more empty row."""
        more, key = data.copy(), f"{prefix}-TOTAL_FORMS"
        sent = data.get(key, "")
        rows = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0
        more[key] = str(min(rows + 1, cls.max_num))
        return more

    def leave_unchecked(self) -> None:
        for form in self.forms:
            unchecked(form)
        self._errors, self._non_form_errors = [], ErrorList()

    @property
    def is_fine(self) -> bool:
        """Whether nothing is wrong with them; rows that were never sent are fine."""
        return not self.is_bound or self.is_valid()

    @property
    def filled(self) -> list[Any]:
        """The rows that hold something; only once all are valid."""
        return [form for form in self.forms if self.is_bound and form.has_changed()]
