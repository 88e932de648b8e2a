from __future__ import annotations

from django.urls import path

from espi.response.publication import public_views, staff_views, views, work_views

app_name = "publication"
urlpatterns = [
    path("", views.home, name="home"),
    path("pekerjaan", work_views.work, name="work"),
    path("<slug:wave_code>/hasil", views.national, name="national"),
    path("<slug:wave_code>/instansi/<slug:code>", views.agency, name="agency"),
    path("<slug:wave_code>/instansi/<slug:code>/laporan.pdf", views.report, name="report"),
    path("<slug:wave_code>/laporan.pdf", views.national_report, name="national_report"),
    path("<slug:wave_code>/data/indeks.csv", views.index_csv, name="index_csv"),
    path("<slug:wave_code>/data/indeks.xlsx", views.index_xlsx, name="index_xlsx"),
    path("<slug:wave_code>/data/indeks.json", views.index_json, name="index_json"),
    path("<slug:wave_code>/data/service-areas.csv", views.areas_csv, name="areas_csv"),
    path("<slug:wave_code>/data/service-areas.xlsx", views.areas_xlsx, name="areas_xlsx"),
    path("<slug:wave_code>/layanan", views.categories, name="categories"),
    path("<slug:wave_code>/gambar/hasil.svg", views.national_picture, name="national_picture"),
    path("<slug:wave_code>/metode", views.method, name="wave_method"),
    path("<slug:wave_code>/auditor", views.auditor, name="auditor"),
    path("<slug:wave_code>/rilis", staff_views.release, name="release"),
    path("tren", public_views.trends, name="trends"),
    path("amplop", public_views.envelope, name="envelope"),
    path("permainan", public_views.game, name="game"),
    path("permainan/data.json", public_views.game_data, name="game_data"),
    path("metode", public_views.method, name="method"),
    # The newest released wave, for programs that fetch whatever is newest.
    path("data/indeks.csv", views.newest_csv, name="newest_csv"),
    path("data/indeks.json", views.newest_json, name="newest_json"),
    # Addresses of before waves had addresses.
    path("hasil", views.newest, {"page": "national"}, name="newest_national"),
    path("instansi/<slug:code>", views.newest, {"page": "agency"}, name="newest_agency"),
    path(
        "instansi/<slug:code>/laporan.pdf", views.newest, {"page": "report"}, name="newest_report"
    ),
]
