from __future__ import annotations

from django.apps import AppConfig


class BallotboxConfig(AppConfig):
    name = "espi.response.ballotbox"
    label = "ballotbox"
