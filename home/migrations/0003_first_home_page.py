"""Gives an empty database its three home pages, so that nobody meets Wagtail's welcome page.

The words are a start for editors. The demo's own come from seed_demo.
"""

from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import migrations
from django.utils import timezone

WORDS = {
    "ru": {
        "title": "Что стоит сделать дальше?",
        "site_name": "Амур 100°",
        "tagline": "Предложения жителей: от первой фразы до ответа правительства",
        "lead": "Напишите, что стоит изменить, и соберите поддержку соседей. Предложение, "
        "достигшее порога, получает публичный ответ в срок.",
    },
    "en": {
        "title": "What should we do next?",
        "site_name": "Amur 100°",
        "tagline": "Residents' proposals, from the first line to the Government's answer",
        "lead": "Say what should change and gather your neighbours' support. A proposal that "
        "reaches the threshold gets a public answer by a set date.",
    },
    "ja": {
        "title": "次の一歩を、みんなで",
        "site_name": "アムール100°",
        "tagline": "住民の提案。最初の一文から行政の回答まで",
        "lead": "変えたいことを書き、まわりの賛同を集めましょう。必要な賛同数に達した提案には、"
        "期限までに行政が公開で回答します。",
    },
}
SECTIONS = (
    ("open_calls", {"heading": ""}),
    ("needs_your_voice", {"heading": ""}),
    ("moving_proposals", {"heading": ""}),
    ("events", {"heading": "", "count": 4}),
    ("outcomes", {"heading": ""}),
    ("district_map", {"heading": ""}),
    ("news", {"heading": "", "count": 3}),
)


def make_home_pages(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    root = Page.objects.get(depth=1)
    # Wagtail's own first page, and with it the site that shows it.
    Page.objects.filter(depth=2, slug="home", content_type__model="page").delete()
    if Page.objects.filter(depth=2).exists():
        return
    kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="home", model="homepage"
    )
    key = uuid4()
    pages = [
        _home_page(apps, number, language, content_type=kind, translation_key=key)
        for number, language in enumerate(WORDS, start=1)
    ]
    root.numchild = len(pages)
    root.save(update_fields=["numchild"])
    _make_site(apps, pages[0])


def _home_page(apps, number, language, **fields):
    Locale = apps.get_model("wagtailcore", "Locale")
    words, now = WORDS[language], timezone.now()
    slug = "home" if number == 1 else f"home-{language}"
    return apps.get_model("home", "HomePage").objects.create(
        locale=Locale.objects.get_or_create(language_code=language)[0],
        path=f"0001{number:04}",
        depth=2,
        numchild=0,
        slug=slug,
        url_path=f"/{slug}/",
        draft_title=words["title"],
        sections=[{"type": name, "value": value} for name, value in SECTIONS],
        first_published_at=now,
        last_published_at=now,
        **words,
        **fields,
    )


def _make_site(apps, page):
    """The site under the address that mails name too; as the default it answers to any other."""
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    standard_port = 443 if address.scheme == "https" else 80
    apps.get_model("wagtailcore", "Site").objects.create(
        hostname=address.hostname or "localhost",
        port=address.port or standard_port,
        site_name=page.site_name,
        root_page=page,
        is_default_site=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0002_pages"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunPython(make_home_pages, migrations.RunPython.noop)]
