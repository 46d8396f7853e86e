"""`manage.py export_proposals`: a call's public proposals for officials, as the admin exports."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from tqdm import tqdm

from government.exports import FORMATS
from government.papers import DETAILED_ROWS_MAX, ROWS_MAX
from government.proposal_rows import proposal_listing
from home.papers import NotSet
from proposals.models import CallPage, Proposal

if TYPE_CHECKING:
    from home.exports import Listing
    from proposals.models.sets import ProposalQuerySet

BINARY = frozenset({"xlsx", "pdf", "pdf-detailed"})
PRINTED_MAX = {"pdf": ROWS_MAX, "pdf-detailed": DETAILED_ROWS_MAX}


class Command(BaseCommand):
    help = "Exports the public proposals of a call, the most supported first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--call", required=True, metavar="SLUG", help="the call they belong to")
        parser.add_argument("--format", required=True, choices=list(FORMATS), help="how to write")
        parser.add_argument("--top", type=int, metavar="N", help="only the N most supported")
        parser.add_argument(
            "-o",
            "--output",
            type=Path,
            metavar="FILE",
            help="where to; standard output if not given",
        )
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _name in settings.LANGUAGES],
            help="of headers, statuses and names",
        )
        parser.add_argument("--json", action="store_true", help="say what was done as JSON")

    def handle(self, *, call: str, format: str, top: int | None, **options: Any) -> None:
        output = options["output"]
        self._refuse(format, top, output, as_json=options["json"])
        with translation.override(options["language"]):
            listing = call_listing(_call(call), top)
            try:
                size = write(listing, format, output)
            except NotSet as failure:
                raise CommandError(f"The PDF could not be made: {failure}", returncode=2) from None
            except OSError as failure:
                raise CommandError(
                    f"Cannot write {output}: {failure.strerror}.", returncode=2
                ) from None
        self._report(listing.count or 0, format, output, size, as_json=options["json"])

    def _refuse(self, format: str, top: int | None, output: Path | None, *, as_json: bool) -> None:
        """Refuse in one sentence what cannot be meant."""
        limit = PRINTED_MAX.get(format)
        if top is not None and top < 1:
            raise CommandError("--top takes a number from 1 on.", returncode=2)
        if top and limit and top > limit:
            raise CommandError(
                f"A {format} holds at most {limit} proposals; take --top {limit} or fewer, "
                "or xlsx, csv or json for all.",
                returncode=2,
            )
        if output is None and (as_json or (format in BINARY and self.stdout.isatty())):
            reason = "--json" if as_json else f"{format} on a terminal"
            raise CommandError(f"Give -o FILE: {reason} leaves no place for it.", returncode=2)

    def _report(
        self, count: int, format: str, output: Path | None, size: int, *, as_json: bool
    ) -> None:
        written = min(count, PRINTED_MAX.get(format, count))
        if as_json:
            summary = {"file": str(output), "format": format, "proposals": written}
            self.stdout.write(json.dumps(summary | {"found": count, "bytes": size}))
        elif output:
            self.stdout.write(f"{written} proposals written to {output} ({size} bytes)")
        if written < count:
            self.stderr.write(
                f"The paper holds the first {written} of {count}; xlsx, csv and json hold all."
            )
            raise SystemExit(1)


def _call(slug: str) -> CallPage:
    calls = CallPage.objects.sources()
    if page := calls.filter(slug=slug).first():
        return page
    known = ", ".join(calls.values_list("slug", flat=True)) or "none"
    raise CommandError(f"There is no call {slug!r}; calls: {known}.", returncode=2)


def most_supported(call: CallPage) -> ProposalQuerySet:
    """The call's public proposals; among equals the one published earlier comes first."""
    return (
        Proposal.objects.public()
        .filter(call=call)
        .order_by("-figures__support_count", F("published_at").asc(nulls_last=True), "pk")
    )


def call_listing(call: CallPage, top: int | None) -> Listing:
    """What the command writes; a bar on standard error follows it, on a terminal only."""
    call_title = CallPage.objects.localized_titles()[call.translation_key]
    listing = proposal_listing(
        most_supported(call)[:top],
        title=_("Proposals: %(call)s") % {"call": call_title},
        filters=[(_("Order"), _("the most supported first"))],
    )
    bar = tqdm(listing.rows, total=listing.count, disable=not sys.stderr.isatty())
    return replace(listing, rows=bar)


def write(listing: Listing, format: str, output: Path | None) -> int:
    """Write all of it or, to a file, nothing; returns the bytes written."""
    chunks = FORMATS[format].write(listing)
    if output is None:
        return sum(sys.stdout.buffer.write(chunk) for chunk in chunks)
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("wb") as file:
            size = sum(file.write(chunk) for chunk in chunks)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    return size
