from __future__ import annotations

from django.urls import path

from espi.accounts import views

app_name = "accounts"
urlpatterns = [
    path("masuk", views.enter, name="sign_in"),
    path("keluar", views.leave, name="sign_out"),
]
