"""What a backup says about the installation that it was made of. No secret is in it."""

import sys
from importlib.metadata import PackageNotFoundError, version

from django.db.migrations.loader import MigrationLoader

from hub.settings import env

PACKAGES = ("Wagtail", "Django", "wagtail-localize", "django-treebeard", "modelsearch", "psycopg")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages whose data the database holds."""
    found = {"Python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def known_migrations() -> set[str]:
    """All migrations that this code has, those included that squashed ones stand for."""
    loader = MigrationLoader(None)
    names = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        names.update(migration.replaces)
    return {f"{app}.{name}" for app, name in names}


def differences(then: dict[str, str]) -> list[str]:
    """Settings that are not what they were when the backup was made."""
    now = env.fingerprint()
    return [
        f"{name}: {then[name]!r} in the backup, {value!r} here"
        for name, value in now.items()
        if name in then and then[name] != value and name != "HUB_DATA_DIR"
    ]
