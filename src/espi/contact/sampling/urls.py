from __future__ import annotations

from django.urls import path

from espi.contact.sampling import views

app_name = "sampling"
urlpatterns = [
    path("penarikan", views.draw, name="draw"),
    path("penarikan/komitmen", views.commit, name="commit"),
    path("penarikan/dadu", views.dice, name="dice"),
    path("penarikan/bukti/<slug:agency_code>", views.proof, name="proof"),
    path("cabut", views.roots, name="roots"),
    path("cabut/roots.json", views.roots_file, name="roots_file"),
]
