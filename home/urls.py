"""Addresses of the site's own pages that are not in the page tree."""

from django.conf import settings
from django.urls import path

from home import views

urlpatterns = [path("display/", views.display_settings, name="display")]

if settings.DEBUG:
    urlpatterns += [path("style/", views.style_guide, name="style_guide")]
