"""Places for each theme: all of them filled, by the best of each, whatever is done by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assessment.quotas import seats, select, select_by_hand

THEMES = st.sampled_from("abcd")
RANKED = st.lists(THEMES, max_size=14).map(lambda themes: list(enumerate(themes, start=1)))
SENT_IN = st.dictionaries(THEMES, st.integers(0, 500))
PLACES = st.integers(0, 16)


@given(RANKED, SENT_IN, PLACES)
def test_seats_fill_all_places_and_give_no_theme_more_than_it_has(
    ranked: list[tuple[int, str]], sent_in: dict[str, int], places: int
) -> None:
    granted = seats(ranked, sent_in, places)
    assert sum(granted.values()) == min(places, len(ranked))
    for theme, count in granted.items():
        assert 0 <= count <= sum(one == theme for _number, one in ranked)


@given(RANKED, SENT_IN, PLACES)
def test_select_takes_the_best_of_each_theme(
    ranked: list[tuple[int, str]], sent_in: dict[str, int], places: int
) -> None:
    chosen = select(ranked, sent_in, places)
    for theme, count in seats(ranked, sent_in, places).items():
        best = [number for number, one in ranked if one == theme][:count]
        assert [number for number in chosen if dict(ranked)[number] == theme] == best


@given(RANKED, SENT_IN, PLACES, st.sets(st.integers(1, 14)), st.sets(st.integers(1, 14)))
def test_select_by_hand_keeps_to_the_number_of_places(
    ranked: list[tuple[int, str]],
    sent_in: dict[str, int],
    places: int,
    taken: set[int],
    left_out: set[int],
) -> None:
    there = {number for number, _theme in ranked}
    taken = set(sorted(taken & there)[:places])
    left_out -= taken
    chosen = select_by_hand(ranked, sent_in, places, taken=taken, left_out=left_out)
    assert taken <= set(chosen)
    assert not left_out & set(chosen)
    assert len(chosen) == min(places, len(there - left_out))
    assert chosen == sorted(chosen)
