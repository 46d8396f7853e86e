"""Addresses of voting, under the proposals they belong to."""

from django.urls import path

from voting import views

app_name = "voting"
urlpatterns = [
    path("proposals/<int:pk>/support/", views.support, name="support"),
]
