"""The formats officials take lists in: those of `home.exports`, and papers to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from government import papers
from home import exports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from home.exports import Listing


def write_pdf(listing: Listing) -> Iterator[bytes]:
    """The printable list: a table of the first rows (`papers.ROWS_MAX`), PDF/UA-1."""
    return iter([papers.render_listing(listing)])


def write_detailed_pdf(listing: Listing) -> Iterator[bytes]:
    """The printable list, then a page for each proposal (`papers.DETAILED_ROWS_MAX`)."""
    return iter([papers.render_listing(listing, detailed=True)])


FORMATS: dict[str, exports.Format] = {
    **exports.FORMATS,
    "pdf": exports.Format("pdf", "application/pdf", write_pdf),
    "pdf-detailed": exports.Format("pdf", "application/pdf", write_detailed_pdf),
}
