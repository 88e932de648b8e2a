from __future__ import annotations

from django.urls import path

from espi.contact.frame import views

app_name = "frame"
urlpatterns = [
    path("kerangka", views.lists, name="lists"),
    path("kerangka/templat.<str:kind>", views.template, name="template"),
    path("kerangka/unggahan/<int:upload_id>", views.result, name="result"),
    path(
        "kerangka/unggahan/<int:upload_id>/dikembalikan.<str:kind>", views.returned, name="returned"
    ),
    path("kerangka/<slug:agency_code>/<slug:group>", views.upload, name="upload"),
]
