"""Elections in the Pabulib format (https://pabulib.org/format), read line by line. No Django.

A file has three sections, META, PROJECTS and VOTES; cells are parted by semicolons and quoted as
in CSV, and a row is a line. Money is kept in minor units, exactly. Writing is in
`pabulib_writing.py`, the way to a count in `pabulib_ballots.py`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import IO, TYPE_CHECKING, Any

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


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogues: who shows it translates it, this module knows no language."""
    return text


MESSAGES = {
    "empty": gettext_noop("The file is empty."),
    "not_utf8": gettext_noop("Line %(line)d: this is not text in UTF-8."),
    "line_too_long": gettext_noop("Line %(line)d has more than %(limit)d bytes."),
    "open_quote": gettext_noop("Line %(line)d: a quotation mark is not closed."),
    "wrong_delimiter": gettext_noop("Line %(line)d: cells have to be parted by semicolons."),
    "before_section": gettext_noop("Line %(line)d: the file has to begin with the line META."),
    "missing_section": gettext_noop(
        "Section %(section)s is missing where it belongs: the order is META, PROJECTS, VOTES."
    ),
    "duplicate_section": gettext_noop("Line %(line)d: section %(section)s begins a second time."),
    "missing_column": gettext_noop("Line %(line)d: column %(column)s is missing."),
    "duplicate_column": gettext_noop("Line %(line)d: column %(column)s stands there twice."),
    "row_cells": gettext_noop("Line %(line)d has %(cells)d cells, the header has %(columns)d."),
    "missing_key": gettext_noop("META does not say %(key)s."),
    "duplicate_key": gettext_noop("Line %(line)d: META says %(key)s a second time."),
    "unknown_vote_type": gettext_noop("Line %(line)d: %(value)s is no vote_type of the format."),
    "bad_number": gettext_noop("Line %(line)d: %(key)s is “%(value)s”, which is not a number."),
    "missing_id": gettext_noop("Line %(line)d: %(column)s is empty."),
    "duplicate_project": gettext_noop("Line %(line)d: project %(value)s stands there twice."),
    "duplicate_voter": gettext_noop("Line %(line)d: voter %(value)s stands there twice."),
    "unknown_project": gettext_noop("Line %(line)d: there is no project %(value)s."),
    "too_many_choices": gettext_noop(
        "Line %(line)d: the vote names %(count)d projects, at most %(limit)d are allowed."
    ),
    "points_mismatch": gettext_noop(
        "Line %(line)d: the vote names %(count)d projects and gives points to %(points)d."
    ),
    "too_many_points": gettext_noop(
        "Line %(line)d: the vote gives %(points)s points, at most %(limit)s are allowed."
    ),
    "num_projects": gettext_noop("META says %(said)d projects, the file has %(found)d."),
    "num_votes": gettext_noop("META says %(said)d votes, the file has %(found)d."),
}


class PabulibError(ValueError):
    """Why a file cannot be read. `code` is a key of MESSAGES, `line` 0 if no line is to blame.

    `gettext(error.template) % error.values` says it in the reader's language, `str(error)` in
    English.
    """

    def __init__(self, code: str, line: int = 0, **values: Any) -> None:
        self.code, self.line = code, line
        self.template = MESSAGES[code]
        self.values = {"line": line, **values}
        super().__init__(self.template % self.values)


@dataclass(frozen=True)
class Project:
    """A row of PROJECTS; `extra` holds its other columns as they stand."""

    id: str
    cost_minor: int
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Vote:
    """A row of VOTES: project ids in the order given, and their points if votes have points."""

    voter: str
    choice: tuple[str, ...]
    points: tuple[Points, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Election:
    """Everything but the votes. `decimals` are those of its money: 2 where the file says 0.50."""

    meta: dict[str, str]
    decimals: int
    projects: dict[str, Project]
    project_columns: tuple[str, ...]
    vote_columns: tuple[str, ...]

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
        meta = self._read_meta()
        project_columns, costs, extras = self._read_projects(meta)
        decimals = max(len(text.partition(".")[2]) for text in [meta["budget"], *costs.values()])
        projects = {
            id: Project(id, minor_units(cost, decimals), extras[id]) for id, cost in costs.items()
        }
        need = ("voter_id", "vote") + (("points",) if meta["vote_type"] in SCORED else ())
        vote_columns = self._header(*need)
        election = Election(meta, decimals, projects, project_columns, vote_columns)
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

    def _read_meta(self) -> dict[str, str]:
        meta: dict[str, str] = {}
        for row in self._body(self._header("key", "value")[:2], "PROJECTS"):
            key, value = row["key"], row["value"]
            if key in meta:
                raise self.fail("duplicate_key", key=key)
            meta[key] = self._checked_meta(key, value)
        for key in REQUIRED_KEYS:
            if not meta.get(key):
                raise PabulibError("missing_key", key=key)
        return meta

    def _checked_meta(self, key: str, value: str) -> str:
        if key == "vote_type" and value not in VOTE_TYPES:
            raise self.fail("unknown_vote_type", value=value)
        if key in {"budget", "max_sum_points", "default_score"} and value:
            self._number(key, value, POINTS if key == "default_score" else AMOUNT)
        if key in {"num_projects", "num_votes", "max_length"} and value:
            self._number(key, value, COUNT)
        return value

    def _number(self, key: str, value: str, form: re.Pattern[str]) -> str:
        if not form.fullmatch(value):
            raise self.fail("bad_number", key=key, value=value)
        return value

    def _read_projects(
        self, meta: dict[str, str]
    ) -> tuple[tuple[str, ...], dict[str, str], dict[str, dict[str, str]]]:
        """Columns, and by id the costs as they stand and the other columns."""
        columns = self._header("project_id", "cost")
        costs: dict[str, str] = {}
        extras: dict[str, dict[str, str]] = {}
        for row in self._body(columns, "VOTES"):
            id, cost = row.pop("project_id"), row.pop("cost")
            if not id:
                raise self.fail("missing_id", column="project_id")
            if id in costs:
                raise self.fail("duplicate_project", value=id)
            costs[id], extras[id] = self._number("cost", cost, AMOUNT), row
        if int(meta["num_projects"]) != len(costs):
            said = int(meta["num_projects"])
            raise PabulibError("num_projects", said=said, found=len(costs))
        return columns, costs, extras

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
        voter, choice = row.pop("voter_id"), _split(row.pop("vote"))
        if not voter:
            raise self.fail("missing_id", column="voter_id")
        for id in choice:
            if id not in election.projects:
                raise self.fail("unknown_project", value=id)
        limit = election.choices_max
        if limit is not None and len(choice) > limit:
            raise self.fail("too_many_choices", count=len(choice), limit=limit)
        points = self._points(election, row.pop("points", ""), len(choice))
        return Vote(voter, choice, points, row)

    def _points(self, election: Election, text: str, count: int) -> tuple[Points, ...]:
        texts = [self._number("points", item, POINTS) for item in _split(text)]
        if len(texts) != count and (texts or election.vote_type in SCORED):
            raise self.fail("points_mismatch", count=count, points=len(texts))
        points = tuple(number(item) for item in texts)
        limit = election.meta.get("max_sum_points")
        if limit and sum(points) > Fraction(limit):
            raise self.fail("too_many_points", points=sum(points), limit=limit)
        return points


def number(text: str) -> Points:
    """A decimal text exactly: an int if it is whole, else a fraction.

    >>> number("3"), number("2.50")
    (3, Fraction(5, 2))
    """
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value


def _split(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",")) if text else ()
