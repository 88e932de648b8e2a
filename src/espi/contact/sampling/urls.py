from __future__ import annotations

from django.urls import path

from espi.contact.sampling import views

app_name = "sampling"
urlpatterns = [path("penarikan", views.draw, name="draw")]
