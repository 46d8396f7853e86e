"""Words of Django and Wagtail that we translate: none stands in another language than asked for."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import gettext, override
from wagtail.admin.wagtail_hooks import register_help_menu

from cms.borrowed_words import WORDS


@pytest.mark.parametrize("word", WORDS)
def test_borrowed_word_is_said_in_each_language(word: str) -> None:
    with override("ja"):
        assert not re.search("[А-яё]", gettext(word)), gettext(word)
        assert gettext(word) != word
    with override("ru"):
        assert re.search("[А-яё]", gettext(word))


def test_menu_of_the_admin_is_japanese_for_the_japanese() -> None:
    with override("ja"):
        assert str(register_help_menu().label) == "ヘルプ"
