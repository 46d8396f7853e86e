"""Signed notes and checkpoints, in the form that witnesses of transparency logs read. Pure.

C2SP signed-note v1 and tlog-checkpoint v1 (https://c2sp.org/signed-note): a text, a blank line, and
signature lines `— name base64(key id ‖ signature)`. Which key signs here is a setting.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterable

ED25519 = b"\x01"
SEED_BYTES = HASH_BYTES = 32
ID_BYTES = 4
# A name that a space or a plus would split, or that would end its line.
NAME = re.compile(r"[^\s+]+")
CHECKPOINT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")


class NoteRefused(ValueError):
    """A note that is malformed, or that no key we know has signed."""


@dataclass(frozen=True)
class Verifier:
    """A public key and the name it signs under."""

    name: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> Verifier:
        """Read `name+hex id+base64 key`; raises `NoteRefused`.

        >>> text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        >>> str(Verifier.read(text)) == text
        True
        """
        name, _plus, rest = text.strip().partition("+")
        try:
            key = b64decode(rest.partition("+")[2], validate=True)
        except NotBase64:
            key = b""
        found = cls(name, key[1:])
        if len(key) != 1 + HASH_BYTES or key[:1] != ED25519 or str(found) != text.strip():
            raise NoteRefused(f"{text!r} is not a verifier key")
        return found

    @cached_property
    def id(self) -> bytes:
        """Four bytes that say which key it is; no more than a hint."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        """The key as others put it into their settings."""
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Whether the signature over the text is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A secret key and the name it signs under."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or len(self.seed) != SEED_BYTES:
            raise ValueError("a signer needs a name without spaces and plus, and 32 bytes")

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def verifier(self) -> Verifier:
        """What others check our notes with."""
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The whole signed note; `text` ends in a line break."""
        signature = b64encode(self.verifier.id + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """The text of a note that a key we know has signed; raises `NoteRefused`.

    >>> signer = Signer("example.com/log", bytes(32))
    >>> open_note(signer.sign("Hello\\n"), [signer.verifier])
    'Hello\\n'
    >>> open_note(signer.sign("Hello\\n").replace("Hello", "Jello"), [signer.verifier])
    Traceback (most recent call last):
    voting.notes.NoteRefused: the signature of example.com/log is wrong
    """
    text, gap, lines = note.rpartition("\n\n")
    text += "\n"
    if not gap or not lines.endswith("\n"):
        raise NoteRefused("it is not a signed note")
    known = {(one.name, one.id): one for one in verifiers}
    signed = False
    for line in lines[:-1].split("\n"):
        name, key_id, signature = _signature(line)
        if verifier := known.get((name, key_id)):
            if not verifier.has_signed(text, signature):
                raise NoteRefused(f"the signature of {name} is wrong")
            signed = True
    if not signed:
        raise NoteRefused("no key that is known here has signed it")
    return text


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Name, key id and signature of one line."""
    dash, _space, rest = line.partition(" ")
    name, _space, encoded = rest.partition(" ")
    try:
        raw = b64decode(encoded, validate=True)
    except (NotBase64, ValueError):
        raw = b""
    # Base64 has bits to spare at its end: other ones there would be a change nobody sees.
    canonical = b64encode(raw).decode() == encoded
    if dash != "—" or not NAME.fullmatch(name) or len(raw) <= ID_BYTES or not canonical:
        raise NoteRefused("it has a line that is no signature")
    return name, raw[:ID_BYTES], raw[ID_BYTES:]


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: how many leaves the log has, and their root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, text: str) -> Head:
        """Read a checkpoint's text; raises `NoteRefused`. Ours have no extension lines."""
        match = CHECKPOINT.fullmatch(text)
        if match is None:
            raise NoteRefused("it is not a checkpoint")
        return cls(match[1], int(match[2]), b64decode(match[3]))

    @property
    def text(self) -> str:
        """The three lines that are signed.

        >>> Head("example.com/log", 0, bytes(32)).text.splitlines()[1:]
        ['0', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']
        """
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"
