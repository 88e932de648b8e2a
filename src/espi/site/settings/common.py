"""What every Django process shares: languages, time, security headers, sign-in rules."""

from __future__ import annotations

from pathlib import Path

from espi.platform.logs import LOGGING  # noqa: F401 a setting: no log holds a request's data
from espi.wsgi import limiter

SOURCE = Path(__file__).resolve().parents[2]

SHARED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "espi.platform",
    "espi.accounts",
    "espi.design",
    "espi.tallies",
]
CONTACT_APPS = [  # in the order in which the navigation shows their links
    "espi.contact.frame",
    "espi.contact.sampling",
    "espi.contact.fieldwork",
    "espi.contact.dispatch",
    "espi.contact.tickets",
    "espi.contact.invitations",
]
RESPONSE_APPS = [
    "espi.response.log",
    "espi.response.ballotbox",
    "espi.response.quality",
    "espi.response.estimation",
    "espi.response.publication",
]

EVERY_MIDDLEWARE = [
    "espi.platform.middleware.StrictTransport",
    "django.middleware.security.SecurityMiddleware",
    "espi.platform.middleware.NothingIsStored",
    "espi.platform.limits.FailuresAreLimited",
    "espi.platform.middleware.NoNulCharacters",
]
STAFF_MIDDLEWARE = [
    *EVERY_MIDDLEWARE,
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "espi.platform.middleware.ContentSecurityPolicy",
    "espi.platform.middleware.RespondentRoutesAreThin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "espi.platform.middleware.LanguageChoice",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "espi.accounts.middleware.SessionsEnd",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "espi.platform.context.surroundings",
                "espi.design.context.of_waves",
            ],
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Staff"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["espi.accounts.hashers.CappedArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "espi.accounts.passwords.LongestPassword"},
]

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS: list[str] = []
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_I18N = True

LIMITED_ROUTES = ("/v1/", "/cek")
FAILURES_A_MINUTE = limiter.FAILURES_A_MINUTE

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers then send "Origin: null" with forms, which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 30 * 60  # seconds without use
SESSION_LONGEST = 12 * 3600  # seconds after the sign-in, however much it is used
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
