"""Addresses of the box: one."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("espi.response.ballotbox.urls"))]
