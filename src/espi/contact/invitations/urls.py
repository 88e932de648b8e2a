from __future__ import annotations

from django.urls import path

from espi.contact.invitations import closing_views, views

app_name = "invitations"
urlpatterns = [
    path("v1/invitation", views.invitation, name="invitation"),
    path("v1/ticket", views.ticket, name="ticket"),
    path("v1/state", views.state, name="state"),
    path("resmi", views.official_senders, name="official_senders"),
    path("cek", views.check, name="check"),
    path("undangan", views.campaigns, name="campaigns"),
    path("penutupan", closing_views.closing, name="closing"),
]
