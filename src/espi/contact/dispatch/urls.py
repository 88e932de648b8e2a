from __future__ import annotations

from django.urls import path

from espi.contact.dispatch import reply_views, restart_views, staff_views, views

app_name = "dispatch"
urlpatterns = [
    path("webhooks/whatsapp", views.whatsapp_webhook, name="whatsapp_webhook"),
    path("balasan", reply_views.inbox, name="inbox"),
    path("pengiriman", restart_views.sending, name="sending"),
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("undangan/ragu", staff_views.doubtful, name="doubts"),
]
