from __future__ import annotations

from django.apps import AppConfig


class LogConfig(AppConfig):
    name = "espi.response.log"
    label = "log"
