"""Makes pages that editors write, with a body of every block, and their translations."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale

from home.models import HomePage, NewsIndexPage, NewsPage, NewsTag, StandardPage
from tests.factories.accounts import source_locale

if TYPE_CHECKING:
    from wagtail.documents.models import Document
    from wagtail.images.models import Image
    from wagtail.models import Page


def home_page(language: str = "ru") -> HomePage:
    """The front page of a language, which a migration has made."""
    return HomePage.objects.get(locale__language_code=language)


def make_image(title: str = "Набережная", size: tuple[int, int] = (96, 64)) -> Image:
    """A plain picture with a description."""
    data = io.BytesIO()
    Picture.new("RGB", size, "#0b5570").save(data, "JPEG")
    file = ImageFile(io.BytesIO(data.getvalue()), name="embankment.jpg")
    image = get_image_model().objects.create(title=title, description=title, file=file)
    image.contextual_alt_text, image.decorative = title, False
    return image


def make_document(title: str = "Правила") -> Document:
    """A short file to download."""
    file = ContentFile(b"rules", name="rules.txt")
    return get_document_model().objects.create(title=title, file=file, file_size=5)


def make_tag(slug: str, **names: str) -> NewsTag:
    """A tag under its name in each language; the Russian row comes back."""
    source = NewsTag.objects.create(locale=source_locale(), slug=slug, name=names["ru"])
    for language, name in names.items():
        if language != "ru":
            locale = Locale.objects.get(language_code=language)
            NewsTag.objects.create(
                locale=locale, slug=slug, name=name, translation_key=source.translation_key
            )
    return source


def full_body(image: Image, document: Document, page: Page) -> list[tuple[str, Any]]:
    """One block of each type."""
    question = {"question": "Кто может участвовать?", "answer": "<p>Все.</p>"}
    figure = {"number": "12", "unit": "датчиков", "label": "на четырёх притоках"}
    return [
        ("heading", {"text": "Зачем реке тревога", "level": "h2", "anchor": ""}),
        ("paragraph", "<p>Вода поднялась на <b>два метра</b>.</p>"),
        ("quote", {"text": "Шести часов хватит.", "author": "Анна К.", "role": "жительница"}),
        ("steps", {"steps": [{"title": "Напишите", "text": "Две фразы."}, {"title": "Соберите"}]}),
        (
            "table",
            {
                "caption": "Уровень воды",
                "columns": [
                    {"type": "text", "heading": "Год"},
                    {"type": "number", "heading": "Сантиметры"},
                ],
                "rows": [{"values": ["2013", "808"]}],
            },
        ),
        ("image", {"image": image, "caption": "Сентябрь", "credit": "", "width": "wide"}),
        ("gallery", {"images": [{"image": image, "caption": ""}, {"image": image}]}),
        ("document", {"document": document, "title": ""}),
        (
            "video",
            {"title": "Запись", "url": "https://video.example.org/1", "length": "", "note": ""},
        ),
        ("figures", {"figures": [figure], "source": ""}),
        ("cards", {"heading": "Читайте также", "pages": [page]}),
        ("callout", {"heading": "Важно", "text": "<p>Возьмите паспорт.</p>", "tone": "warning"}),
        ("button", {"text": "Правила", "page": page, "url": "", "look": "quiet"}),
        ("accordion", {"questions": [question]}),
    ]


def news_index(language: str = "ru") -> NewsIndexPage:
    """The list of news of a language; made once."""
    parent = home_page(language)
    if index := NewsIndexPage.objects.child_of(parent).first():
        return index
    source = NewsIndexPage.objects.filter(locale=source_locale()).first()
    same = {"translation_key": source.translation_key} if source else {}
    return parent.add_child(
        instance=NewsIndexPage(title="Новости", slug="news", locale=parent.locale, **same)
    )


def make_news(language: str = "ru", tags: tuple[NewsTag, ...] = (), **fields: Any) -> NewsPage:
    """A published piece of news, each newer than the one before."""
    index = news_index(language)
    number = NewsPage.objects.count() + 1
    page = NewsPage(
        **{
            "title": f"Новость {number}",
            "slug": f"news-{number}",
            "intro": "Коротко о главном.",
            "date": timezone.now().replace(microsecond=0) + timedelta(days=-100, hours=number),
            "locale": index.locale,
            **fields,
        }
    )
    page.tags = list(tags)
    index.add_child(instance=page)
    return page


def make_standard(parent: Page | None = None, **fields: Any) -> StandardPage:
    """A published page of text."""
    parent = parent or home_page()
    number = StandardPage.objects.count() + 1
    values = {"title": f"Страница {number}", "slug": f"page-{number}", "locale": parent.locale}
    return parent.add_child(instance=StandardPage(**{**values, **fields}))


def translate(page: Page, language: str, **fields: Any) -> Page:
    """The published translation of a page, its parents translated first."""
    locale = Locale.objects.get(language_code=language)
    parent = page.get_parent().specific
    if parent.depth > 1 and not parent.has_translation(locale):
        translate(parent, language)
    copy = page.specific.copy_for_translation(locale)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save_revision().publish()
    return type(copy).objects.get(pk=copy.pk)
