from __future__ import annotations

from django.urls import path

from espi.response.estimation import views

app_name = "estimation"
urlpatterns = [
    path("<slug:wave_code>/estimasi", views.runs, name="runs"),
    path("<slug:wave_code>/koreksi", views.corrections, name="corrections"),
    path("<slug:wave_code>/koreksi/<int:correction_id>", views.decide, name="decide"),
]
