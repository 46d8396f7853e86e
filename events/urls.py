"""Addresses of events that are no pages: the calendar and its entries. Pages are in the tree."""

from django.urls import path

from events import views

app_name = "events"
urlpatterns = [
    path("events/calendar.ics", views.calendar, name="calendar"),
    path("events/<int:pk>.ics", views.ics, name="ics"),
]
