from __future__ import annotations

from django.urls import path

from espi.response.publication import staff_views, views

app_name = "publication"
urlpatterns = [
    path("", views.national, name="national"),
    path("instansi/<slug:code>", views.agency, name="agency"),
    path("instansi/<slug:code>/laporan.pdf", views.report, name="report"),
    path("data/indeks.csv", views.index_csv, name="index_csv"),
    path("data/indeks.json", views.index_json, name="index_json"),
    path("tren", views.trends, name="trends"),
    path("amplop", views.envelope, name="envelope"),
    path("permainan", views.game, name="game"),
    path("permainan/data.json", views.game_data, name="game_data"),
    path("metode", views.method, name="method"),
    path("rilis", staff_views.release, name="release"),
]
