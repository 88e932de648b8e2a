from __future__ import annotations

from django.urls import path

from espi.contact.fieldwork import views

app_name = "fieldwork"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:wave_code>/kemajuan", views.progress, name="progress"),
]
