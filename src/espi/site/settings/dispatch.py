"""The dispatcher: carries messages of the contact bank to people. It serves nothing."""

from __future__ import annotations

from espi.site.environment import environment
from espi.site.settings import process
from espi.site.settings.common import *  # noqa: F403 settings modules are made of names
from espi.site.settings.common import CONTACT_APPS, SHARED_APPS

_env = environment()
globals().update(process.every(_env))
globals().update(process.contact(_env))
globals().update(process.carriers(_env))
_env.require_no_faults()
process.release_rows_when_stopped(globals()["DATABASES"])

INSTALLED_APPS = SHARED_APPS + CONTACT_APPS
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "espi.site.urls.nothing"
