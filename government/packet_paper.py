"""A packet for a meeting: many dossiers in one tagged PDF with contents and page numbers.

Set some at a time, because the typesetter's memory grows with the paper: 800 pages in one go took
1010 MB. Measured with 200 dossiers of six pages each: 45 s, 165 MB in the typesetter, and 150 MB
more here, while the parts, which lie in a folder until then, are joined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from government.dossier_paper import printed
from government.dossier_words import document_of
from government.pdf_joining import LINK_SCHEME, join_pdfs, starts_of
from home.papers import number, shared_words, typeset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from government.dossier_blocks import Document

    # A snapshot and where its municipality lies.
    Content = tuple[dict[str, Any], str]

AT_ONCE = 10


@dataclass
class PacketPaper:
    """One packet being made; `left_out` are numbers of proposals that are public no more."""

    title: str
    site: str
    language: str
    progress: Callable[[int], None]
    rows: list[dict[str, Any]] = field(default_factory=list)
    pages: int = 0
    left_out: list[int] = field(default_factory=list)

    def write(self, contents: Iterable[Content], target: Path) -> int:
        """Make the file and return its pages. Raises `NotSet`."""
        with (
            translation.override(self.language),
            TemporaryDirectory(prefix=".", dir=target.parent) as name,
        ):
            folder = Path(name)
            parts = list(self._parts(contents, folder))
            first = folder / "contents.pdf"
            first.write_bytes(typeset("government/packet", self._contents()))
            return join_pdfs(first, parts, target)

    def _parts(self, contents: Iterable[Content], folder: Path) -> Iterator[Path]:
        for place, some in enumerate(batched(contents, AT_ONCE)):
            documents = [(document_of(snapshot, self.language), where) for snapshot, where in some]
            path = folder / f"{place}.pdf"
            path.write_bytes(typeset("government/dossier", self._part(documents)))
            pages, starts = starts_of(path)
            for (snapshot, _where), (document, _same), start in zip(
                some, documents, starts, strict=True
            ):
                self.rows.append(self._row(snapshot, document, self.pages + start + 1))
            self.pages += pages
            self.progress(len(self.rows))
            yield path

    def _part(self, documents: Sequence[tuple[Document, str]]) -> dict[str, Any]:
        data = self._shared()
        data["first_page"] = self.pages + 1
        return data | {"dossiers": [printed(document, where) for document, where in documents]}

    def _shared(self) -> dict[str, Any]:
        data = shared_words(self.language, self.site, timezone.now())
        # The last page is not known before all parts are made.
        data["labels"]["page"] = _("Page {page}")
        return data | {"title": self.title, "running": [self.title]}

    def _row(self, snapshot: dict[str, Any], document: Document, sheet: int) -> dict[str, Any]:
        return {
            "number": f"{snapshot['proposal']['id']}",
            "title": {"text": document.title.text, "lang": document.title.lang},
            "body": document.body,
            "support": number(snapshot["figures"]["support_count"]),
            "sheet": number(sheet),
            "url": f"{LINK_SCHEME}{len(self.rows)}",
        }

    def _contents(self) -> dict[str, Any]:
        count = len(self.rows)
        data = self._shared() | {"rows": self.rows, "left_out": self._left_out()}
        data["sentence"] = ngettext("%(count)s dossier.", "%(count)s dossiers.", count) % {
            "count": number(count)
        }
        data["labels"] |= {
            "number": pgettext("number of a proposal", "No."),
            "proposal": _("Proposal"),
            "body": _("Body"),
            "support": _("Supports"),
            "sheet": _("Page"),
        }
        return data

    def _left_out(self) -> str:
        if not self.left_out:
            return ""
        numbers = ", ".join(f"{one}" for one in self.left_out)
        return _("Left out, because they are public no more: %(numbers)s.") % {"numbers": numbers}
