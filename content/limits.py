"""How often one visitor may do something: counters in the cache, addresses never in clear.

The counters are shared by all processes and machines. While the cache is away each process counts
for itself, so a limit may be passed as many times over as there are processes, but never lifted.
"""

import functools
import hashlib
import hmac
import ipaddress
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from content.caching import CacheAwayError
from content.registry import frame_of

# One household or office has a whole network of this size, and so has one attacker.
IPV6_NETWORK = 64
MOST_LOCAL_COUNTERS = 10_000

View = Callable[..., HttpResponse]

_local: dict[str, tuple[float, int]] = {}
_local_lock = threading.Lock()


@dataclass(frozen=True)
class Allowance:
    """Whether something may be done now, and else after how many seconds."""

    ok: bool
    retry_after: int


def allow(name: str, who: str, limit: int, seconds: int) -> Allowance:
    """Count one try and say whether it is within the limit.

    Time is cut into windows of ``seconds``, at other moments for each visitor.

    Args:
        who: ``visitor(request)``, never an address in clear.
    """
    digest = hashlib.sha256(f"{name}:{who}".encode()).hexdigest()[:32]
    window, into = divmod(time.time() + int(digest[:8], 16) % seconds, seconds)
    left = math.ceil(seconds - into)
    count = _count(f"limit:{digest}:{int(window)}", left + 1)
    return Allowance(count <= limit, 0 if count <= limit else max(left, 1))


def _count(key: str, seconds: int) -> int:
    for _attempt in range(2):
        try:
            return cache.incr(key)
        except CacheAwayError:
            return _count_here(key, seconds)
        except ValueError:  # nobody has counted in this window yet
            if cache.add(key, 1, seconds):
                return 1
    return _count_here(key, seconds)


def _count_here(key: str, seconds: int) -> int:
    with _local_lock:
        now = time.time()
        if len(_local) >= MOST_LOCAL_COUNTERS:
            for old in [name for name, (until, _count) in _local.items() if until <= now]:
                del _local[old]
        if len(_local) >= MOST_LOCAL_COUNTERS:
            _local.clear()
        until, count = _local.get(key, (now + seconds, 0))
        _local[key] = until, count + 1
        return count + 1


def visitor(request: HttpRequest) -> str:
    """A name for the sender of a request that nobody can turn back into an address.

    It changes every day: what was counted yesterday cannot be tied to what is counted today.
    """
    address = f"{timezone.now():%Y-%m-%d}:{client_address(request)}"
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; IPv6 as its network.

    Each proxy adds the sender's address at the end of X-Forwarded-For. Of its entries, as many are
    true as there are trusted proxies (``HUB_PROXIES``); anybody can write the ones before them.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.HUB_PROXIES:
        entries = request.headers.get("X-Forwarded-For", "").split(",")
        address = entries[-settings.HUB_PROXIES :][0].strip() or address
    return _network(address)


def _network(address: str) -> str:
    bare = address
    if bare.startswith("["):  # [2001:db8::1]:4711
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:  # 192.0.2.1:4711
        bare = bare.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))


def limited(name: str, limit: int, seconds: int) -> Callable[[View], View]:
    """Let a visitor post to a view ``limit`` times in ``seconds``; the next one is answered by 429."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                allowance = allow(name, visitor(request), limit, seconds)
                if not allowance.ok:
                    return too_many(request, allowance.retry_after)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def too_many(request: HttpRequest, retry_after: int) -> HttpResponse:
    """429 in the language of the address, saying when to come back."""
    frame = frame_of(request)
    frame.canonical, frame.alternates = "", []
    context = {
        "frame": frame,
        "title": gettext("Too many tries"),
    }
    response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response
