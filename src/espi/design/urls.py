from __future__ import annotations

from django.urls import path

from espi.design import views

app_name = "design"
urlpatterns = [
    path("rancangan", views.waves, name="waves"),
    path("rancangan/<slug:wave_code>", views.start, name="start"),
]
