"""Forms of pages every visitor has. What residents write about is in the apps above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from home.display import OPTIONS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

WORDS: dict[str, dict[str, StrPromise | str]] = {
    "text": {"100": "100 %", "125": "125 %", "150": "150 %", "200": "200 %"},
    "spacing": {"normal": _("Normal"), "wide": _("Wide")},
    "scheme": {
        "auto": _("As my device"),
        "light": _("Light"),
        "dark": _("Dark"),
        "black": _("Black on white"),
        "white": _("White on black"),
        "blue": _("Dark blue on light blue"),
        "brown": _("Brown on cream"),
    },
    "pictures": {"on": _("Show pictures"), "off": _("Words instead of pictures")},
    "motion": {"on": _("Allow movement"), "off": _("No movement")},
}


def choice(name: str, label: StrPromise) -> forms.ChoiceField:
    """A row of radio buttons for one display setting."""
    return forms.ChoiceField(
        label=label,
        choices=[(value, WORDS[name][value]) for value in OPTIONS[name]],
        initial=OPTIONS[name][0],
        widget=forms.RadioSelect,
    )


class DisplayForm(forms.Form):
    """How the site looks to this reader; kept in their browser, never on the server."""

    text = choice("text", _("Size of text"))
    spacing = choice("spacing", _("Space between letters and lines"))
    scheme = choice("scheme", _("Colours"))
    pictures = choice("pictures", _("Pictures"))
    motion = choice("motion", _("Movement"))
