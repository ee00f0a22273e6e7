"""Signing in: how often it may be tried. Counted in the database, which every process shares.

Nothing is counted in the cache: while it is away, each process would count for itself. Without the
database nobody can sign in anyway.
"""

import ipaddress
from datetime import timedelta
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from content.limits import client_address

WINDOW = timedelta(minutes=15)
# Failures of one name from one address, and of all names from one address.
MOST_OF_ONE_NAME, MOST_OF_ONE_ADDRESS = 5, 20
KEEP = timedelta(days=30)


class LimitedBackend(AxesStandaloneBackend):
    """Refuses to look at a password once there were too many wrong ones.

    Without a request there is nobody to slow down: commands and tests.
    """

    def authenticate(
        self, request: Any, username: Any = None, password: Any = None, **kwargs: Any
    ) -> None:
        if request is not None:
            super().authenticate(request, username=username, password=password, **kwargs)


class SignInLimits(AxesDatabaseHandler):
    """Two limits, and nothing kept that they do not need: no browser, no form, no query.

    A right password takes back the failures of that name from that address. It leaves those of other
    names: whoever has one account gets no further tries at others.
    """

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        failures = super().get_failures(request, credentials)
        recent = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address,
            attempt_time__gte=request.axes_attempt_time - WINDOW,
        )
        total = recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
        if total >= MOST_OF_ONE_ADDRESS:
            return max(failures, MOST_OF_ONE_NAME)
        return failures

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        if request is None:
            return
        request.axes_user_agent = request.axes_http_accept = ""
        super().user_login_failed(sender, credentials, request, **kwargs)

    def post_save_access_attempt(self, instance: AccessAttempt, **kwargs: Any) -> None:
        AccessAttempt.objects.filter(pk=instance.pk).update(get_data="", post_data="")


def address(request: HttpRequest) -> str | None:
    """The sender's address; of an IPv6 network its first. Senders without one share a count."""
    try:
        return str(ipaddress.ip_address(client_address(request).partition("/")[0]))
    except ValueError:
        return None


def too_many(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """429 that says when to come back; the same whether or not there is such an account."""
    answer = render(request, "wagtailcore/too_many.html", {}, status=429)
    answer.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def forget_old() -> int:
    """Delete what is left of failures a month ago; sooner ones go with the next sign-in."""
    limit = timezone.now() - KEEP
    removed = 0
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        removed += model.objects.filter(attempt_time__lt=limit).delete()[0]
    return removed
