from __future__ import annotations

from django.urls import path

from espi.design import dropping_views, register_views, views

app_name = "design"
REGISTER = "<slug:wave_code>/register"
urlpatterns = [
    path("rancangan", views.waves, name="waves"),
    path("rancangan/<slug:wave_code>", views.start, name="start"),
    path(REGISTER, register_views.register, name="register"),
    path(f"{REGISTER}.csv", register_views.register_file, name="register_file"),
    path(f"{REGISTER}-versi/<int:number>", register_views.version, name="register_version"),
    path(f"{REGISTER}/<slug:agency_code>", register_views.agency, name="register_agency"),
    path(f"{REGISTER}-tambah/<slug:agency_code>", register_views.area, name="register_add"),
    path(
        f"{REGISTER}/<slug:agency_code>/<slug:area_code>", register_views.area, name="register_area"
    ),
    path(
        f"{REGISTER}/<slug:agency_code>/<slug:area_code>/hapus",
        register_views.remove,
        name="register_remove",
    ),
    path("<slug:wave_code>/instansi-keluar", dropping_views.dropped, name="dropped"),
]
