from __future__ import annotations

from django.urls import path

from espi.contact.invitations import views

app_name = "invitations"
urlpatterns = [
    path("resmi", views.official_senders, name="official_senders"),
    path("cek", views.check, name="check"),
]
