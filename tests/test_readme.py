"""The README says what the code has, and the code has what the README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from proposals import states

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
OWN = ("accounts", "assessment", "cms", "events", "government", "home", "proposals", "voting")


def section(title: str) -> str:
    """The text under one heading."""
    return README.split(f"\n{title}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


def first_cells(text: str) -> set[str]:
    """What stands in `code` in the first column of a section's tables."""
    rows = re.findall(r"^\| (.+?) \|", text, flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def sources() -> dict[Path, str]:
    return {path: path.read_text() for app in OWN for path in (ROOT / app).rglob("*.py")}


def test_readme_lists_every_make_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", section("## Two commands")))
    assert named == targets


def test_readme_lists_every_command() -> None:
    commands = {
        path.stem
        for path in ROOT.glob("*/management/commands/*.py")
        if path.parts[-4] in OWN and path.stem != "__init__"
    }
    assert {cell.split()[0] for cell in first_cells(section("## Commands"))} - {
        "manage.py"
    } == commands


def test_readme_lists_every_hook() -> None:
    called = {
        name
        for text in sources().values()
        for name in re.findall(r'(?:get_hooks\(\s*|register_hook_name=)"([a-z_]+)"', text)
    }
    assert first_cells(section("## How it is built")) & called == called
    named = {name for name in first_cells(section("## How it is built")) if "/" not in name}
    assert named == called


def test_readme_lists_every_setting() -> None:
    code = "".join(
        (ROOT / name).read_text()
        for name in ("cms/settings/production.py", "deploy/gunicorn.conf.py")
    )
    read = set(re.findall(r'(?:env\.\w+|environ\.get)\(\s*["\']([A-Z_]+)["\']', code))
    assert first_cells(section("## Settings")) == read


def test_readme_gives_a_reason_for_every_dependency() -> None:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    packages = {
        re.split(r"[=\[<>]", line)[0].lower() for line in lines if line and line[0] not in "#-"
    }
    table = section("## Dependencies, and why")
    named = {
        name for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE) for name in row.split(", ")
    }
    assert named - {"package", "---"} == packages


@pytest.mark.parametrize("verb", states.MOVES)
def test_readme_diagram_draws_every_move(verb: str) -> None:
    move = states.MOVES[verb]
    drawn = set(re.findall(rf"(\w+) --> (\w+): {verb} \((\w+)\)", README))
    assert drawn == {(source, move.target, move.role) for source in move.sources}


def test_readme_pictures_exist() -> None:
    for name in re.findall(r"\]\((docs/[^)]+)\)", README):
        assert (ROOT / name).is_file(), f"`make shots` makes {name}"
