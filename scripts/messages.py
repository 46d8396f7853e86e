#!/usr/bin/env python
"""Message catalogues without gettext's programs, which a new machine lacks: update, compile, check.

`update` brings locale/*/LC_MESSAGES/django.po in line with the code, `compile` makes the .mo files
Django reads, `check` fails on what is missing, unfinished or has lost a placeholder.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polib

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "assessment", "cms", "events", "government", "home", "proposals", "voting")
PLURALS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4"
    " && (n%100<12 || n%100>14) ? 1 : 2);",
    "ja": "nplurals=1; plural=0;",
}
# What each function takes, in order; Django's names end in _lazy or _noop as well.
ARGUMENTS = {
    "gettext": ("text",),
    "ngettext": ("text", "plural"),
    "pgettext": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
}
STRING = r"""(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(
    rf"\b(n?p?gettext|_)\(\s*{STRING}(?:\s*,\s*{STRING})?(?:\s*,\s*{STRING})?", re.DOTALL
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


@dataclass
class Message:
    """One text to translate and the files that say it."""

    text: str
    context: str | None = None
    plural: str | None = None
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str | None, str]:
        """What a catalogue finds it by; "1 vote" and "%d votes" are one entry."""
        return self.context, self.text


def arguments_of(name: str) -> tuple[str, ...] | None:
    """What a translating function takes, or None for any other function."""
    return ARGUMENTS.get(name.removesuffix("_lazy").removesuffix("_noop"))


def messages_in_python(source: str) -> Iterator[Message]:
    """Calls of gettext and its kin with literal arguments, under whatever name it was imported."""
    tree = ast.parse(source)
    names = {"_": "gettext"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        takes = arguments_of(names.get(name, name))
        if not takes or len(node.args) < len(takes):
            continue
        values = [getattr(argument, "value", None) for argument in node.args[: len(takes)]]
        if all(isinstance(value, str) for value in values):
            yield Message(**dict(zip(takes, values, strict=True)))


def messages_in_template(source: str) -> Iterator[Message]:
    """What `translate`, `blocktranslate` and `_("…")` say, by Django's own reading of them."""
    from django.utils.translation.template import templatize

    for match in TEMPLATE_CALL.finditer(templatize(source)):
        name, *literals = match.groups()
        takes = ARGUMENTS["gettext" if name == "_" else name]
        values = [ast.literal_eval(literal) for literal in literals[: len(takes)]]
        yield Message(**dict(zip(takes, values, strict=True)))


def source_files() -> Iterator[tuple[Path, bool]]:
    """Every file that may hold a text, and whether it is Python."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, True
    for folder in (ROOT / "templates", *(ROOT / app / "templates" for app in APPS)):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".html", ".txt", ".xml"}:
                yield path, False


def messages_in_code() -> dict[tuple[str | None, str], Message]:
    """Every text of the code, in the order of files."""
    found: dict[tuple[str | None, str], Message] = {}
    for path, is_python in source_files():
        read = messages_in_python if is_python else messages_in_template
        file = str(path.relative_to(ROOT))
        for message in read(path.read_text(encoding="utf-8")):
            kept = found.setdefault(message.key, message)
            kept.plural = kept.plural or message.plural
            if file not in kept.files:
                kept.files.append(file)
    found.pop((None, ""), None)
    return found


def catalogue_path(language: str) -> Path:
    """Where a language's texts lie."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def open_catalogue(language: str) -> polib.POFile:
    """A language's catalogue; an empty one with the right plural forms if there is none yet."""
    path = catalogue_path(language)
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    catalogue.wrapwidth = 98
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "MIME-Version": "1.0",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def forms_of(language: str) -> int:
    """How many plural forms a language has."""
    return int(PLURALS[language].removeprefix("nplurals=")[0])


def fit(entry: polib.POEntry, message: Message, language: str) -> polib.POEntry:
    """The entry as the code now needs it, with what was translated kept."""
    entry.obsolete = False
    entry.occurrences = [(file, "") for file in message.files]
    entry.flags = [flag for flag in entry.flags if flag == "fuzzy"]
    if "%" in message.text and PLACEHOLDER.search(message.text):
        entry.flags.append("python-format")
    if message.plural is None:
        entry.msgid_plural, entry.msgstr_plural = "", {}
    else:
        entry.msgid_plural = message.plural
        kept = {int(number): text for number, text in entry.msgstr_plural.items()}
        entry.msgstr_plural = {n: kept.get(n, "") for n in range(forms_of(language))}
        entry.msgstr = ""
    return entry


def update() -> int:
    """Add new texts, drop to the end those no longer said; translations are never lost."""
    messages = messages_in_code()
    for language in PLURALS:
        catalogue = open_catalogue(language)
        known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
        current = [
            fit(
                known.pop(key, None) or polib.POEntry(msgid=key[1], msgctxt=key[0]),
                message,
                language,
            )
            for key, message in messages.items()
        ]
        for entry in known.values():
            entry.obsolete = True
        catalogue[:] = [*current, *known.values()]
        catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(catalogue_path(language)))
        print(f"{language}: {len(current)} texts, {len(catalogue.untranslated_entries())} to do")
    return 0


def compile_catalogues() -> int:
    """Make each .mo that is missing or older than its .po; two at once do no harm."""
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        partial = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(partial))
        partial.replace(target)
    return 0


def faults_of(entry: polib.POEntry, message: Message, language: str) -> Iterator[str]:
    """What keeps one entry from being shown as it should be."""
    texts = [entry.msgstr]
    if message.plural is not None:
        texts = list(entry.msgstr_plural.values())
        if len(texts) != forms_of(language):
            yield f"has {len(texts)} plural forms, not {forms_of(language)}"
    if not all(texts):
        yield "is not translated"
        return
    if entry.fuzzy:
        yield "is marked fuzzy"
    asked = Counter(PLACEHOLDER.findall(message.text))
    allowed = set(asked) | set(PLACEHOLDER.findall(message.plural or ""))
    for text in texts:
        said = Counter(PLACEHOLDER.findall(text))
        # "One vote" may leave out the number, a text with one form may not.
        lost = set(asked) - set(said) if message.plural is None else set()
        for name in sorted(lost | (set(said) - allowed)):
            yield f"differs in {name}"


def check() -> int:
    """Every text of the code stands finished in every catalogue. Prints what does not."""
    messages = messages_in_code()
    faults = 0
    for language in PLURALS:
        entries = {(entry.msgctxt, entry.msgid): entry for entry in open_catalogue(language)}
        for key, message in messages.items():
            entry = entries.get(key)
            for fault in faults_of(entry, message, language) if entry else ["is missing"]:
                print(f"{language}: {message.text!r} ({message.files[0]}) {fault}")
                faults += 1
    print(f"{len(messages)} texts in {len(PLURALS)} languages, {faults} faults")
    return 1 if faults else 0


COMMANDS = {"update": update, "compile": compile_catalogues, "check": check}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(f"usage: messages.py {'|'.join(COMMANDS)}", file=sys.stderr)
        sys.exit(2)
    sys.exit(COMMANDS[sys.argv[1]]())
