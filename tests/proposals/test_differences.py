"""Two texts compared: by words, Japanese by characters, and never for long."""

from __future__ import annotations

import random
import time

import pytest

from proposals.differences import ADDED, REMOVED, SAME, differences, is_changed


def sides(old: str, new: str, language: str) -> tuple[str, str]:
    pieces = differences(old, new, language)
    before = "".join(piece.text for piece in pieces if piece.kind != ADDED)
    after = "".join(piece.text for piece in pieces if piece.kind != REMOVED)
    return before, after


@pytest.mark.parametrize("language", ["ru", "ja"])
def test_differences_hold_both_texts_whole(language: str) -> None:
    chance = random.Random(7)  # noqa: S311 - the same each time
    letters = "川の水位を測る аб вг\n. 12 ab"
    for _ in range(200):
        old, new = ("".join(chance.choices(letters, k=chance.randrange(40))) for _ in range(2))
        assert sides(old, new, language) == (old, new)


def test_differences_of_russian_are_whole_words() -> None:
    pieces = differences("Поставить датчик на мосту.", "Поставить датчики на мосту.", "ru")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        (SAME, "Поставить "),
        (REMOVED, "датчик"),
        (ADDED, "датчики"),
        (SAME, " на мосту."),
    ]


def test_differences_of_japanese_are_characters_but_whole_numbers() -> None:
    pieces = differences("12か所に置く", "15か所に置く", "ja")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        (REMOVED, "12"),
        (ADDED, "15"),
        (SAME, "か所に置く"),
    ]


def test_differences_of_a_paragraph_written_anew_are_two_whole_ones() -> None:
    pieces = differences("Мы хотим тишины у реки.", "Нужен новый мост для машин!", "ru")
    assert [piece.kind for piece in pieces] == [REMOVED, ADDED]


def test_differences_of_equal_texts_are_none() -> None:
    assert not is_changed(differences("Река.\nЛес.", "Река.\nЛес.", "ru"))


def test_differences_of_the_longest_texts_take_no_time() -> None:
    chance = random.Random(7)  # noqa: S311 - the same each time
    letters = "の水位をに川は東西南北高低木金土日月火大小中上下人口手足目耳"
    begun = time.process_time()
    for size in (1900, 5000):
        old, new = ("".join(chance.choices(letters, k=size)) for _ in range(2))
        differences(old, new, "ja")
    assert time.process_time() - begun < 3
