"""The house keeps its shape: sizes, names and what templates may not hold (ARCHITECTURE)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["accounts", "assessment", "cms", "events", "government", "home", "proposals", "voting"]
SOURCES = [
    path
    for folder in [*APPS, "scripts", "deploy"]
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted((ROOT / "cms/static/js").rglob("*.js"))
# Names that say where a line came from and not what it does.
NAMELESS = {"services.py", "selectors.py", "utils.py", "helpers.py", "managers.py", "signals.py"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> list[tuple[str, int]]:
    """Names and lengths in lines of a module's functions, decorators aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_module_is_short_and_says_what_it_holds(path: Path) -> None:
    assert path.name not in NAMELESS
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    limit = 20 if path.name == "views.py" or path.parent.name == "views" else 40
    assert [(who, lines) for who, lines in functions(path) if lines > limit] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_is_short_and_holds_nothing_the_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 150
    # Inline code would be dead under the Content-Security-Policy, without a word to anybody.
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.DOTALL)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)
    assert not re.search(r"<style\b|<[^>]*\sstyle\s*=", text)
    assert not re.search(r"<script(?![^>]*\b(?:src|type=.application/(?:ld\+)?json))", text)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_script_is_short_and_asks_nobody_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 60
    assert "http://" not in text
    assert "https://" not in text
