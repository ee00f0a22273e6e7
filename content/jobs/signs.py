"""Signs of life of the processes that run jobs."""

import os
import socket
from collections.abc import Iterable
from importlib.metadata import version

from django.utils import timezone

from content.models import Runner

# A runner that has been silent for longer is reported as missing.
SILENT_AFTER_SECONDS = 30


def name_of_this(kind: str) -> str:
    """Name of this process among the runners."""
    return f"{kind}@{socket.gethostname()}:{os.getpid()}"


def show_life(kind: str, queues: Iterable[str] = (), name: str = "") -> None:
    """Write down that a runner is alive."""
    now = timezone.now()
    seen = {"kind": kind, "queues": ",".join(queues), "version": version("wagtail"), "seen": now}
    Runner.objects.update_or_create(
        name=name or name_of_this(kind), defaults=seen, create_defaults={**seen, "started": now}
    )


def leave(kind: str, name: str = "") -> None:
    """A runner that was asked to stop is not missing."""
    Runner.objects.filter(name=name or name_of_this(kind)).delete()
