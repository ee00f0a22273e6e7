"""The signing key of a development site: made once, kept beside its database."""

import os
import secrets
from pathlib import Path


def development_key(path: Path) -> str:
    """Return the key in ``path``; the first caller makes it, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8")
