"""The home page, the lists that editors' pages live under, and the standard pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail_localize.models import TranslationSource

from cms.demo.clock import clock_at
from cms.demo.content import SOURCE, Calendar, Step, read
from cms.demo.pictures import FRONT_PAGE_NEWS, SHARED_PICTURE, picture, picture_alt
from cms.demo.publishing import publish, publish_draft, translate
from cms.demo.streams import block, body, items
from events.models import EventIndexPage
from home.models import HomePage, NewsIndexPage, StandardPage
from proposals.models import CallIndexPage

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = -260  # before anything else of the demo happens
INDEXES: dict[str, type[Page]] = {
    "calls": CallIndexPage,
    "events": EventIndexPage,
    "news": NewsIndexPage,
}


def steps(calendar: Calendar) -> Iterator[Step]:
    """One step a page, in the order of the menu."""
    yield Step("pages", partial(_fill_home, calendar))
    for row in read("pages")["index"]:
        yield Step("pages", partial(_publish, _index, row, calendar))
    for row in read("pages")["page"]:
        yield Step("pages", partial(_publish, _standard, row, calendar))
    yield Step("redirects", _redirect)


def home_page() -> HomePage:
    """The source-language home page, which a migration makes."""
    return HomePage.objects.get(locale__language_code=SOURCE)


def index_page(slug: str) -> Page:
    """A list's page in the source language."""
    return INDEXES[slug].objects.child_of(home_page()).get(slug=slug)


def illustration(row: dict[str, Any], language: str) -> dict[str, Any]:
    """The fields of a page's picture, if it has one."""
    if "image" not in row:
        return {}
    return {"image": picture(row["image"]), "image_alt": picture_alt(row["image"], language)}


def _publish(make: Any, row: dict[str, Any], calendar: Calendar) -> bool:
    return publish(
        parent=home_page(),
        make=partial(make, row),
        when=calendar.moment(DAY, "10:00"),
    )


def _index(row: dict[str, Any], language: str) -> Page:
    return INDEXES[row["slug"]](
        slug=row["slug"],
        title=row["title"][language],
        intro=row["intro"][language],
        show_in_menus=row.get("in_menu", False),
    )


def _standard(row: dict[str, Any], language: str) -> StandardPage:
    return StandardPage(
        slug=row["slug"],
        title=row["title"][language],
        intro=row["intro"][language],
        body=body(row["body"], language, "page", row["slug"]),
        show_in_menus=row.get("in_menu", False),
        **illustration(row, language),
    )


# The home page ------------------------------------------------------------------------------


def _fill_home(calendar: Calendar) -> bool:
    """Give the home page of a new site the demo's words; one that is translated has them."""
    home = home_page()
    if TranslationSource.objects.get_for_instance_or_none(home):
        return False
    with clock_at(calendar.moment(DAY)), transaction.atomic():
        for name, value in _home_fields(SOURCE).items():
            setattr(home, name, value)
        publish_draft(home)
        translate(home, _home)
    return True


def _home(language: str) -> HomePage:
    there = home_page().get_translations(inclusive=True).get(locale__language_code=language)
    return HomePage(slug=there.slug, **_home_fields(language))


def _home_fields(language: str) -> dict[str, Any]:
    row = read("pages")["home"]
    words = ("title", "site_name", "tagline", "lead", "address", "hours")
    return {
        **{name: row[name][language] for name in words},
        "contact_email": row["contact_email"],
        "share_image": picture(SHARED_PICTURE),
        "sections": _sections(row, language),
    }


def _sections(row: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """The home page from the first screen down, in the order visitors need it."""
    usual = {"heading": ""}
    values = {
        "open_calls": usual,
        "needs_your_voice": usual,
        "moving_proposals": usual,
        "events": {**usual, "count": 4},
        "outcomes": usual,
        "district_map": usual,
        "news": {**usual, "count": FRONT_PAGE_NEWS},
        "journey": {
            "heading": row["steps_title"][language],
            "steps": items(
                [_journey_step(row, step, language) for step in row["steps"]], "journey"
            ),
        },
    }
    return [block(kind, value, "home", kind) for kind, value in values.items()]


def _journey_step(row: dict[str, Any], step: dict[str, Any], language: str) -> dict[str, str]:
    days = row["steps_days"][language].format(days=step["days"]) if "days" in step else ""
    return {"title": step["title"][language], "text": step["text"][language], "days": days}


def _redirect() -> bool:
    """An example for editors: the address that posters of the opening carried."""
    row = read("pages")["redirect"]
    target = Page.objects.child_of(home_page()).get(slug=row["page"])
    _redirect, made = Redirect.objects.get_or_create(
        old_path=Redirect.normalise_path(row["old_path"]),
        site=None,
        defaults={"redirect_page": target, "is_permanent": True},
    )
    return made
