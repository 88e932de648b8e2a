from __future__ import annotations

from django.urls import path

from espi.response.estimation import views

app_name = "estimation"
urlpatterns = [
    path("estimasi", views.runs, name="runs"),
    path("koreksi", views.corrections, name="corrections"),
    path("koreksi/<int:correction_id>", views.decide, name="decide"),
]
