"""Production settings without https, and without the manifest of static files, which takes long.

Pages are made anew for each request unless ``BENCH_PAGE_CACHE=1``.
"""

import os

from hub.settings.env import read
from hub.settings.production import *  # noqa: F403  a settings module extends its base
from hub.settings.production import INSTALLED_APPS, LOGGING

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]  # its job
HUB_PAGE_CACHE = os.environ.get("BENCH_PAGE_CACHE") == "1"

SECURE_SSL_REDIRECT = False
STATIC_ROOT = read("HUB_DATA_DIR") / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "content.storage.MediaStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}  # a missing page is asked for on purpose
