"""Addresses of the registry."""

from __future__ import annotations

from django.urls import include, path

from espi.design.pages import to_wave

handler500 = "espi.platform.failures.server_error"
urlpatterns = [
    path("", include("espi.accounts.urls")),
    path("", include("espi.design.urls")),
    path("", include("espi.contact.frame.urls")),
    path("", include("espi.contact.sampling.urls")),
    path("", include("espi.contact.invitations.urls")),
    path("", include("espi.contact.tickets.urls")),
    path("", include("espi.contact.dispatch.urls")),
    path("", include("espi.contact.fieldwork.urls")),
    path("<path:address>", to_wave, name="to_wave"),  # last: whatever has no wave in its address
]
