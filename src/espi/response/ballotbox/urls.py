from __future__ import annotations

from django.urls import path

from espi.response.ballotbox import views

app_name = "ballotbox"
urlpatterns = [
    path("v1/ballots", views.ballots, name="ballots"),
    path("v1/state", views.state, name="state"),
]
