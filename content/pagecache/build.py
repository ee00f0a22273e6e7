"""What pages depend on besides content: code, templates, styles, messages and settings.

After an upgrade no page of the release before is served, and while old and new processes run side by
side each finds its own.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

import wagtail
from django.apps import apps
from django.conf import settings

SUFFIXES = {".py", ".html", ".css", ".js", ".svg", ".mo"}
SETTINGS = (
    "HUB_NAME", "HUB_BASE_URL", "HUB_LANGUAGES", "LANGUAGE_CODE", "TIME_ZONE", "STATIC_URL",
    "MEDIA_URL",
)  # fmt: skip


@cache
def fingerprint() -> str:
    """Return a digest of the release and its configuration; the same on all machines that share them."""
    digest = sha256(wagtail.__version__.encode())
    for name in SETTINGS:
        digest.update(f"{name}={getattr(settings, name)!r}".encode())
    root = Path(settings.BASE_DIR)
    for folder in _folders(root):
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _folders(root: Path) -> list[Path]:
    own = {Path(app.path) for app in apps.get_app_configs()}
    parts = [path for path in own if path.parent == root]
    return sorted([*parts, root / "templates", root / "locale"])
