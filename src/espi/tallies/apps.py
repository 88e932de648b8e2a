from __future__ import annotations

from django.apps import AppConfig


class TalliesConfig(AppConfig):
    name = "espi.tallies"
    label = "tallies"
