"""What can be read of a Pabulib file and not be kept: each refusal names its line."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from voting.pabulib import read
from voting.pabulib_ballots import ballots_of
from voting.pabulib_days import day_of, days_of
from voting.pabulib_errors import PabulibError
from voting.pabulib_limits import MONEY_MAX, check_election, check_points, threshold_of

if TYPE_CHECKING:
    from voting.pabulib import Election, Vote

PROJECTS = "1;60;Bench\n2;40;Tree\n"


def load(extra: str = "", projects: str = PROJECTS, votes: str = "") -> tuple[Election, list[Vote]]:
    """Two projects and as many votes as there are; what is extra stands on line 7 and after."""
    kind = "cumulative" if votes else "approval"
    meta = f"num_projects;{projects.count(chr(10))}\nnum_votes;{votes.count(chr(10))}\nbudget;100\n"
    rows = f"META\nkey;value\n{meta}vote_type;{kind}\n{extra}PROJECTS\nproject_id;cost;name\n"
    columns = "voter_id;vote;points" if votes else "voter_id;vote"
    election, read_votes = read(BytesIO(f"{rows}{projects}VOTES\n{columns}\n{votes}".encode()))
    return election, list(read_votes)


def keep(election: Election, votes: list[Vote]) -> None:
    """What an import asks before and while it writes."""
    currency = election.meta.get("currency", "RUB")
    check_election(election, currency, 0 if currency == "JPY" else 2)
    days_of(election)
    for vote, ballot in zip(votes, ballots_of(election, votes, "greedy"), strict=True):
        if isinstance(ballot, dict):
            check_points(vote, ballot)


LONG = "x" * 40
MANY = "".join(f"{number};1;\n" for number in range(32_768))
REFUSED = {
    "bad_date": (("date_begin;32.13.2023\n",), 7),
    "bad_date words": (("comment;x\ndate_end;soon\n",), 8),
    "bad_date year 0": (("date_begin;0000\n",), 7),
    "bad_date year 1": (("date_begin;0001\n",), 7),
    "bad_date February": (("date_begin;2023-02-29\n",), 7),
    "dates_reversed": (("date_begin;18.09.2023\ndate_end;17.09.2023\n",), 8),
    "bad_currency": (("currency;zł\n",), 7),
    "bad_currency mark": (("currency;<b>\n",), 7),
    "too_many_decimals": (("", "1;60;\n2;0.505;\n"), 10),
    "too_many_decimals yen": (("currency;JPY\n", "1;60.5;\n2;1;\n"), 10),
    "too_much_money cost": (("", "1;60;\n2;99999999999999999;\n"), 10),
    "too_large length": (("max_length;100000\n",), 7),
    "too_large threshold": (("min_project_score_threshold;2147483648\n",), 7),
    "too_many_projects": (("", MANY), 9 + 32_767),
    "long_id": (("", f"{LONG};60;\n{LONG}1;40;\n"), 10),
    "parts_of_points": (("", PROJECTS, "a;1;2\nb;1,2;1,0.5\n"), 14),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_room_is_refused_by_its_line(name: str) -> None:
    parts, line = REFUSED[name]
    with pytest.raises(PabulibError) as caught:
        keep(*load(*parts))
    assert (caught.value.code, caught.value.line) == (name.split(maxsplit=1)[0], line)
    assert caught.value.template % caught.value.values == str(caught.value)


def test_the_most_money_there_is_room_for_is_kept() -> None:
    most = f"{MONEY_MAX // 100}.{MONEY_MAX % 100}"
    keep(*load("", f"1;60;\n2;{most};\n"))
    with pytest.raises(PabulibError, match=rf"Line 9: .* at most {most} can be kept"):
        keep(*load("", f"1;{most[:-1]}2;\n2;40;\n"))


def test_zeros_behind_the_comma_are_no_decimals() -> None:
    keep(*load("currency;JPY\n", "1;60.000;\n2;40;\n"))


def test_a_threshold_between_two_points_is_reached_with_the_higher() -> None:
    assert threshold_of(load("min_project_score_threshold;7.5\n")[0]) == 8
    assert threshold_of(load("min_project_score_threshold;7.0\n")[0]) == 7
    assert threshold_of(load()[0]) == 0


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("18.09.2023", date(2023, 9, 18), date(2023, 9, 18)),
        ("2023-09-18", date(2023, 9, 18), date(2023, 9, 18)),
        ("2023-09", date(2023, 9, 1), date(2023, 9, 30)),
        ("02.2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("18/09/2023", None, None),
        ("٢٠٢٣", None, None),
    ],
)
def test_day_of(text: str, first: date | None, last: date | None) -> None:
    assert (day_of(text, first=True), day_of(text, first=False)) == (first, last)


def test_days_not_said_are_none() -> None:
    assert days_of(load("date_begin;\n")[0]) == (None, None)
