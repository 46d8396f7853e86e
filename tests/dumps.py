"""Reads and checks dumps as a stranger would: by the shipped programs, loaded from their folder."""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voting.dumps import Dump
from voting.heads import signer
from voting.management.commands.dump_round import write

if TYPE_CHECKING:
    from voting.models import Round

CODE = Path(__file__).parent.parent / "voting"


def load(name: str) -> Any:
    """One of the shipped programs, which import each other by bare names."""
    sys.path.insert(0, str(CODE))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(CODE))


VERIFY = load("verify")
TALLY = load("verify_tally").tally
HAS_SIGNED = load("verify_heads").has_signed
WRONG = load("verify_heads").Wrong


def dump_to(round_: Round, folder: Path) -> Path:
    """Write the round's dump into a folder."""
    dump = Dump.of(round_)
    assert dump is not None
    write(dump, folder)
    return folder


def fault(folder: Path) -> str:
    """What verify.py says is wrong, or "" if all is well."""
    try:
        VERIFY.verify(folder, say=lambda _line: None)
    except Exception as wrong:  # noqa: BLE001 - as the program itself does
        return repr(wrong)
    return ""


def sign_again(folder: Path) -> None:
    """Sign the files as they are now, as only whoever runs the site could."""
    about = json.loads((folder / "round.json").read_text())
    names = sorted(path.name for path in folder.iterdir() if path.name != "manifest.txt")
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
    text = f"{signer().name}\ndump of {about['round']}\n{lines}"
    (folder / "manifest.txt").write_text(signer().sign(text), encoding="utf-8")
