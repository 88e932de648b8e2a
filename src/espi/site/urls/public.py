"""Addresses of the results site, and of the staff pages of the response bank."""

from __future__ import annotations

from django.urls import include, path

from espi.design.pages import to_wave

handler500 = "espi.platform.failures.server_error"
urlpatterns = [
    path("", include("espi.accounts.urls")),
    path("", include("espi.design.urls")),
    path("", include("espi.response.ballotbox.staff_urls")),
    path("", include("espi.response.estimation.urls")),
    path("", include("espi.response.publication.urls")),
    path("<path:address>", to_wave, name="to_wave"),  # last: whatever has no wave in its address
]
