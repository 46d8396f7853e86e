"""Public addresses of the assessment app."""

from __future__ import annotations

from django.urls import path

from assessment import views

app_name = "assessment"
urlpatterns = [
    path("committees/", views.committees, name="committees"),
    path("committees/<slug:slug>/", views.committee, name="committee"),
    path("committees/<slug:slug>/meetings/<int:pk>/", views.meeting, name="meeting"),
    path("assessments/<int:pk>/", views.round_page, name="round"),
    path("assessments/<int:pk>/protocol.json", views.protocol_json, name="protocol_json"),
    path("assessments/<int:pk>/protocol.pdf", views.protocol_pdf, name="protocol_pdf"),
    path("assessments/<int:pk>/protocol.xlsx", views.protocol_xlsx, name="protocol_xlsx"),
]
