"""The demo's proposals as their authors write them: drafts with tags and pictures."""

from __future__ import annotations

import zlib
from typing import Any

from django.db import transaction

from accounts.models import Municipality
from cms.demo.calls import call_page
from cms.demo.content import read
from cms.demo.people import person
from cms.demo.pictures import picture_file
from cms.demo.terms import source_term
from proposals.actions import save_draft, start_draft
from proposals.models import Category, Proposal, ProposalFigures, ProposalImage


def find(row: dict[str, Any]) -> Proposal | None:
    """The proposal of a row, if it was begun already."""
    return (
        Proposal.objects.select_related("call")
        .filter(call__slug=row["call"], title=row["title"])
        .order_by("pk")
        .first()
    )


@transaction.atomic
def begin(row: dict[str, Any]) -> None:
    """Write the draft, all of it or nothing."""
    author = person(row["author"])
    proposal = start_draft(
        user=author,
        call=call_page(row["call"]),
        language=row["language"],
        shuffle=zlib.crc32(row["key"].encode()) // 2,
        **_words(row),
        **_place(row),
    )
    save_draft(user=author, proposal=proposal, tags=row["tags"])
    ProposalFigures.objects.filter(proposal=proposal).update(
        imported_support_count=row["imported_supports"]
    )
    for image in row["images"]:
        ProposalImage.objects.create(
            proposal=proposal, alt=image["alt"], file=picture_file(image["key"])
        )


def _words(row: dict[str, Any]) -> dict[str, str]:
    solution = row["solution"].strip()
    if row["cost"]:
        line = read("proposals")["cost_line"][row["language"]]
        solution += "\n\n" + line.format(cost=row["cost"])
    return {
        "title": row["title"],
        "summary": row["summary"],
        "problem": row["problem"].strip(),
        "solution": solution,
        "beneficiaries": row["beneficiaries"],
    }


def _place(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "category": source_term(Category, row["category"]),
        "municipality": source_term(Municipality, row["municipality"]),
        "latitude": row.get("lat"),
        "longitude": row.get("lon"),
    }
