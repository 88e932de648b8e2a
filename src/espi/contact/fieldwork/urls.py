from __future__ import annotations

from django.urls import path

from espi.contact.fieldwork import campaign_views, closing_views, views

app_name = "fieldwork"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:wave_code>/undangan", campaign_views.campaigns, name="campaigns"),
    path("<slug:wave_code>/kemajuan", views.progress, name="progress"),
    path("<slug:wave_code>/penutupan", closing_views.closing, name="closing"),
]
