from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

app_name = "accounts"
urlpatterns = [
    path("masuk", LoginView.as_view(template_name="accounts/sign_in.html"), name="sign_in"),
    path("keluar", LogoutView.as_view(next_page="/masuk"), name="sign_out"),
]
