from __future__ import annotations

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    name = "espi.contact.fieldwork"
    label = "fieldwork"
