"""What probes and monitoring ask: is the process alive, can it serve, how is the installation.

These addresses stand outside of everything else: no session, no redirect to https, no check of the
host name (probes come by address), no language. Nothing of them may be cached.
"""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from hub.system import checks
from hub.system.checks import Status
from hub.system.versions import versions

RETRY_SECONDS = "5"
JSON = "application/json"


def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody, so that no failure elsewhere gets it killed."""
    return _plain("ok")


def ready(request: HttpRequest) -> HttpResponse:
    """This process can serve pages: database, migrations, no unfinished restore, nothing else."""
    failed = [check.name for check in checks.ready() if not check.ok]
    return _plain("not ready", 503) if failed else _plain("ok")


def health(request: HttpRequest) -> HttpResponse:
    """How the installation is: one word for everybody, all details for who has the token."""
    found = checks.run_all()
    status = checks.status_of(found)
    body: dict[str, Any] = {"status": status}
    if _has_token(request):
        body |= {
            "at": timezone.now().isoformat(timespec="seconds"),
            "alarms": [check.name for check in found if not check.ok],
            "checks": {check.name: {"ok": check.ok, **check.details} for check in found},
            "versions": versions(),
        }
    code = 503 if status == Status.DOWN else 200
    return HttpResponse(json.dumps(body, indent=1) + "\n", status=code, content_type=JSON)


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _has_token(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.HUB_HEALTH_TOKEN
    return (
        bool(wanted)
        and scheme.lower() == "bearer"
        and constant_time_compare(token.strip().encode(), wanted.encode())
    )


PROBES = {"live": live, "ready": ready, "health": health}
_BY_PATH = {f"/-/{name}": view for name, view in PROBES.items()}


class ProbesMiddleware:
    """Answers probes before anything else looks at the request. The first of all middlewares."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = _BY_PATH.get(request.path_info)
        if view is None:
            return self.get_response(request)
        if request.method in {"GET", "HEAD"}:
            response = view(request)
        else:
            response = HttpResponseNotAllowed(["GET", "HEAD"])
        if response.status_code == 503:
            response.headers["Retry-After"] = RETRY_SECONDS
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
