"""No line of the log may tell who somebody is."""

from __future__ import annotations

import logging
import sys

import pytest

from cms.logs import PrivateFormatter, blot


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail to anna.k+1@mail.example.org failed", "mail to [e-mail] failed"),
        ("/ru/accounts/login/?login=anna%40example.org", "/ru/accounts/login/?login=[e-mail]"),
        (
            "/ru/accounts/confirm-email/MQ:1abc:xyz/ broke",
            "/ru/accounts/confirm-email/[key]/ broke",
        ),
        ("/accounts/password/reset/key/1-set-password/", "/accounts/password/reset/key/[key]/"),
        ("Not Found: /ja/proposals/draft/aB-3_x/", "Not Found: /ja/proposals/draft/[key]/"),
        ("Too Many Requests: /ru/cases/open/aB-3_x/", "Too Many Requests: /ru/cases/open/[key]/"),
        ("from 10.1.22.254:5432", "from [ip]:5432"),
        ("from 2001:db8::1, again", "from [ip], again"),
        ("from [::1]", "from [[ip]]"),
        (
            "DETAIL:  Key (email)=(Anna K.) already exists.",
            "DETAIL:  Key (email)=([value]) already exists.",
        ),
        ("2026-11-24 12:34:56,789 INFO voting sealed 12 rows", None),
        ("proposals.models.Proposal: 3.13", None),
    ],
)
def test_blot_removes_what_names_a_person(said: str, kept: str | None) -> None:
    assert blot(said) == (said if kept is None else kept)


def test_private_formatter_blots_tracebacks() -> None:
    try:
        raise ValueError("no such person: anna@example.org")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "broke", None, sys.exc_info())
    text = PrivateFormatter("%(message)s").format(record)
    assert "no such person: [e-mail]" in text
    assert "anna" not in text
