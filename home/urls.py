"""Addresses of the site's own pages that are not in the page tree."""

from django.conf import settings
from django.urls import path
from django.views.decorators.http import require_safe

from home import views
from home.caching import public_page
from home.feeds import NewsAtomFeed, NewsRssFeed

urlpatterns = [
    path("", views.front, name="front"),
    path("display/", views.display_settings, name="display"),
    path("search/", views.search, name="search"),
    path("news/feed.rss", public_page(require_safe(NewsRssFeed())), name="news_rss"),
    path("news/feed.atom", public_page(require_safe(NewsAtomFeed())), name="news_atom"),
]

if settings.DEBUG:
    urlpatterns += [path("style/", views.style_guide, name="style_guide")]
