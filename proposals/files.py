"""What becomes of residents' pictures and documents before they are kept. No database.

Pictures are drawn anew, so that nothing of the file that came is kept but its colours; documents
are kept as they are, and their first bytes have to say what their name says.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from proposals.cleaning import file_name

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_MAX = 40_000_000
SIDE_MAX = 2000
# What Pillow raises for files that are cut off, forged or meant to fill the memory.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "txt": "text/plain",
    "csv": "text/csv",
}
DOCUMENTS = ("pdf", "docx", "xlsx", "odt", "ods", "txt", "csv")
_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_TEXT_BYTES = frozenset(range(0x20, 0x100)) | {0x09, 0x0A, 0x0C, 0x0D}


def redraw_picture(upload: UploadedFile) -> ContentFile:
    """The picture upright, at most `SIDE_MAX` long, without EXIF. Raises `ValidationError`."""
    _check_size(upload, settings.PROPOSAL_IMAGE_MAX_BYTES)
    try:
        with Image.open(upload, formats=PICTURE_FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                raise ValidationError(_("The picture has more than 40 million pixels."))
            return _drawn(image)
    except BROKEN as error:
        raise ValidationError(
            _("This picture cannot be read. Choose a JPEG, PNG or WebP file that opens elsewhere.")
        ) from error


def _drawn(image: Image.Image) -> ContentFile:
    image.draft("RGB", (SIDE_MAX, SIDE_MAX))  # JPEG only: decodes no more than is needed
    image.load()
    upright = ImageOps.exif_transpose(image)
    is_clear = upright.has_transparency_data
    drawn = upright.convert("RGBA" if is_clear else "RGB")
    drawn.thumbnail((SIDE_MAX, SIDE_MAX))
    drawn.info.clear()  # Pillow would write the comment and the colour profile back
    out = io.BytesIO()
    if is_clear:
        drawn.save(out, "WEBP", quality=85)
    else:
        drawn.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return ContentFile(out.getvalue(), name="picture.webp" if is_clear else "picture.jpg")


def checked_document(upload: UploadedFile) -> tuple[UploadedFile, str]:
    """The file and the name to show it under. Raises `ValidationError`."""
    _check_size(upload, settings.PROPOSAL_DOCUMENT_MAX_BYTES)
    name = file_name(upload.name or "")
    extension = name.rpartition(".")[2].lower()
    if extension not in DOCUMENTS:
        raise ValidationError(
            _("Only these kinds of files can be added: %(kinds)s."),
            params={"kinds": ", ".join(DOCUMENTS)},
        )
    if not _is_what_it_says(upload, extension):
        raise ValidationError(
            _("This file is not what its name says (%(kind)s), or it is damaged."),
            params={"kind": extension},
        )
    upload.seek(0)
    return upload, name


def _check_size(upload: UploadedFile, limit: int) -> None:
    if (upload.size or 0) > limit:
        raise ValidationError(
            _("The file is too large: %(size)s. At most %(limit)s are possible."),
            params={"size": filesizeformat(upload.size), "limit": filesizeformat(limit)},
        )


def _is_what_it_says(file: IO[bytes], extension: str) -> bool:
    file.seek(0)
    if extension == "pdf":
        return b"%PDF-" in file.read(1024)
    if extension in {"txt", "csv"}:
        head = file.read(65536)
        is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        return is_wide or _TEXT_BYTES.issuperset(head)
    return _is_office_file(file, extension)


def _is_office_file(file: IO[bytes], extension: str) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return False  # macros, under the name of a file that has none
            if extension in _MAIN_PART:
                return _MAIN_PART[extension] in names
            with archive.open("mimetype") as kind:
                return kind.read(100).decode("ascii").strip() == CONTENT_TYPES[extension]
    except (zipfile.BadZipFile, *BROKEN, NotImplementedError, RuntimeError):
        return False
