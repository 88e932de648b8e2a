"""The worker of the response bank: releases, estimation runs, reports."""

from __future__ import annotations

from espi.site.environment import environment
from espi.site.settings import process
from espi.site.settings.common import *  # noqa: F403 settings modules are made of names
from espi.site.settings.common import RESPONSE_APPS, SHARED_APPS

_env = environment()
globals().update(process.every(_env))
globals().update(process.response(_env))
globals().update(process.log(_env))
_env.require_no_faults()

INSTALLED_APPS = SHARED_APPS + RESPONSE_APPS
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "espi.site.urls.nothing"
