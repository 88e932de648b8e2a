"""The box: accepts sealed ballots. Nothing else is public on it."""

from __future__ import annotations

from espi.site.environment import environment
from espi.site.settings import process
from espi.site.settings.common import *  # noqa: F403 settings modules are made of names
from espi.site.settings.common import EVERY_MIDDLEWARE, RESPONSE_APPS, SHARED_APPS

_env = environment()
globals().update(process.every(_env))
globals().update(process.response(_env))
_env.require_no_faults()

INSTALLED_APPS = SHARED_APPS + RESPONSE_APPS
MIDDLEWARE = EVERY_MIDDLEWARE
ROOT_URLCONF = "espi.site.urls.box"
WSGI_APPLICATION = "espi.site.wsgi.application"
