"""Elections in the Pabulib format (https://pabulib.org/format), read line by line. No Django.

A file has three sections, META, PROJECTS and VOTES; cells are parted by semicolons and quoted as
in CSV, and a row is a line. Money is kept in minor units, exactly. Writing is in
`pabulib_writing.py`, what META asks of a vote in `pabulib_checks.py`, the way to a count in
`pabulib_ballots.py`, what cannot be kept of an election in `pabulib_limits.py`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import IO, TYPE_CHECKING, Any

from voting.pabulib_checks import check_vote
from voting.pabulib_errors import PabulibError

if TYPE_CHECKING:
    from collections.abc import Iterator

    Points = int | Fraction

SECTIONS = ("META", "PROJECTS", "VOTES")
REQUIRED_KEYS = ("num_projects", "num_votes", "budget", "vote_type")
VOTE_TYPES = ("approval", "choose-1", "ordinal", "cumulative", "scoring")
SCORED = ("cumulative", "scoring")
LINE_BYTES_MAX = 100_000
BOM = b"\xef\xbb\xbf"
# ASCII: other scripts' digits would be numbers too, and be written back as other text.
AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,9})?")
POINTS = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
COUNT = re.compile(r"[0-9]{1,9}")
FORMS = {
    "num_projects": COUNT,
    "num_votes": COUNT,
    "min_length": COUNT,
    "max_length": COUNT,
    "budget": AMOUNT,
    "max_sum_cost": AMOUNT,
    "min_sum_points": AMOUNT,
    "max_sum_points": AMOUNT,
    "min_project_score_threshold": AMOUNT,
    "min_points": POINTS,
    "max_points": POINTS,
    "default_score": POINTS,
}
"""Keys of META that hold a number, and how it may look."""


@dataclass(frozen=True)
class Project:
    """A row of PROJECTS; `extra` holds its other columns as they stand."""

    id: str
    cost_minor: int
    extra: dict[str, str] = field(default_factory=dict)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Vote:
    """A row of VOTES: project ids in the order given, and their points if votes have points."""

    voter: str
    choice: tuple[str, ...]
    points: tuple[Points, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Election:
    """Everything but the votes. `decimals` are those of its money: 2 where the file says 0.50."""

    meta: dict[str, str]
    decimals: int
    projects: dict[str, Project]
    project_columns: tuple[str, ...]
    vote_columns: tuple[str, ...]
    lines: dict[str, int] = field(default_factory=dict, compare=False)
    """On which line META says a key."""

    @property
    def vote_type(self) -> str:
        return self.meta["vote_type"]

    @property
    def budget_minor(self) -> int:
        return minor_units(self.meta["budget"], self.decimals)

    @property
    def choices_max(self) -> int | None:
        """How many projects one vote may name, if there is a limit."""
        if self.vote_type == "choose-1":
            return 1
        return int(self.meta["max_length"]) if self.meta.get("max_length") else None

    def number(self, key: str) -> Points | None:
        """What META says under a key of `FORMS`, exactly, if it says it."""
        return number(self.meta[key]) if self.meta.get(key) else None


def minor_units(text: str, decimals: int) -> int:
    """An amount such as "12.5" in units of which 10 to the power of `decimals` make one.

    >>> minor_units("12.5", 2), minor_units("7", 0)
    (1250, 7)
    """
    whole, _dot, part = text.partition(".")
    return int(whole + part.ljust(decimals, "0"))


def read(file: IO[bytes]) -> tuple[Election, Iterator[Vote]]:
    """An election, and its votes one at a time as they are asked for.

    Raises `PabulibError`; the iterator does too, at its end as well if META promised another
    number of votes. Memory: the projects, the ids of the voters, and one line.

    >>> from io import BytesIO
    >>> election, votes = read(BytesIO(b'''META
    ... key;value
    ... num_projects;1
    ... num_votes;2
    ... budget;100.50
    ... vote_type;approval
    ... PROJECTS
    ... project_id;cost;name
    ... p7;60;"Bench; oak"
    ... VOTES
    ... voter_id;vote
    ... a;p7
    ... b;
    ... '''))
    >>> election.budget_minor, election.projects["p7"].cost_minor, election.projects["p7"].extra
    (10050, 6000, {'name': 'Bench; oak'})
    >>> [(vote.voter, vote.choice) for vote in votes]
    [('a', ('p7',)), ('b', ())]
    """
    return Reader(file).read()


class Reader:
    """One file under way. Sections are read one after the other; a title ends the one before."""

    def __init__(self, file: IO[bytes]) -> None:
        self.rows = self._rows(file)
        self.line = 0

    def read(self) -> tuple[Election, Iterator[Vote]]:
        """See the function of the same name."""
        self._find("META")
        meta, lines = self._read_meta()
        project_columns, rows = self._read_projects(meta)
        costs = [cost for cost, _extra, _line in rows.values()]
        decimals = max(len(text.partition(".")[2]) for text in [meta["budget"], *costs])
        projects = {
            id: Project(id, minor_units(cost, decimals), extra, line)
            for id, (cost, extra, line) in rows.items()
        }
        need = ("voter_id", "vote") + (("points",) if meta["vote_type"] in SCORED else ())
        vote_columns = self._header(*need)
        election = Election(meta, decimals, projects, project_columns, vote_columns, lines)
        return election, self._read_votes(election)

    def fail(self, code: str, **values: Any) -> PabulibError:
        """An error about the line just read."""
        return PabulibError(code, self.line, **values)

    def _lines(self, file: IO[bytes]) -> Iterator[str]:
        while raw := file.readline(LINE_BYTES_MAX + 1):
            self.line += 1
            if len(raw) > LINE_BYTES_MAX:
                raise self.fail("line_too_long", limit=LINE_BYTES_MAX)
            raw = raw.removeprefix(BOM) if self.line == 1 else raw
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                raise self.fail("not_utf8") from None
            if "\0" in text:
                raise self.fail("not_utf8")
            yield text.replace("\r", " ").strip()
        if self.line == 0:
            raise PabulibError("empty")

    def _rows(self, file: IO[bytes]) -> Iterator[list[str]]:
        for text in self._lines(file):
            cells = [cell.strip() for cell in self._cells(text)]
            if any(cells):
                yield cells

    def _cells(self, text: str) -> list[str]:
        if '"' not in text:
            return text.split(";")
        try:
            return next(csv.reader([text], delimiter=";", strict=True))
        except csv.Error:
            # `"Bench" and oak`: real files have it, and what it means is plain.
            if text.count('"') % 2 == 0:
                return next(csv.reader([text], delimiter=";"))
            raise self.fail("open_quote") from None

    def _title(self, cells: list[str]) -> str | None:
        title = cells[0].upper()
        return title if title in SECTIONS and not any(cells[1:]) else None

    def _find(self, section: str) -> None:
        """Go to a section's title, which has to be the next row."""
        cells = next(self.rows, None)
        if cells is None:
            raise PabulibError("empty" if section == "META" else "missing_section", section=section)
        title = self._title(cells)
        if title is None and re.match(rf"{section}\s*[,\t|]", cells[0], re.IGNORECASE):
            raise self.fail("wrong_delimiter")
        if title is None:
            raise self.fail("before_section")
        if title != section:
            raise self.fail("missing_section", section=section)

    def _header(self, *needed: str) -> tuple[str, ...]:
        """The columns of a section; those needed have to be there."""
        header = next(self.rows, None) or [""]
        while not header[-1] and len(header) > 1:
            header.pop()
        if len(header) == 1 and re.search(r"[,\t|]", header[0]):
            raise self.fail("wrong_delimiter")
        for column in needed:
            if column not in header:
                raise self.fail("missing_column", column=column)
        for column in header:
            if header.count(column) > 1:
                raise self.fail("duplicate_column", column=column)
        return tuple(header)

    def _body(self, columns: tuple[str, ...], following: str | None) -> Iterator[dict[str, str]]:
        """The rows of a section up to the title of the following one."""
        for cells in self.rows:
            # A voter may be called META: rows of VOTES have two cells at least, titles have one.
            title = self._title(cells) if following or len(cells) == 1 else None
            if title == following and title is not None:
                return
            if title is not None:
                raise self._misplaced(title, following)
            while len(cells) > len(columns) and not cells[-1]:
                cells.pop()
            if len(cells) != len(columns):
                raise self.fail("row_cells", cells=len(cells), columns=len(columns))
            yield dict(zip(columns, cells, strict=True))
        if following:
            raise PabulibError("missing_section", section=following)

    def _misplaced(self, title: str, following: str | None) -> PabulibError:
        if following and SECTIONS.index(title) > SECTIONS.index(following):
            return self.fail("missing_section", section=following)
        return self.fail("duplicate_section", section=title)

    def _read_meta(self) -> tuple[dict[str, str], dict[str, int]]:
        """What it says, and on which lines."""
        meta: dict[str, str] = {}
        lines: dict[str, int] = {}
        for row in self._body(self._header("key", "value")[:2], "PROJECTS"):
            key, value = row["key"], row["value"]
            if key in meta:
                raise self.fail("duplicate_key", key=key)
            meta[key], lines[key] = self._checked_meta(key, value), self.line
        for key in REQUIRED_KEYS:
            if not meta.get(key):
                raise PabulibError("missing_key", key=key)
        return meta, lines

    def _checked_meta(self, key: str, value: str) -> str:
        if key == "vote_type" and value not in VOTE_TYPES:
            raise self.fail("unknown_vote_type", value=value)
        return self._number(key, value, FORMS[key]) if key in FORMS and value else value

    def _number(self, key: str, value: str, form: re.Pattern[str]) -> str:
        if not form.fullmatch(value):
            raise self.fail("bad_number", key=key, value=value)
        return value

    def _read_projects(
        self, meta: dict[str, str]
    ) -> tuple[tuple[str, ...], dict[str, tuple[str, dict[str, str], int]]]:
        """Columns, and by id the cost as it stands, the other columns and the line."""
        columns = self._header("project_id", "cost")
        found: dict[str, tuple[str, dict[str, str], int]] = {}
        for row in self._body(columns, "VOTES"):
            id, cost = row.pop("project_id"), row.pop("cost")
            if not id:
                raise self.fail("missing_id", column="project_id")
            if id in found:
                raise self.fail("duplicate_project", value=id)
            found[id] = self._number("cost", cost, AMOUNT), row, self.line
        if int(meta["num_projects"]) != len(found):
            said = int(meta["num_projects"])
            raise PabulibError("num_projects", said=said, found=len(found))
        return columns, found

    def _read_votes(self, election: Election) -> Iterator[Vote]:
        voters: set[str] = set()
        for row in self._body(election.vote_columns, None):
            vote = self._vote(election, row)
            if vote.voter in voters:
                raise self.fail("duplicate_voter", value=vote.voter)
            voters.add(vote.voter)
            yield vote
        if int(election.meta["num_votes"]) != len(voters):
            said = int(election.meta["num_votes"])
            raise PabulibError("num_votes", said=said, found=len(voters))

    def _vote(self, election: Election, row: dict[str, str]) -> Vote:
        voter, choice = row.pop("voter_id"), self._split("vote", row.pop("vote"))
        if not voter:
            raise self.fail("missing_id", column="voter_id")
        for id in choice:
            if id not in election.projects:
                raise self.fail("unknown_project", value=id)
        texts = self._split("points", row.pop("points", ""))
        if len(texts) != len(choice) and (texts or election.vote_type in SCORED):
            raise self.fail("points_mismatch", count=len(choice), points=len(texts))
        points = tuple(number(self._number("points", item, POINTS)) for item in texts)
        vote = Vote(voter, choice, points, row, self.line)
        check_vote(election, vote)
        return vote

    def _split(self, column: str, text: str) -> tuple[str, ...]:
        """The items of a cell; a comma too many would leave an empty one."""
        items = tuple(item.strip() for item in text.split(",")) if text else ()
        if "" in items:
            raise self.fail("extra_comma", column=column)
        return items


def number(text: str) -> Points:
    """A decimal text exactly: an int if it is whole, else a fraction.

    >>> number("3"), number("2.50")
    (3, Fraction(5, 2))
    """
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value
