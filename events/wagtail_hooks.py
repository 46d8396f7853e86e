"""Registers what this app adds to the Wagtail admin."""

from __future__ import annotations

from wagtail import hooks

from events.viewsets import EventListingViewSet


@hooks.register("register_admin_viewset")
def event_list() -> EventListingViewSet:
    """Events by time: the page tree shows them by when they were written."""
    return EventListingViewSet("event_list")
