"""What the browser downloads: its size, and that nothing in it needs a looser policy."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings
from django.template.loader import render_to_string

STATIC = settings.BASE_DIR / "cms/static"
TEMPLATES = settings.BASE_DIR / "templates"
# Staff's own pages live under the admin's policy, mail under none.
PUBLIC = [
    path
    for path in TEMPLATES.rglob("*.html")
    if not {"mail", "email", "staff", "wagtailadmin"} & set(path.parts)
]


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), compresslevel=9, mtime=0))


def test_style_sheet_is_within_its_budget() -> None:
    assert packed(STATIC / "css/site.css") <= 10_500


def test_scripts_are_within_their_budget() -> None:
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    assert packed(htmx) + sum(packed(path) for path in (STATIC / "js").glob("*.js")) <= 25_000


def test_recount_loads_its_scripts_on_its_own_page_only() -> None:
    scripts = list((STATIC / "js/recount").glob("*.js"))
    assert sum(packed(path) for path in scripts) <= 17_000
    using = [path.name for path in TEMPLATES.rglob("*.html") if "js/recount/" in path.read_text()]
    assert using == ["recount.html"]


def test_recount_has_words_for_whatever_it_finds() -> None:
    code = "".join(path.read_text() for path in (STATIC / "js/recount").glob("*.js"))
    thrown = r'must\(.*, "(\w+)"(?:, \{.*)?\);|(?:Wrong|equal)\(.*?"(\w+)",'
    keys = {one or other for one, other in re.findall(thrown, code)}
    words = (TEMPLATES / "voting/recount_wrong.html").read_text()
    assert set(re.findall(r"data-(\w+)=", words)) == keys


def test_fonts_are_within_their_budget() -> None:
    assert sum(path.stat().st_size for path in (STATIC / "fonts").glob("*.woff2")) <= 28_000


def test_font_licence_lies_beside_the_fonts() -> None:
    assert "SIL Open Font License" in (STATIC / "fonts/OFL.txt").read_text()
    assert "ISC License" in (STATIC / "icons.LICENSE.txt").read_text()


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_module_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 60


def test_style_sheet_asks_no_other_site() -> None:
    css = (STATIC / "css/site.css").read_text()
    assert all(address.startswith("../fonts/") for address in re.findall(r'url\("([^"]+)"', css))


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_public_template_has_nothing_inline(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|javascript:|\shx-on", text)
    assert not re.search(r"\son(click|change|input|submit|load|error|focus|blur|key\w+)=", text)
    assert not re.search(r"<script(?![^>]*(\ssrc=|application/ld\+json))", text)


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_page_stands_without_any_context(name: str) -> None:
    html = render_to_string(name)
    assert "css/site.css" in html
    assert "<h1>" in html


def test_first_script_stands_behind_the_style_sheet() -> None:
    """It waits for it there; else Chromium breaks transitions between pages off with an error."""
    html = render_to_string("components/assets.html")
    assert html.index("css/site") < html.index("js/display")
