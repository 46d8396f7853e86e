"""What becomes of typed text, tags and file names before they are kept. Pure, no Django."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

FILE_NAME_MAX = 120
# Control characters break XML exports; overrides of direction make "fdp.exe" read as "exe.pdf".
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SEPARATORS = re.compile(r"[,;\n\u3001\uff0c]")


def plain_text(text: str) -> str:
    """Text without what cannot be seen but does harm, its letters composed.

    >>> plain_text("Мост\\u202e через\\x01 Амур\\r\\n")
    'Мост через Амур'
    """
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def one_line(text: str) -> str:
    """The same on one line, with single spaces.

    >>> one_line(" Мост \\n через  Амур ")
    'Мост через Амур'
    """
    return " ".join(plain_text(text).split())


def tag_names(text: str) -> list[str]:
    """Names of tags from one line, each once whatever its case.

    >>> tag_names("паводок, Датчики、 датчики,,")
    ['паводок', 'Датчики']
    """
    names = {name.casefold(): name for name in map(one_line, reversed(_SEPARATORS.split(text)))}
    return [name for name in reversed(names.values()) if name]


def file_name(name: str) -> str:
    """A name to show and to download under: no folders, nothing invisible, not too long.

    >>> file_name("C:\\\\temp\\\\..\\\\Смета\\u202e 2026.pdf")
    'Смета 2026.pdf'
    >>> len(file_name("ж" * 300 + ".xlsx"))
    120
    """
    path = PurePosixPath(one_line(name.replace("\\", "/")))
    suffix = path.suffix[:10]
    return path.stem[: FILE_NAME_MAX - len(suffix)].strip() + suffix
