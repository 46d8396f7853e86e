"""Papers: tagged, readable by machines in Russian and Japanese, and no text becomes markup."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdf
import pytest
from fontpkg_noto_sans import ROOT

from government.dossier_blocks import share
from government.dossier_paper import dossier_data, render_dossier_pdf
from government.dossier_words import document_of
from government.exports import write_detailed_pdf, write_pdf
from government.papers import ROWS_MAX
from government.snapshots import contents_hash
from home import papers, typesetter
from tests.factories.listings import HOSTILE, hostile_rows, listing, many_rows, row
from tests.factories.snapshots import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

JAPANESE = {
    "title": "アムール川の洪水を早く知らせる",
    "summary": "支流に12基のセンサーを置き、無料のメッセージを届けます。",
    "problem": "観測所のデータは1日1回しか届きません。",
    "language": "ja",
}


def text_of(content: bytes) -> str:
    """The text a reader can copy, all white space as single spaces."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    text = " ".join(page.extract_text() for page in pages).replace("\u200b", "")
    return re.sub(r"\s+", " ", text)


def letters_of(content: bytes) -> str:
    """The text without white space, for what may be broken over lines."""
    return re.sub(r"\s", "", text_of(content))


def tags_of(content: bytes) -> list[tuple[str, str | None]]:
    """(tag, language) of each element of the structure tree, in reading order."""

    def walk(node: Any) -> Iterator[tuple[str, str | None]]:
        if isinstance(node, pikepdf.Array):
            for item in node:
                yield from walk(item)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            language = node.get("/Lang")
            yield str(node.S), None if language is None else str(language)
            yield from walk(node.get("/K", pikepdf.Array()))

    with pikepdf.open(io.BytesIO(content)) as pdf:
        return list(walk(pdf.Root.StructTreeRoot.K))


@pytest.fixture(scope="module")
def printed() -> bytes:
    return b"".join(write_pdf(listing([row(1), row(2, **JAPANESE)], count=2)))


@pytest.fixture(scope="module")
def dossier() -> bytes:
    return render_dossier_pdf(snapshot(), "ru")


@pytest.mark.parametrize("paper", ["printed", "dossier"])
def test_paper_claims_what_pdf_ua_asks(paper: str, request: pytest.FixtureRequest) -> None:
    content = request.getfixturevalue(paper)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.K
        assert str(pdf.Root.Lang) == "ru"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]
        assert all(page.get("/Tabs") == "/S" for page in pdf.pages if "/Annots" in page)


@pytest.mark.parametrize("paper", ["printed", "dossier"])
def test_paper_embeds_every_font(paper: str, request: pytest.FixtureRequest) -> None:
    reader = pypdf.PdfReader(io.BytesIO(request.getfixturevalue(paper)))
    for page in reader.pages:
        embedded, not_embedded = page._get_fonts()
        assert embedded
        assert not not_embedded


def test_listing_has_headings_and_a_table_with_headers(printed: bytes) -> None:
    tags = [tag for tag, _language in tags_of(printed)]
    assert tags.count("/H1") == 1
    assert tags.count("/TH") == 5
    assert tags.count("/TR") == 3
    assert tags.count("/Link") == 2


def test_listing_text_can_be_copied_in_russian_and_japanese(printed: bytes) -> None:
    text = letters_of(printed)
    assert "РаннеепредупреждениеопаводкенаАмуре" in text
    assert JAPANESE["title"] in text
    assert "https://boiling-point.example/ru/proposals/1/" in text


def test_listing_says_the_language_of_each_proposal(printed: bytes) -> None:
    assert "ja" in {language for _tag, language in tags_of(printed)}


def test_listing_holds_filters_and_count(printed: bytes) -> None:
    text = text_of(printed)
    assert "У правительства" in text
    assert "1 512" in text.replace("\xa0", " ")


def test_listing_sets_hostile_texts_as_they_are() -> None:
    content = b"".join(write_pdf(listing(hostile_rows())))
    text = letters_of(content)
    for fragment in HOSTILE[0], HOSTILE[-1], "<script>alert(1)</script>", "=HYPERLINK":
        assert re.sub(r"\s", "", fragment) in text
    with pikepdf.open(io.BytesIO(content)) as pdf:
        links = [
            str(note.A.URI)
            for page in pdf.pages
            for note in page.get("/Annots", [])
            if "/A" in note
        ]
        assert {link.rsplit("/", 2)[0] for link in links} == {
            "https://boiling-point.example/ru/proposals"
        }
        assert "/JavaScript" not in str(pdf.Root.get("/Names", ""))


def test_listing_reads_no_row_beyond_what_it_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("government.papers.ROWS_MAX", 3)
    rows = many_rows(35_000)
    content = b"".join(write_pdf(listing(rows, count=35_000)))
    assert next(rows)["id"] == 5
    text = text_of(content).replace("\xa0", " ")
    assert "35 000" in text
    assert "Предложение 3" in text
    assert "Предложение 4" not in text


