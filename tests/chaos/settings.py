"""Production as it stands, plus jobs made for being disturbed.

Static files lose their manifest, which takes long to collect and plays no part here.
"""

from hub.settings.env import read
from hub.settings.production import *  # noqa: F403  a settings module extends its base
from hub.settings.production import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.app.apps.ChaosConfig"]
STATIC_ROOT = read("HUB_DATA_DIR") / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "content.storage.MediaStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
