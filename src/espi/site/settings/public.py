"""The public site of results, and the authority's pages of estimation and release."""

from __future__ import annotations

from espi.site.environment import environment
from espi.site.settings import process
from espi.site.settings.common import *  # noqa: F403 settings modules are made of names
from espi.site.settings.common import RESPONSE_APPS, SHARED_APPS, STAFF_MIDDLEWARE

_env = environment()
_every = process.every(_env)
globals().update(_every)
globals().update(process.cookies("public", secure=_every["SESSION_COOKIE_SECURE"]))
globals().update(process.response(_env))
globals().update(process.log(_env))
_env.require_no_faults()

INSTALLED_APPS = SHARED_APPS + RESPONSE_APPS
MIDDLEWARE = process.middleware(STAFF_MIDDLEWARE, debug=_every["DEBUG"])
WHITENOISE_AUTOREFRESH = _every["DEBUG"]
ROOT_URLCONF = "espi.site.urls.public"
WSGI_APPLICATION = "espi.site.wsgi.application"
THIN_ROUTES: tuple[str, ...] = ()
LOGIN_REDIRECT_URL = "/pekerjaan"  # "/" is the public's page, where staff can do nothing
