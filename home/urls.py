"""Addresses of the site's own pages that are not in the page tree."""

urlpatterns: list = []
