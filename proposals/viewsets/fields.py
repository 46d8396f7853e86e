"""Choices of localized terms under their names in the staff's language."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms

if TYPE_CHECKING:
    from accounts.models import LocalizedTerm


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
