"""Addresses of the authority's page of the box; the public process serves them."""

from __future__ import annotations

from django.urls import path

from espi.response.ballotbox import staff_views

app_name = "ballotbox_staff"
urlpatterns = [
    path("kotak", staff_views.boxes, name="boxes"),
    path("kotak/<slug:wave_code>/rilis", staff_views.release, name="release"),
    path("kotak/<slug:wave_code>/tutup", staff_views.close, name="close"),
]
