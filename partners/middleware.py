"""Ended rights end at once: by date with the first request of a day, closed accounts with the next."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from partners.services import sync_groups_of

SESSION_KEY = "groups_of_day"


class MembershipDayMiddleware:
    """Brings the groups of a signed-in person up to date once a day and session.

    A session of an account that is closed or gone is emptied: it does not come back to life with the
    account.

    Nothing is saved on the day that a membership ends, so no signal tells. Anonymous readers cost
    nothing: without a session cookie neither session nor user is touched.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _bring_up_to_date(request)
        return self.get_response(request)


def _bring_up_to_date(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        if USER_KEY in request.session:
            request.session.flush()
        return
    today = timezone.localdate().isoformat()
    if request.session.get(SESSION_KEY) != today:
        sync_groups_of(request.user)
        request.session[SESSION_KEY] = today
