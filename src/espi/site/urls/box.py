"""Addresses of the box: where ballots go in, and the public record."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("espi.response.ballotbox.urls")),
    path("", include("espi.response.log.urls")),
]
