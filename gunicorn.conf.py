"""How gunicorn serves the hub: read by itself when gunicorn is started in this folder.

Where it listens is up to who starts it: a socket of systemd's, ``--bind`` or ``PORT``.
"""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings.production")

from django.conf import settings
from django.db import connections

# Loaded once and then forked: workers share the memory of the code, and a mistake in the settings
# stops the start instead of every worker.
preload_app = True
workers = int(os.environ.get("WEB_CONCURRENCY") or 2 * (os.cpu_count() or 1))
# Waiting requests are taken in and wait inside the process, so a stop can answer them first.
worker_class = "gthread"
threads = 2
max_requests = 0

timeout = 60
graceful_timeout = 30
keepalive = 5
# A heartbeat on a slow disk would look like a worker that hangs.
if os.access("/dev/shm", os.W_OK):  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108

# Whose X-Forwarded-* counts. A unix socket has no address: whoever may write to it is trusted.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

# Nobody steers it but its parent, by signals.
control_socket_disable = True

# The hub writes a line for each request itself, without addresses and queries.
accesslog = None
logconfig_dict = settings.LOGGING


def pre_fork(server: Any, worker: Any) -> None:
    """Workers open connections of their own; one shared by two processes would mix up answers."""
    connections.close_all()
