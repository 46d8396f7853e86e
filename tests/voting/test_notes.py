"""Signed notes: the published examples, and everything that must not be taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.notes import Head, NoteRefused, Signer, Verifier, open_note

SIGNER = Signer("points.example.org/votes", bytes(range(32)))
NOTE = SIGNER.sign(Head(SIGNER.name, 20_852_163, bytes(range(32))).text)
# From Go's own tests of golang.org/x/mod/sumdb/note, which the specification was written from.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = GO_TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)


def test_verifier_key_and_note_of_another_implementation_are_read() -> None:
    assert open_note(GO_NOTE, [Verifier.read(GO_KEY)]) == GO_TEXT


def test_head_is_signed_and_read_back() -> None:
    head = Head.read(open_note(NOTE, [Verifier.read(str(SIGNER.verifier))]))
    assert head == Head(SIGNER.name, 20_852_163, bytes(range(32)))
    assert NOTE.splitlines()[:2] == ["points.example.org/votes", "20852163"]
    assert NOTE.splitlines()[4].startswith("— points.example.org/votes ")


def test_signature_of_a_stranger_is_passed_over_and_does_not_count() -> None:
    stranger = Signer("witness.example.org", bytes(32))
    line = stranger.sign("x\n").rpartition("\n\n")[2]
    assert open_note(NOTE + line, [SIGNER.verifier])
    with pytest.raises(NoteRefused, match="no key that is known"):
        open_note(NOTE, [stranger.verifier])


@given(st.data())
def test_note_with_any_byte_changed_is_refused(data: st.DataObject) -> None:
    raw = bytearray(NOTE.encode())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises((NoteRefused, UnicodeDecodeError)):
        Head.read(open_note(raw.decode(), [SIGNER.verifier]))


def test_note_with_a_spare_bit_set_in_its_signature_is_refused() -> None:
    last = NOTE.rindex("=") - 1
    changed = NOTE[:last] + chr(ord(NOTE[last]) + 1) + NOTE[last + 1 :]
    with pytest.raises(NoteRefused):
        open_note(changed, [SIGNER.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n1\n",
        "log\n01\n" + "A" * 43 + "=\n",
        "log\n-1\n" + "A" * 43 + "=\n",
        "log\n1\nAAAA\n",
        "log\n1\n" + "A" * 43 + "=\nmore\n",
        "log\n9" + "9" * 19 + "\n" + "A" * 43 + "=\n",
    ],
)
def test_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Head.read(text)


@pytest.mark.parametrize(
    "text",
    ["", "a+b", "a+00000000+AAAA", GO_KEY[:-2], GO_KEY.replace("c74f", "c74e"), "+" + GO_KEY],
)
def test_text_that_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Verifier.read(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb"])
def test_signer_refuses_a_name_that_would_split_a_line(name: str) -> None:
    with pytest.raises(ValueError, match="a signer needs"):
        Signer(name, bytes(32))
