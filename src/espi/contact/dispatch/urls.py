from __future__ import annotations

from django.urls import path

from espi.contact.dispatch.inbound import views as inbound_views
from espi.contact.dispatch.installation import views as installation_views
from espi.contact.dispatch.sending import views as sending_views
from espi.contact.dispatch.stopping import views as stopping_views
from espi.contact.dispatch.transports.whatsapp import webhook

app_name = "dispatch"
urlpatterns = [
    path("webhooks/whatsapp", webhook.whatsapp_webhook, name="whatsapp_webhook"),
    path("balasan", inbound_views.inbox, name="inbox"),
    path("pengiriman", installation_views.sending, name="sending"),
    path("u/<str:token>", stopping_views.unsubscribe, name="unsubscribe"),
    path("<slug:wave_code>/undangan/ragu", sending_views.doubtful, name="doubts"),
]
