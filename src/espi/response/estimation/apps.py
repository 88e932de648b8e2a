from __future__ import annotations

from django.apps import AppConfig


class EstimationConfig(AppConfig):
    name = "espi.response.estimation"
    label = "estimation"
