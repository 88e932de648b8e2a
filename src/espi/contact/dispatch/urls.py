from __future__ import annotations

from django.urls import path

from espi.contact.dispatch import views

app_name = "dispatch"
urlpatterns = [
    path("webhooks/whatsapp", views.whatsapp_webhook, name="whatsapp_webhook"),
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
]
