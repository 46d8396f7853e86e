"""Every address of the site: staff and machine addresses bare, people's under a language."""

from allauth.account import urls as allauth_urls
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.contrib.sitemaps.views import index, sitemap
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from accounts.viewsets import StaffAccountView
from cms import health, mail
from home.sitemaps import PageSitemap
from home.views import area, robots
from proposals.sitemaps import ProposalSitemap
from voting.sitemaps import RoundSitemap
from voting.views import checkpoint

handler429 = "accounts.ratelimit.too_many_requests"  # allauth looks it up here

# Apart, since one file may name 50,000 addresses at most.
SITEMAPS = {
    "sitemaps": {"pages": PageSitemap, "proposals": ProposalSitemap, "rounds": RoundSitemap}
}

urlpatterns = [
    *mail.urls(debug=settings.DEBUG),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    # The admin has no sign-in of its own: one door, one set of limits.
    path("admin/login/", RedirectView.as_view(pattern_name="accounts:staff_entrance")),
    re_path("^admin/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    path("admin/account/", require_admin_access(StaffAccountView.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("votes/checkpoint", checkpoint, name="checkpoint"),
    path("areas/<slug:slug>.svg", area, name="area"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", index, {**SITEMAPS, "sitemap_url_name": "sitemap_part"}, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap, SITEMAPS, name="sitemap_part"),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *i18n_patterns(
        path("accounts/", include("accounts.urls")),
        path("accounts/", include(decorate_urlpatterns(allauth_urls.urlpatterns, never_cache))),
        # Before the forty addresses of proposals, one of which a vote would be compared with each.
        path("", include("voting.urls")),
        path("proposals/", include("proposals.urls")),
        path("", include("government.urls")),
        path("", include("assessment.urls")),
        path("", include("events.urls")),
        path("", include("home.urls")),
        # Wagtail's own sign-in would know neither our limits nor unproven addresses.
        path(
            "_util/login/",
            RedirectView.as_view(pattern_name="account_login", query_string=True),
            name="wagtailcore_login",
        ),
        path("", include(wagtail_urls)),
    ),
]
