"""The site under the browser: development settings with debugging off, as readers get it."""

from hub.settings.dev import *  # noqa: F403  a settings module extends its base

DEBUG = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
