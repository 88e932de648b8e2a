"""Addresses of the registry."""

from __future__ import annotations

from django.urls import include, path

handler500 = "espi.platform.failures.server_error"
urlpatterns = [
    path("", include("espi.accounts.urls")),
    path("", include("espi.design.urls")),
    path("", include("espi.contact.frame.urls")),
    path("", include("espi.contact.sampling.urls")),
    path("", include("espi.contact.invitations.urls")),
    path("", include("espi.contact.dispatch.urls")),
    path("", include("espi.contact.fieldwork.urls")),
]
