"""Development and trial: no secret to set, mails to be read in the admin, plain http."""

from . import env
from .base import *
from .base import ALLOWED_HOSTS, DATA_DIR, HUB_MAIL_SERVER, LOGGING
from .secrets import development_key

HUB_DEMO = True
# Off unless asked for: whoever tries the hub sees the pages that readers would see.
DEBUG = env.read("HUB_DEBUG")
HUB_PAGE_CACHE = not DEBUG
SECRET_KEY = development_key(DATA_DIR / "secret-key")
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]"]
HUB_KEEP_MAILS = HUB_MAIL_SERVER is None
STORAGES = {
    "default": {"BACKEND": "content.storage.MediaStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files straight from the apps: nothing to collect before the first look.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# The terminal of `make run` is for people: jobs that went well are in the System report.
LOGGING["loggers"]["content.jobs"] = {"level": "WARNING"}
