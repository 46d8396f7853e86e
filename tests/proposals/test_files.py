"""Pictures and documents of proposals: what is taken, what is refused, who gets them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from proposals.actions import start_draft
from proposals.files import checked_document, redraw_picture
from proposals.models import Proposal, ProposalDocument, ProposalImage
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

ORIENTATION, GPS = 0x0112, 0x8825


def url(name: str, *args: Any) -> str:
    return reverse(f"proposals:{name}", args=args)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **save: Any
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **save)
    return out.getvalue()


def upload(content: bytes, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def archive(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()


@pytest.fixture
def draft(resident: User, call: CallPage) -> Proposal:
    return start_draft(user=resident, call=call, title="Датчики на притоках", language="ru")


@pytest.fixture
def browser(resident: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(resident)


def test_redraw_picture_turns_it_upright_and_drops_what_it_tells() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    before = picture(exif=exif, comment=b"secret")
    after = redraw_picture(upload(before)).read()
    with Image.open(io.BytesIO(after)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()
    assert b"secret" in before
    assert b"secret" not in after


@pytest.mark.parametrize(
    ("kind", "mode", "suffix"),
    [
        ("PNG", "RGBA", "webp"),
        ("PNG", "I;16", "jpg"),
        ("WEBP", "RGB", "jpg"),
        ("JPEG", "CMYK", "jpg"),
    ],
)
def test_redraw_picture_takes_every_mode(kind: str, mode: str, suffix: str) -> None:
    drawn = redraw_picture(upload(picture(kind, mode=mode, size=(2400, 30))))
    assert drawn.name == f"picture.{suffix}"
    with Image.open(drawn) as image:
        assert image.width == 2000


@pytest.mark.parametrize(
    "content",
    [
        picture(size=(600, 400))[:400],
        picture("PNG", size=(600, 400))[:-40],
        b"<svg onload='alert(1)'/>",
        picture("GIF"),
        picture("PNG", size=(8000, 8000), mode="1"),
        b"\xff\xd8" + b"\x00" * 50,
    ],
    ids=["cut-jpeg", "cut-png", "svg", "gif", "pixels", "zeros"],
)
def test_redraw_picture_refuses(content: bytes) -> None:
    with pytest.raises(ValidationError):
        redraw_picture(upload(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Смета.PDF", b"%PDF-1.7"),
        ("a.docx", archive(**{"word/document.xml": "<a/>"})),
        ("a.xlsx", archive(**{"xl/workbook.xml": "<a/>"})),
        ("a.odt", archive(mimetype="application/vnd.oasis.opendocument.text")),
        ("a.ods", archive(mimetype="application/vnd.oasis.opendocument.spreadsheet")),
        ("a.csv", "Год;Уровень".encode("cp1251")),
        ("a.txt", "Амур".encode("utf-16")),
    ],
)
def test_checked_document_takes(name: str, content: bytes) -> None:
    file, shown = checked_document(upload(content, name))
    assert shown == name
    assert file.read() == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ\x90\x00"),
        ("a.exe", b"%PDF-1.7"),
        ("a.pdf.html", b"%PDF-1.7"),
        ("a.docx", archive(**{"xl/workbook.xml": "<a/>"})),
        ("a.docx", archive(**{"word/document.xml": "<a/>", "word/vbaProject.bin": "x"})),
        ("a.docx", b"PK\x03\x04 cut off"),
        ("a.odt", archive(**{"content.xml": "<a/>"})),
        ("a.txt", b"text\x00\x01"),
        ("noending", b"text"),
    ],
)
def test_checked_document_refuses(name: str, content: bytes) -> None:
    with pytest.raises(ValidationError):
        checked_document(upload(content, name))


def test_limits_of_size_come_from_the_settings(settings: Any) -> None:
    settings.PROPOSAL_IMAGE_MAX_BYTES = settings.PROPOSAL_DOCUMENT_MAX_BYTES = 5
    with pytest.raises(ValidationError):
        redraw_picture(upload(picture()))
    with pytest.raises(ValidationError):
        checked_document(upload(b"%PDF-1.7", "a.pdf"))


def test_image_is_added_shown_and_removed_with_its_file(
    browser: Client, draft: Proposal, django_capture_on_commit_callbacks: Any
) -> None:
    data = {"file": upload(picture()), "alt": "Вода у окон"}
    assert browser.post(url("add_image", draft.pk), data).url == url("files", draft.pk)
    kept = ProposalImage.objects.get()
    path = Path(kept.file.path)
    assert (kept.alt, kept.width, kept.height) == ("Вода у окон", 60, 40)
    answer = browser.get(url("image", kept.pk))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.getvalue()  # to its end, which closes it
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url("remove_image", draft.pk, kept.pk))
    assert not path.exists()
    assert browser.post(url("remove_image", draft.pk, kept.pk)).status_code == 302


def test_image_without_words_is_refused_and_the_others_stay(
    browser: Client, draft: Proposal
) -> None:
    browser.post(url("add_image", draft.pk), {"file": upload(picture()), "alt": "Первая"})
    page = browser.post(url("add_image", draft.pk), {"file": upload(picture()), "alt": ""})
    assert page.status_code == 200
    assert "Первая" in page.content.decode()
    page = browser.post(url("add_image", draft.pk), {"file": upload(b"x"), "alt": "Напечатано"})
    assert "Напечатано" in page.content.decode()
    assert ProposalImage.objects.count() == 1


def test_images_and_documents_have_a_limit(browser: Client, draft: Proposal, settings: Any) -> None:
    settings.PROPOSAL_IMAGES_MAX = settings.PROPOSAL_DOCUMENTS_MAX = 1
    for _number in range(2):
        page = browser.post(url("add_image", draft.pk), {"file": upload(picture()), "alt": "Вода"})
    assert page.context["form"].errors["file"]
    for _number in range(2):
        file = upload(b"%PDF-1.7", "a.pdf")
        page = browser.post(url("add_document", draft.pk), {"file": file})
    assert page.context["form"].errors["file"]
    assert (draft.images.count(), draft.documents.count()) == (1, 1)


def test_document_goes_out_as_a_download_under_its_name(browser: Client, draft: Proposal) -> None:
    file = upload(b"%PDF-1.7", "Смета 2026.pdf")
    browser.post(url("add_document", draft.pk), {"file": file})
    kept = ProposalDocument.objects.get()
    answer = browser.get(url("document", kept.pk))
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    answer.getvalue()  # to its end, which closes it


def test_files_are_seen_by_those_who_see_the_proposal(
    browser: Client,
    draft: Proposal,
    neighbour: User,
    moderator: User,
    stranger: Client,
    client_of: Callable[[User], Client],
) -> None:
    browser.post(url("add_image", draft.pk), {"file": upload(picture()), "alt": "Вода"})
    address = url("image", ProposalImage.objects.get().pk)
    assert stranger.get(address).status_code == 404
    assert client_of(neighbour).get(address).status_code == 404
    assert client_of(moderator).get(address).status_code == 404
    Proposal.objects.update(status=Proposal.Status.SUBMITTED)
    answer = client_of(moderator).get(address)
    assert answer.status_code == 200
    answer.getvalue()  # to its end, which closes it
    assert stranger.get(address).status_code == 404


def test_files_of_others_and_of_public_proposals_stay_as_they_are(
    browser: Client,
    resident: User,
    draft: Proposal,
    neighbour: User,
    client_of: Callable[[User], Client],
) -> None:
    data = {"file": upload(picture()), "alt": "Вода"}
    assert client_of(neighbour).post(url("add_image", draft.pk), data).status_code == 404
    public = ProposalFactory(author=resident)
    data = {"file": upload(picture()), "alt": "Вода"}
    assert browser.post(url("add_image", public.pk), data).status_code == 409
    kept = ProposalImage.objects.create(proposal=public, file=upload(picture()), alt="Вода")
    assert browser.post(url("remove_image", public.pk, kept.pk)).status_code == 409
    assert ProposalImage.objects.filter(pk=kept.pk).exists()