def test_detailed_listing_gives_each_proposal_its_page() -> None:
    content = b"".join(write_detailed_pdf(listing([row(1), row(2, **JAPANESE)], count=2)))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    assert len(pages) == 3
    assert "Данные приходят раз в сутки" in pages[1]
    assert "観測所" in pages[2]
    assert [tag for tag, _language in tags_of(content)].count("/H2") == 2


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_listing_without_rows_is_a_paper(language: str) -> None:
    content = b"".join(write_pdf(listing([], count=0, language=language)))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang) == language


def test_listing_of_500_rows_is_made_in_bounded_memory() -> None:
    """In a process of its own: this one must not keep what typst needed."""
    before = _resident_bytes()
    content = b"".join(write_pdf(listing(many_rows(ROWS_MAX), count=ROWS_MAX)))
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 44
    assert _resident_bytes() - before < 40 * 1024**2


def _resident_bytes() -> int:
    pages = Path("/proc/self/statm")
    if not pages.exists():
        pytest.skip("needs Linux to tell its memory")
    return int(pages.read_text().split()[1]) * 4096


def test_first_page_of_dossier_is_enough_to_decide(dossier: bytes) -> None:
    first = pypdf.PdfReader(io.BytesIO(dossier)).pages[0].extract_text()
    first = re.sub(r"\s+", " ", first.replace("\xa0", " "))
    for fragment in (
        "Раннее предупреждение о паводке",
        "Министерство природных ресурсов",
        "24 декабря 2026",
        "1 512",
        "0,64%",
        "Комсомольск-на-Амуре",
        "Анна К.",
        "кто возьмёт на себя связь",
    ):
        assert fragment in first


def test_dossier_holds_full_text_history_files_and_hash(dossier: bytes) -> None:
    text = text_of(dossier).replace("\xa0", " ")
    for fragment in (
        "Данные постов приходят раз в сутки",
        "датчики уровня с передачей по LoRaWAN",
        "Порог поддержки пройден",
        "Карта притоков.pdf",
        contents_hash(snapshot()),
        "https://boiling-point.example/ru/proposals/12/",
    ):
        assert fragment in text


def test_dossier_is_structured(dossier: bytes) -> None:
    tags = [tag for tag, _language in tags_of(dossier)]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == 5
    assert "/Figure" in tags  # the QR code, with words for it
    assert tags.count("/TH") == 7


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_dossier_is_made_in_each_language(language: str) -> None:
    content = render_dossier_pdf(snapshot(), language)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang) == language
    assert snapshot()["referral"]["body"][language][:6] in text_of(content)


def test_dossier_is_the_same_file_each_time(dossier: bytes) -> None:
    assert render_dossier_pdf(snapshot(), "ru") == dossier


@pytest.mark.parametrize("text", HOSTILE)
def test_dossier_data_takes_any_text(text: str) -> None:
    proposal = snapshot()["proposal"] | {"title": text, "problem": text, "author_name": text}
    data = dossier_data(document_of(snapshot() | {"proposal": proposal}, "ru"))
    assert data["title"] == text


def test_dossier_of_hostile_text_is_set() -> None:
    text = " ".join(HOSTILE).encode("utf-8", "replace").decode() + " 🏒 한국어 سلام " + "х" * 3000
    proposal = snapshot()["proposal"] | {
        "title": HOSTILE[-1],
        "solution": text,
        "beneficiaries": "\n\n\n",
        "url": 'https://example.org/?q="><b>#panic()',
    }
    content = render_dossier_pdf(snapshot() | {"proposal": proposal}, "ru")
    letters = letters_of(content)
    assert re.sub(r"\s", "", HOSTILE[-1]) in letters
    assert "□" in letters
    assert "х" * 3000 in letters


def test_typesetter_that_fails_says_why() -> None:
    with pytest.raises(papers.NotSet, match=r"^typst.TypstError: .*labels"):
        papers.typeset("government/listing", {"timestamp": 0})


def test_typesetter_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "SECONDS_MAX", 0.01)
    with pytest.raises(papers.NotSet, match=r"0\.01"):
        b"".join(write_pdf(listing([row()])))


def test_templates_fetch_nothing() -> None:
    for template in typesetter.ROOT.glob("*/typst/*.typ"):
        source = template.read_text()
        imported = re.findall(r"#import\s+\"([^\"]+)\"", source)
        assert imported in ([], ["/home/typst/paper.typ"])
        assert not re.search(r"@preview|\beval\(|\bread\(|https?://", source)


def test_both_fonts_cover_the_site_s_languages() -> None:
    covered = typesetter.covered_characters(
        next((ROOT / "files").glob("NotoSans[[]*")).read_bytes()
    )
    assert {ord(letter) for letter in "Ёёъ№₽«»—…°²'ӈ"} <= covered
    japanese = typesetter.covered_characters(typesetter.JAPANESE.read_bytes())
    assert {ord(letter) for letter in "提案のハバロフスク、。「」ー〜①"} <= japanese


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 1_300_000, "0.01%"), (1512, 238_505, "0.64%"), (15, 300, "5.0%"), (99, 100, "99%")],
)
def test_share_is_never_rounded_down_to_nothing(part: int, whole: int, expected: str) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert share(part, whole) == expected
