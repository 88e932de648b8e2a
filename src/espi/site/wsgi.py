"""The WSGI application of a web process; its settings module is chosen by the command line."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
