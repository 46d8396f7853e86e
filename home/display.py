"""The display settings: what may be set, and how the cookie spells it. Pure, no Django.

The cookie is named `display` and holds `name-value` parts joined by dots, for example
`text-150.scheme-black`; what is left out is the default. `static/js/display.js` reads the same.
"""

from __future__ import annotations

COOKIE = "display"
MAX_AGE = 365 * 24 * 60 * 60

# The first value of each is the default and is never written.
OPTIONS = {
    "text": ("100", "125", "150", "200"),
    "spacing": ("normal", "wide"),
    "scheme": ("auto", "light", "dark", "black", "white", "blue", "brown"),
    "pictures": ("on", "off"),
    "motion": ("on", "off"),
}


def read(cookie: str) -> dict[str, str]:
    """The settings in a cookie; unknown names and values are dropped, as anybody can write one.

    >>> read("text-150.scheme-black.scheme-pink.evil-1")
    {'text': '150', 'scheme': 'black'}
    """
    parts = (part.partition("-") for part in cookie.split("."))
    return {name: value for name, _, value in parts if value in OPTIONS.get(name, ())}


def write(settings: dict[str, str]) -> str:
    """The cookie for settings; an empty one when all is as usual.

    >>> write({"text": "150", "scheme": "auto", "motion": "off"})
    'text-150.motion-off'
    """
    return ".".join(
        f"{name}-{settings[name]}"
        for name, values in OPTIONS.items()
        if settings.get(name, values[0]) in values[1:]
    )
