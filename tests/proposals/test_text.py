"""What residents write comes out as harmless HTML."""

from __future__ import annotations

import pytest

from proposals.text import to_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "![x](https://example.org/pixel.png)",
    "<a href='https://example.org' onclick='alert(1)'>x</a>",
    '[x](https://example.org "onmouseover=alert(1)")',
    "<svg/onload=alert(1)>",
    "<iframe src=//example.org>",
    '<https://example.org/" onclick=alert(1)>',
    'https://example.org/"><script>alert(1)</script>',
    "[a]: javascript:alert(1)\n\n[a]",
    "<style>*{display:none}</style>",
    "`<script>`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "java\0script:alert(1) <b\0 onload=1>",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_to_html_of_an_attack(text: str) -> None:
    html = to_html(text).lower()
    for sign in ("<script", "<img", "<svg", "<iframe", "<style", 'href="javascript', 'href="data'):
        assert sign not in html
    assert " on" not in "".join(part.split(">")[0] for part in html.split("<a")[1:])


def test_to_html_of_links_and_lists() -> None:
    html = to_html("Два дела:\n\n- [карта](https://example.org)\n- https://example.org/б?")
    assert html.count("<li>") == 2
    assert html.count('rel="nofollow ugc noopener"') == 2


def test_to_html_of_a_heading_stays_text() -> None:
    assert to_html("# Крупно") == "<p># Крупно</p>"
