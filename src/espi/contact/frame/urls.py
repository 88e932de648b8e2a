from __future__ import annotations

from django.urls import path

from espi.contact.frame import views

app_name = "frame"
LISTS = "<slug:wave_code>/kerangka"
urlpatterns = [
    path(LISTS, views.lists, name="lists"),
    path(f"{LISTS}/templat.<str:kind>", views.template, name="template"),
    path(f"{LISTS}/unggahan/<int:upload_id>", views.result, name="result"),
    path(
        f"{LISTS}/unggahan/<int:upload_id>/dikembalikan.<str:kind>", views.returned, name="returned"
    ),
    path(f"{LISTS}/<slug:agency_code>/<slug:group>/layanan", views.areas, name="areas"),
    path(
        f"{LISTS}/<slug:agency_code>/<slug:group>/templat.<str:kind>",
        views.template_of_list,
        name="template_of_list",
    ),
    path(f"{LISTS}/<slug:agency_code>/<slug:group>", views.upload, name="upload"),
]
