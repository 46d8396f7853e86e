"""Views of the site's own pages that are not in the page tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.url_routing import RouteResult
from wagtail.views import serve

from accounts.models import Municipality
from home import display
from home.caching import public_page
from home.forms import DisplayForm
from home.models import HomePage
from home.search import other_results, page_results
from home.territory import locator

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def display_settings(request: HttpRequest) -> HttpResponse:
    """Text size, spacing, colours, pictures and motion, kept in a cookie of this browser."""
    if request.method == "POST" and "reset" in request.POST:
        return _keep(request, {})
    now = display.read(request.COOKIES.get(display.COOKIE, ""))
    form = DisplayForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        return _keep(request, form.cleaned_data)
    context = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "home/display.html", context, status=422 if form.is_bound else 200)


def _keep(request: HttpRequest, chosen: dict[str, str]) -> HttpResponse:
    """Back to the page the reader came from, with the settings in a cookie.

    No message: it would need a session, and the page itself shows what changed.
    """
    response = HttpResponseRedirect(_came_from(request))
    cookie = display.write(chosen)
    if not cookie:
        response.delete_cookie(display.COOKIE, samesite="Lax")
        return response
    # The script that applies it before the page is drawn has to read it, hence no httponly.
    options = {"max_age": display.MAX_AGE, "secure": request.is_secure(), "samesite": "Lax"}
    response.set_cookie(display.COOKIE, cookie, httponly=False, **options)
    return response


def _came_from(request: HttpRequest) -> str:
    """The page to go back to; never another site's, or our form would lead people away."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return reverse("display")


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for looking at; in development only."""
    from home.style_guide import samples

    if not settings.DEBUG:
        raise Http404
    return render(request, "home/style_guide.html", samples())


def front(request: HttpRequest) -> HttpResponse:
    """The home page of a language, served by Wagtail.

    We name the page; Wagtail would ask four times for it.
    """
    homes = HomePage.objects.live().filter(locale__language_code=get_language())
    if home := homes.select_related("share_image").first():
        request._wagtail_route_for_request = RouteResult(home)  # as Page.route_for_request keeps it
    return serve(request, "")


@require_safe
@public_page
def search(request: HttpRequest) -> HttpResponse:
    """Pages of the active language, and on the first page what other apps find."""
    query = request.GET.get("q", "").strip()[:200]
    group, pages = page_results(query, request)
    groups = other_results(query, request) if query and pages.number == 1 else []
    context = {
        "query": query,
        "pages": pages,
        "groups": [group, *groups],
        "total": group.total + sum(other.total for other in groups),
    }
    return render(request, "home/search.html", context)


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """What machines should leave alone, and where the list of pages is."""
    context = {"sitemap": request.build_absolute_uri(reverse("sitemap"))}
    return render(request, "robots.txt", context, content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=86400)
def area(request: HttpRequest, slug: str) -> HttpResponse:
    """Where in the Territory a municipality lies, as a picture. Three queries."""
    place = get_object_or_404(Municipality.objects.sources(), slug=slug)
    return HttpResponse(locator(place.pk), content_type="image/svg+xml")
