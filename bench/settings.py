"""Production settings without https, and without the manifest of static files, which takes long."""

from hub.settings.env import read
from hub.settings.production import *  # noqa: F403  a settings module extends its base
from hub.settings.production import LOGGING

SECURE_SSL_REDIRECT = False
STATIC_ROOT = read("HUB_DATA_DIR") / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}  # a missing page is asked for on purpose
