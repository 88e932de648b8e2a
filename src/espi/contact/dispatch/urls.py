from __future__ import annotations

from django.urls import path

from espi.contact.dispatch import staff_views, views

app_name = "dispatch"
urlpatterns = [
    path("webhooks/whatsapp", views.whatsapp_webhook, name="whatsapp_webhook"),
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("undangan/ragu", staff_views.doubtful, name="doubts"),
]
