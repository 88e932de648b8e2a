"""Addresses of the box: where ballots go in, and the public record."""

from __future__ import annotations

from django.urls import include, path

handler500 = "espi.platform.failures.server_error"
urlpatterns = [
    path("", include("espi.response.ballotbox.urls")),
    path("", include("espi.response.log.urls")),
]
