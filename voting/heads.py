"""Who signs the ledger's heads here, and the file outside the database that keeps the last one."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from voting.notes import Head, Signer, Verifier, open_note

if TYPE_CHECKING:
    from voting.models import Seal

REFUSAL_SUFFIX = ".refused"


def signer() -> Signer:
    """The key of this ledger; its name is the host's, whatever the port."""
    host = urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname or "localhost"
    return Signer(f"{host}/votes", b64decode(settings.SEAL_KEY))


def verifiers() -> list[Verifier]:
    """The key that signs now, and those that signed before it."""
    old = [Verifier.read(text) for text in settings.SEAL_OLD_KEYS if text.strip()]
    return [signer().verifier, *old]


def read_head(note: str) -> Head:
    """What a head of ours says; raises `NoteRefused`."""
    return Head.read(open_note(note, verifiers()))


def signed_head(size: int, root: bytes) -> str:
    """A new head as a signed note."""
    return signer().sign(Head(signer().name, size, root).text)


def signed_promise(code: str, leaf: bytes) -> str:
    """A signed note that a vote was taken, before it is sealed; its second line is no size."""
    return signer().sign(f"{signer().name}\nreceipt {code}\n{b64encode(leaf).decode()}\n")


def published_note() -> str | None:
    """What stands in the file of the last published head, or None if there is no file."""
    try:
        return Path(settings.SEAL_FILE).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def published_head() -> Head | None:
    """The last head that was published, or None if there is no file. Raises `NoteRefused`."""
    note = published_note()
    return None if note is None else read_head(note)


def publish(seal: Seal) -> None:
    """Make a seal's note the last published head: all of it or none, and on the disk for good."""
    path = Path(settings.SEAL_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(seal.note)
        file.flush()
        os.fsync(file.fileno())
    # Renaming is all or nothing: whoever reads meanwhile sees the head before or this one.
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def note_alive() -> None:
    """Leave a sign that sealing works, for the health check: the file's time."""
    path = Path(settings.SEAL_FILE)
    path.touch()
    refusal_file().unlink(missing_ok=True)


def refusal_file() -> Path:
    """Where the sentence stands that says why sealing stopped."""
    path = Path(settings.SEAL_FILE)
    return path.with_name(path.name + REFUSAL_SUFFIX)
