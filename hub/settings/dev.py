"""Development and trial: no secret to set, mails on the console, plain http."""

from . import env
from .base import *
from .base import ALLOWED_HOSTS, DATA_DIR
from .secrets import development_key

HUB_DEMO = True
# Off unless asked for: whoever tries the hub sees the pages that readers would see.
DEBUG = env.read("HUB_DEBUG")
SECRET_KEY = development_key(DATA_DIR / "secret-key")
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files straight from the apps: nothing to collect before the first look.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
