"""Health check of a container: ``alive.py web``, ``worker``, ``publish``, ``bulk`` or ``beat``.

Loads nothing of the hub, so that it costs a tenth of a second. The web server is asked; the others
have to have shown life in the database (``content.jobs.signs``).
"""

import os
import socket
import sys
from pathlib import Path

import psycopg

WEB_SOCKET = "/run/hub/web.sock"
# While it runs one long job a worker shows no life.
PATIENCE = "15 minutes"
SQL = f"""
    SELECT count(*) FROM content_runner WHERE seen > now() - interval '{PATIENCE}'
    AND CASE %(role)s
        WHEN 'beat' THEN name = 'beat'
        WHEN 'worker' THEN name LIKE %(worker)s
        ELSE name LIKE %(celery)s AND queues = %(role)s
    END
"""  # noqa: S608


def web_answers() -> bool:
    request = b"GET /-/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(4)
        server.connect(WEB_SOCKET)
        server.sendall(request)
        return b" 200 " in server.recv(64)


def has_shown_life(role: str) -> bool:
    file = os.environ.get("DATABASE_URL_FILE")
    address = os.environ.get("DATABASE_URL") or Path(file or "").read_text(encoding="utf-8")
    host = socket.gethostname()
    names = {"role": role, "worker": f"worker@{host}:%", "celery": f"celery@{host}:%"}
    with psycopg.connect(address.strip(), connect_timeout=4) as connection:
        row = connection.execute(SQL, names).fetchone()
    return bool(row and row[0])


if __name__ == "__main__":
    wanted = sys.argv[1]
    sys.exit(0 if (web_answers() if wanted == "web" else has_shown_life(wanted)) else 1)
