"""Addresses of a person's own account; signing in and up are allauth's."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("data/", views.download, name="download"),
    path("delete/", views.erase, name="erase"),
    path("deleted/", views.erased, name="erased"),
    path("staff/", views.staff_entrance, name="staff_entrance"),
]
