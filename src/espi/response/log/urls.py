from __future__ import annotations

from django.urls import path

from espi.response.log import views

app_name = "log"
urlpatterns = [path("record/<str:wave_code>/<path:path>", views.record, name="record")]
