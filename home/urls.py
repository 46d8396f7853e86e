"""Addresses of the site's own pages that are not in the page tree."""

from django.conf import settings
from django.urls import path

from home import views
from home.feeds import NewsAtomFeed, NewsRssFeed

urlpatterns = [
    path("", views.front, name="front"),
    path("display/", views.display_settings, name="display"),
    path("search/", views.search, name="search"),
    path("news/feed.rss", NewsRssFeed(), name="news_rss"),
    path("news/feed.atom", NewsAtomFeed(), name="news_atom"),
]

if settings.DEBUG:
    urlpatterns += [path("style/", views.style_guide, name="style_guide")]
