"""Tests: fast hashing, files and mail in memory, tasks at once and loudly."""

import tempfile
from pathlib import Path

from .base import *

SECRET_KEY = "tests-only-tests-only-tests-only-tests"
HUB_DEMO = True
HUB_EVIDENCE_TRIGGERS = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
MEDIA_ROOT = Path(tempfile.gettempdir()) / "hub-test-media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
