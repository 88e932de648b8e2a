"""The registry: staff console of the contact bank, and the addresses that know persons."""

from __future__ import annotations

from espi.site.environment import environment
from espi.site.settings import process
from espi.site.settings.common import *  # noqa: F403 settings modules are made of names
from espi.site.settings.common import CONTACT_APPS, SHARED_APPS, STAFF_MIDDLEWARE

_env = environment()
_every = process.every(_env)
globals().update(_every)
globals().update(process.cookies("registry", secure=_every["SESSION_COOKIE_SECURE"]))
globals().update(process.contact(_env))
globals().update(process.carriers(_env))
globals().update(process.signer(_env))
_env.require_no_faults()

INSTALLED_APPS = SHARED_APPS + CONTACT_APPS
MIDDLEWARE = process.middleware(STAFF_MIDDLEWARE, debug=_every["DEBUG"])
WHITENOISE_AUTOREFRESH = _every["DEBUG"]
ROOT_URLCONF = "espi.site.urls.registry"
WSGI_APPLICATION = "espi.site.wsgi.application"
THIN_ROUTES = ("/v1/", "/webhooks/", "/u/")
