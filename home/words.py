"""Short texts that staff write once in every language of the site, kept together in one column.

For what is voted on: the words are part of rules that must not change, so no row of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language, override

if TYPE_CHECKING:
    from collections.abc import Mapping

Words = dict[str, str]  # language code to text


def said(words: Mapping[str, str]) -> tuple[str, str]:
    """The text in the active language, else the source language, else any; and its language.

    >>> said({"ja": "橋"})
    ('橋', 'ja')
    >>> said({})
    ('', '')
    """
    for code in (get_language() or "", settings.LANGUAGE_CODE, *words):
        if words.get(code):
            return words[code], code
    return "", ""


def in_every_language(label: Any) -> Words:
    """A translatable text, or what gives one, in each language of the site."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = str(label() if callable(label) else label)
    return found


class WordsWidget(forms.MultiWidget):
    """One input a language, each labelled with that language's own name."""

    template_name = "home/words.html"

    def __init__(self, widget: type[forms.Widget] = forms.TextInput) -> None:
        rows = {"rows": 3} if issubclass(widget, forms.Textarea) else {}
        languages = {
            code: widget(attrs={"lang": code, "placeholder": name, **rows})
            for code, name in settings.LANGUAGES
        }
        super().__init__(languages)

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code, _name in settings.LANGUAGES]


class WordsFormField(forms.MultiValueField):
    """Takes a text in each language; one of them is enough."""

    def __init__(self, *, max_length: int, long: bool = False, **kwargs: Any) -> None:
        kwargs.pop("encoder", None), kwargs.pop("decoder", None)
        fields = [
            forms.CharField(max_length=max_length, required=False) for _ in settings.LANGUAGES
        ]
        kwargs["widget"] = WordsWidget(forms.Textarea if long else forms.TextInput)
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> Words:
        codes = [code for code, _name in settings.LANGUAGES]
        return {code: text for code, text in zip(codes, data_list, strict=False) if text}


class WordsField(models.JSONField):
    """A text in several languages: `{"ru": "Мост", "en": "Bridge"}`."""

    def __init__(
        self, *args: Any, text_length: int = 200, long: bool = False, **kwargs: Any
    ) -> None:
        self.text_length, self.long = text_length, long
        super().__init__(*args, **{"default": dict, **kwargs})

    def formfield(self, **kwargs: Any) -> forms.Field:
        label = {"label": capfirst(self.verbose_name), "help_text": self.help_text}
        required = {"required": not self.blank}
        return WordsFormField(max_length=self.text_length, long=self.long, **label, **required)
