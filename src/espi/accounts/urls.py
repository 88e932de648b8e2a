from __future__ import annotations

from django.urls import path

from espi.accounts import audit_views, own_views, staff_views, views

app_name = "accounts"
# Whatever hashes a password stands under /masuk: the server gives these addresses threads of their
# own, so that a hundred attempts at once leave all other pages alone.
urlpatterns = [
    path("masuk", views.enter, name="sign_in"),
    path("masuk/kode", views.second, name="second_step"),
    path("masuk/sandi", own_views.change_password, name="change_password"),
    path("masuk/tautan/<str:link>", views.by_link, name="by_link"),
    path("keluar", views.leave, name="sign_out"),
    path("akun", own_views.account, name="account"),
    path("akun/aplikasi", own_views.set_up_app, name="set_up_app"),
    path("akun/pemulihan", own_views.renew_recovery_codes, name="renew_recovery_codes"),
    path("akun/sesi", own_views.end_other_sessions, name="end_other_sessions"),
    path("catatan", audit_views.log, name="audit_log"),
    path("catatan/audit.csv", audit_views.log_csv, name="audit_log_csv"),
    path("catatan/audit.xlsx", audit_views.log_xlsx, name="audit_log_xlsx"),
    path("staf", staff_views.everybody, name="everybody"),
    path("staf/<str:username>", staff_views.one_account, name="one_account"),
    path("staf/<str:username>/tautan", staff_views.give_link, name="give_link"),
    path("staf/<str:username>/tutup", staff_views.disable, name="disable"),
    path("staf/<str:username>/buka", staff_views.enable, name="enable"),
    path(
        "staf/<str:username>/faktor-kedua",
        staff_views.forget_second_factor,
        name="forget_second_factor",
    ),
]
