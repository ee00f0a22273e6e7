"""WSGI entry point of the hub."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings.production")
application = get_wsgi_application()

from hub.error_pages import prepare  # noqa: E402  needs the settings that the line above loads

prepare()
