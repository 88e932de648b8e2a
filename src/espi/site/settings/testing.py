"""Both banks in one process, for pytest and the type checker alone: no process runs with this.

Tests of real separation start the real processes (tests/e2e); tests of the data layer run here
on SQLite, and on PostgreSQL when ``ESPI_TEST_DATABASE`` names a server.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from espi.site.environment import database_of_ballots
from espi.site.settings.common import *  # noqa: F403 settings modules are made of names
from espi.site.settings.common import CONTACT_APPS, RESPONSE_APPS, SHARED_APPS, STAFF_MIDDLEWARE

SECRET_KEY = "only for tests"  # noqa: S105 no process uses it
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = SHARED_APPS + CONTACT_APPS + RESPONSE_APPS
MIDDLEWARE = STAFF_MIDDLEWARE
ROOT_URLCONF = "espi.site.urls.registry"
THIN_ROUTES = ("/v1/", "/webhooks/", "/u/")
_ADDRESS = os.environ.get("ESPI_TEST_DATABASE", "sqlite:///:memory:")
DATABASES = {"default": database_of_ballots(_ADDRESS)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

REGISTRY_URL = "http://registry.example"
BOX_URL = "http://box.example"
BOOTH_URL = "http://booth.example"
PUBLIC_URL = "http://public.example"
REHEARSAL = True
SECOND_FACTOR = False  # tests of accounts set it
DEVICE_COOKIE_NAME = "testing_device"
BANK = "contact"
AUDIT_HEADS = None
LARGEST_LIST = 50 * 1024 * 1024
TAKES_LISTS = True  # each bank says so of itself; tests set it
CLOCK_FILE = ""
PROXY_HEADER = ""
FRONTS = ()
STORAGE = Path(tempfile.gettempdir()) / "espi-testing"
STATE_DIR = STORAGE / "state"
MACHINE = "machine of the tests"
SIGNER_KEYS = STORAGE / "signer"
SIGNER_URL = SIGNER_TOKEN = ""
LOG_KEY = STORAGE / "log.pem"
WITNESSES = None
SENDER_NAME = "E-SPI"
CODE_SECRET = bytes(range(32))
PRINT_MESSAGES = False
WHATSAPP_URL = "http://whatsapp.example"
WHATSAPP_VERSION = "v26.0"
WHATSAPP_PHONE_NUMBER_ID = "100000000000001"
WHATSAPP_TOKEN = "token-for-tests"  # noqa: S105 no service knows it
WHATSAPP_APP_SECRET = "app-secret-for-tests"  # noqa: S105 no service knows it
WHATSAPP_VERIFY_TOKEN = "verify-token-for-tests"  # noqa: S105 no service knows it
SMTP_HOST = "127.0.0.1"
SMTP_PORT = 2525
SMTP_USER = SMTP_PASSWORD = ""
SMTP_TLS = False
MAIL_FROM = "survei@espi.example"
SENDING_RATE = 60
