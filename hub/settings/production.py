"""Production: a secret is demanded, cookies travel over https, static files carry hashes."""

from hub import logs

from . import env
from .base import *

SECRET_KEY = env.read("HUB_SECRET_KEY")
HTTPS = env.read("HUB_HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"

# Wagtail's editor shows previews in frames of the same site; W019 wants no frames at all.
SILENCED_SYSTEM_CHECKS = ["security.W019"]

LOGGING = logs.settings(as_json=True)
