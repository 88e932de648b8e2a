"""No addresses: for processes that serve nothing."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
