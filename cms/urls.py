"""Every address of the site: staff and machine addresses bare, people's under a language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *i18n_patterns(
        path("accounts/", include("allauth.urls")),
        path("proposals/", include("proposals.urls")),
        path("", include("voting.urls")),
        path("", include("home.urls")),
        path("", include(wagtail_urls)),
    ),
]
