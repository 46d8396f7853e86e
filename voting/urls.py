"""Addresses of voting."""

app_name = "voting"
urlpatterns: list = []
