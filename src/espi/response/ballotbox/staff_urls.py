"""Addresses of the authority's pages of the box; the public process serves them."""

from __future__ import annotations

from django.urls import path

from espi.response.ballotbox import staff_views

app_name = "ballotbox_staff"
urlpatterns = [
    path("<slug:wave_code>/kotak", staff_views.box, name="box"),
    path("<slug:wave_code>/kotak/rilis", staff_views.release, name="release"),
    path("<slug:wave_code>/kotak/tutup", staff_views.close, name="close"),
]
