from __future__ import annotations

from django.urls import path

from espi.contact.sampling import views

app_name = "sampling"
DRAW = "<slug:wave_code>/penarikan"
ROOTS = "<slug:wave_code>/cabut"
urlpatterns = [
    path(DRAW, views.draw, name="draw"),
    path(f"{DRAW}/layanan", views.speaking, name="speaking"),
    path(f"{DRAW}/komitmen", views.commit, name="commit"),
    path(f"{DRAW}/dadu", views.dice, name="dice"),
    path(f"{DRAW}/bukti/<slug:agency_code>", views.proof, name="proof"),
    path(ROOTS, views.roots, name="roots"),
    path(f"{ROOTS}/roots.json", views.roots_file, name="roots_file"),
]
