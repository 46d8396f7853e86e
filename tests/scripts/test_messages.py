"""The reader of texts finds what gettext's would, and the check lets nothing unfinished pass."""

from __future__ import annotations

import polib
import pytest

from scripts.messages import (
    Message,
    faults_of,
    fit,
    messages_in_python,
    messages_in_template,
)


def keys(messages: list[Message]) -> list[tuple[str | None, str, str | None]]:
    return [(message.context, message.text, message.plural) for message in messages]


def test_messages_in_python_follow_the_names_they_were_imported_under() -> None:
    source = """
from django.utils import translation
from django.utils.translation import gettext_lazy as _l, npgettext, ngettext_lazy
a = _l("one " "text")
b = npgettext("votes", "one", "many", n)
c = ngettext_lazy("%(n)d s", "%(n)d p", "n")
d = translation.pgettext("verb", "open")
e = gettext_of_another_kind("no")
f = _l(variable)
"""
    assert sorted(keys(list(messages_in_python(source))), key=str) == [
        ("verb", "open", None),
        ("votes", "one", "many"),
        (None, "%(n)d s", "%(n)d p"),
        (None, "one text", None),
    ]


def test_messages_in_template_are_read_as_django_reads_them() -> None:
    source = """{% load i18n %}
{% translate "Home" %} {% translate 'Open' context "verb" as x %} {{ y|default:_("None yet") }}
{% blocktranslate trimmed count n=3 %}
    {{ n }} vote, it's 100%
{% plural %}
    {{ n }} votes
{% endblocktranslate %}
"""
    assert keys(list(messages_in_template(source))) == [
        (None, "Home", None),
        ("verb", "Open", None),
        (None, "None yet", None),
        (None, "%(n)s vote, it's 100%%", "%(n)s votes"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is not translated"),
        ("Здравствуйте", "differs in %(name)s"),
        ("Здравствуйте, %(имя)s, %(name)s", "differs in %(имя)s"),
        ("Здравствуйте, %(name)s", None),
    ],
)
def test_faults_of_an_entry_name_what_is_lost(text: str, fault: str | None) -> None:
    message = Message("Hello %(name)s")
    entry = polib.POEntry(msgid=message.text, msgstr=text)
    assert list(faults_of(entry, message, "ru")) == ([fault] if fault else [])


def test_faults_of_a_plural_want_every_form_and_let_one_leave_out_the_number() -> None:
    message = Message("%(n)d vote", plural="%(n)d votes")
    entry = fit(polib.POEntry(msgid=message.text), message, "ru")
    assert list(faults_of(entry, message, "ru")) == ["is not translated"]
    entry.msgstr_plural = {0: "один голос", 1: "%(n)d голоса", 2: "%(n)d голосов"}
    assert list(faults_of(entry, message, "ru")) == []
    entry.flags = ["fuzzy"]
    assert list(faults_of(entry, message, "ru")) == ["is marked fuzzy"]


def test_fit_keeps_a_translation_and_renews_everything_else() -> None:
    message = Message("Hello %(name)s", files=["home/views.py"])
    old = polib.POEntry(msgid=message.text, msgstr="Привет %(name)s", occurrences=[("gone.py", "")])
    entry = fit(old, message, "ru")
    assert entry.msgstr == "Привет %(name)s"
    assert entry.occurrences == [("home/views.py", "")]
    assert entry.flags == ["python-format"]
