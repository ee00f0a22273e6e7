"""The page that a guest's link opens: one revision, nothing else. Showing it changes nothing."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from content.limits import allow, visitor
from editorial.factcheck import queries
from editorial.factcheck.answers import LinkEndedError, answer_as_guest
from editorial.factcheck.views.reading import Reading
from editorial.models import FactCheckRequest, GuestAnswer

State = FactCheckRequest.State
CLOSED = "editorial/fact_check_closed.html"
MOST_BY_VISITOR, MOST_BY_LINK, MINUTES = 60, 20, 15
UNKNOWN, TOO_MANY = "unknown", "too_many"
STATUS = {UNKNOWN: HTTPStatus.NOT_FOUND, TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS}
# The address is the secret: it goes to no other site, no search engine and no cache.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


# Whoever holds the link may answer, and nobody else can: no cookie decides anything here, so a forged
# form of another site achieves nothing. Without referrers browsers hide the origin of forms, too.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def fact_check(request: HttpRequest, token: str) -> HttpResponse:
    """Show the revision that a guest was asked about; keep the answer when it is sent."""
    response = _answer(request, token)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST" and (seconds := _seconds_to_wait(request, token)):
        response = _closed(request, TOO_MANY)
        response.headers["Retry-After"] = str(seconds)
        return response
    asked = queries.request_by_token(token)
    if asked is None:
        return _closed(request, UNKNOWN)
    obj = queries.content_of(asked.object_type, asked.object_id)
    state = queries.state_of(asked, queries.latest_hash(obj))
    revision = queries.revision_of(asked)
    if state != State.OPEN or revision is None:
        return _closed(request, state if state != State.OPEN else State.CHANGED)
    reading = Reading(request, revision, asked.questions)
    if request.method == "POST" and reading.form.is_valid():
        try:
            answer_as_guest(asked.pk, reading.form.said())
        except LinkEndedError as ended:
            return _closed(request, ended.state)
        return redirect(request.path)
    return reading.page(last=_last_answer(asked), **_about(asked))


def _seconds_to_wait(request: HttpRequest, token: str) -> int:
    seconds = MINUTES * 60
    tries = [
        allow("fact_check", visitor(request), MOST_BY_VISITOR, seconds),
        allow("fact_check_link", queries.digest_of(token), MOST_BY_LINK, seconds),
    ]
    return max(found.retry_after for found in tries)


def _about(asked: FactCheckRequest) -> dict[str, Any]:
    user = asked.invited_by
    asker = (user.get_full_name() or user.get_username()) if user else ""
    return {"asker": asker, "until": asked.expires_at, "is_guest": True}


def _last_answer(asked: FactCheckRequest) -> GuestAnswer | None:
    rows = GuestAnswer.objects.filter(request_id=asked.pk, content_hash=asked.content_hash)
    return rows.order_by("at", "pk").last()


def _closed(request: HttpRequest, state: str) -> HttpResponse:
    """A plain page that says why, and nothing about the text or the guest."""
    return render(request, CLOSED, {"state": str(state)}, status=STATUS.get(state, HTTPStatus.GONE))
