"""Addresses of voting: supports under their proposals, ballots under their rounds."""

from django.urls import path

from voting import views

app_name = "voting"
urlpatterns = [
    path("proposals/<int:pk>/support/", views.support, name="support"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<int:pk>/", views.round_page, name="round"),
    path("rounds/<int:pk>/cast/", views.cast, name="cast"),
    path("rounds/<int:pk>/keep/", views.keep, name="keep"),
    path("rounds/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("rounds/<int:pk>/method/", views.method, name="method"),
    path("rounds/<int:pk>/result.csv", views.result_csv, name="result_csv"),
]
