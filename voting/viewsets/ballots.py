"""A round's ballot as staff fill it in for somebody: its options by number, as on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from home.words import said
from voting.marks import BLANK, is_ticked
from voting.money import in_words

if TYPE_CHECKING:
    from voting.forms import BallotForm
    from voting.models import Round


@dataclass(frozen=True)
class StaffRow:
    """One option, what is marked beside it, and what is wrong with that."""

    number: int
    title: str
    language: str
    cost: str
    mark: str
    fault: str


@dataclass(frozen=True)
class StaffBallot:
    """All that the template of a ballot shows. No query: the rules hold the options."""

    round: Round
    rows: list[StaffRow]
    blank: str
    blank_fault: str

    @property
    def is_ticked(self) -> bool:
        return is_ticked(self.round.method)

    @property
    def most(self) -> int:
        """The largest number that may stand beside an option."""
        return self.round.score_max if self.round.method == "score" else len(self.rows)


def staff_ballot(round_: Round, form: BallotForm | None = None) -> StaffBallot:
    """An empty ballot, or one with what a refused form held."""
    marks = form.marks if form else {}
    faults = form.faults if form and form.is_bound else {}
    rows = [_row(round_, option, marks, faults) for option in round_.rules["options"]]
    return StaffBallot(round_, rows, marks.get(BLANK, ""), faults.get(BLANK, ""))


def _row(
    round_: Round, option: dict[str, Any], marks: dict[int, str], faults: dict[int, str]
) -> StaffRow:
    title, language = said(option["title"])
    number = option["number"]
    cost = in_words(option["cost_minor"], round_.currency) if round_.is_budget else ""
    return StaffRow(number, title, language, cost, marks.get(number, ""), faults.get(number, ""))
