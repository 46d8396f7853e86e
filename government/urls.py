"""Public addresses of the government app."""

from __future__ import annotations

from django.urls import path

from government.views import results

app_name = "government"
urlpatterns = [path("results/", results, name="results")]
