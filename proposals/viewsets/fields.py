"""Choices of calls, and of localized terms under their names in the staff's language."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from accounts.models import LocalizedTerm
    from proposals.models import CallPage


class _LocalizedLabels:
    """Names every choice in the active language, with one query for all of them."""

    queryset: Any

    @cached_property
    def _names(self) -> dict[Any, str]:
        return self.queryset.model.objects.localized_names()

    def label_from_instance(self, obj: LocalizedTerm) -> str:
        return self._names.get(obj.translation_key, obj.name)


class TermChoiceField(_LocalizedLabels, forms.ModelChoiceField):
    """One localized term, chosen among the rows of the source language."""


class _TermFilterField(_LocalizedLabels, django_filters.fields.ModelChoiceField):
    pass


class TermFilter(django_filters.ModelChoiceFilter):
    """Filters by a localized term."""

    field_class = _TermFilterField


class _NumberOfARow:
    """Refuses a number that no row can have: SQLite raises OverflowError for a page's."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)  # type: ignore[misc]
        except OverflowError:
            message = forms.ModelChoiceField.default_error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice", params={"value": value}) from None


class _LocalizedTitles(_NumberOfARow):
    """Names every call in the active language, with one query for all of them."""

    queryset: Any

    @cached_property
    def _titles(self) -> dict[Any, str]:
        return self.queryset.model.objects.localized_titles()

    def label_from_instance(self, obj: CallPage) -> str:
        return self._titles.get(obj.translation_key, obj.title)


class CallChoiceField(_LocalizedTitles, forms.ModelChoiceField):
    """One call."""


class PersonChoiceField(_NumberOfARow, forms.ModelChoiceField):
    """One person."""


class _CallFilterField(_LocalizedTitles, django_filters.fields.ModelChoiceField):
    pass


class CallFilter(django_filters.ModelChoiceFilter):
    """Filters by a call."""

    field_class = _CallFilterField
