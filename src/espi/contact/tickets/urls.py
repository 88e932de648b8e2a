from __future__ import annotations

from django.urls import path

from espi.contact.tickets import views

app_name = "tickets"
urlpatterns = [
    path("v1/invitation", views.invitation, name="invitation"),
    path("v1/ticket", views.ticket, name="ticket"),
    path("v1/state", views.state, name="state"),
]
