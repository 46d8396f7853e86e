"""What is wrong with a Pabulib file, by line, in words that can be translated. No Django."""

from __future__ import annotations

from typing import Any


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
    "too_few_choices": gettext_noop(
        "Line %(line)d: the vote names %(count)d projects, at least %(limit)d have to be named."
    ),
    "extra_comma": gettext_noop("Line %(line)d: column %(column)s has a comma too many."),
    "points_mismatch": gettext_noop(
        "Line %(line)d: the vote names %(count)d projects and gives points to %(points)d."
    ),
    "too_many_points": gettext_noop(
        "Line %(line)d: the vote gives %(points)s points, at most %(limit)s are allowed."
    ),
    "points_range": gettext_noop(
        "Line %(line)d: the vote gives %(points)s points to a project, %(key)s is %(limit)s."
    ),
    "num_projects": gettext_noop("META says %(said)d projects, the file has %(found)d."),
    "num_votes": gettext_noop("META says %(said)d votes, the file has %(found)d."),
    # What can be read and not be kept.
    "bad_date": gettext_noop(
        "Line %(line)d: %(key)s is “%(value)s”. Write a day such as 18.09.2023 or 2023-09-18,"
        " a month such as 09.2023, or a year."
    ),
    "dates_reversed": gettext_noop("Line %(line)d: date_end is %(value)s, before date_begin."),
    "bad_currency": gettext_noop(
        "Line %(line)d: currency is “%(value)s”. Write its three letters, such as PLN."
    ),
    "too_many_decimals": gettext_noop(
        "Line %(line)d: %(key)s is %(value)s, and %(currency)s has %(places)d decimals."
        " Round the amount."
    ),
    "too_much_money": gettext_noop(
        "Line %(line)d: %(key)s is %(value)s, at most %(limit)s can be kept."
        " Write all amounts of the file in a larger unit of money."
    ),
    "too_large": gettext_noop(
        "Line %(line)d: %(key)s is %(value)s, at most %(limit)d can be kept."
        " Write a smaller number or leave the line out."
    ),
    "too_many_projects": gettext_noop(
        "Line %(line)d: this is one project more than the %(limit)d that can be kept."
        " Import the file in parts."
    ),
    "long_id": gettext_noop(
        "Line %(line)d: the id %(value)s has more than %(limit)d characters."
        " Shorten it here and in the votes."
    ),
    "parts_of_points": gettext_noop(
        "Line %(line)d: the vote gives %(points)s points, only whole ones can be kept."
        " Multiply all points of the file."
    ),
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
