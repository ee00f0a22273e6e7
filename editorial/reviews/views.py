"""The page behind the link of a mail: no log-in, no JavaScript; it shows, and only its form acts."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from content.limits import limited
from content.models import PageFacts, User
from content.registry import frame_of
from content.views import is_same_origin
from editorial.models import ReviewAnswer, ReviewSchedule
from editorial.reviews.forms import AnswerForm, promise_limits
from editorial.reviews.links import ExpiredLinkError, ForgedLinkError, Link, read_link
from editorial.reviews.people import Crew
from editorial.reviews.queries import partner_name
from editorial.reviews.schedules import live_objects, said
from editorial.reviews.services import TextChangedError, answer_review

TEMPLATE = "editorial/review.html"
EXPIRED = gettext_noop("This link has expired. Sign in to answer, or wait for the next reminder.")
GONE = gettext_noop("This is no longer published, so there is nothing to check.")
NOT_ASKED = gettext_noop("Somebody else looks after this now. You need not do anything.")
NO_ANSWER = gettext_noop("Choose one of the answers.")
NO_DAY = gettext_noop("Choose a day within the next 60 days.")


@csrf_exempt  # the address is the secret: who does not know it can forge nothing
@limited("review", 30, 15 * 60)
@require_http_methods(["GET", "HEAD", "POST"])
def review_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether a text is still correct; take the answer of the person whom the mail was for."""
    try:
        link = read_link(token)
    except ForgedLinkError:
        raise Http404 from None
    except ExpiredLinkError:
        return _private(_closed(request, EXPIRED))
    if request.method == "POST" and not is_same_origin(request):
        return HttpResponseForbidden()
    return _private(_answered(request, link) if request.method == "POST" else _asked(request, link))


def _asked(request: HttpRequest, link: Link, **more: Any) -> HttpResponse:
    schedule = ReviewSchedule.objects.filter(pk=link.schedule_id).first()
    user = User.objects.filter(actor_key=link.actor_key).first()
    obj = live_objects([schedule]).get(schedule.pk) if schedule else None
    if schedule is None or obj is None or user is None:
        return _closed(request, GONE)
    if not Crew([schedule]).may_answer(schedule, user):
        return _closed(request, NOT_ASKED)
    text = said(obj)
    context = {
        **_shown(schedule, obj),
        "person": user.get_full_name() or user.get_username(),
        "seen": text,
        "has_changed": not link.shows(text),
        "limits": promise_limits(),
        **more,
    }
    return _page(request, gettext("Is this still correct?"), context)


def _answered(request: HttpRequest, link: Link) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _asked(request, link, problem=NO_DAY if "edit_by" in form.errors else NO_ANSWER)
    given = form.cleaned_data
    user = User.objects.filter(actor_key=link.actor_key, is_active=True).first()
    if user is None:
        return _asked(request, link)
    try:
        answer = answer_review(
            link.schedule_id,
            user,
            given["answer"],
            seen=given["seen"],
            edit_by=given["edit_by"],
            road=ReviewAnswer.Road.MAIL,
        )
    except TextChangedError:
        return _asked(request, link, has_changed=True)
    except ValidationError:
        return _asked(request, link, problem=NO_DAY)
    except (PermissionDenied, ReviewSchedule.DoesNotExist):
        return _asked(request, link)
    schedule = ReviewSchedule.objects.get(pk=answer.schedule_id)
    return _page(request, gettext("Thank you"), {"done": answer, "schedule": schedule})


def _shown(schedule: ReviewSchedule, obj: Any) -> dict[str, Any]:
    """What is live: title, address and summary of a page, the name of a record."""
    facts = (
        PageFacts.objects.filter(page_id=schedule.object_id).first() if schedule.page_key else None
    )
    return {
        "schedule": schedule,
        "text_title": facts.title if facts else schedule.title,
        "text_url": facts.url if facts else "",
        "text_summary": facts.summary if facts else "",
        "text_lang": schedule.locale,
        "partner": partner_name(schedule.partner_id),
        "email": getattr(obj, "email", ""),
    }


def _closed(request: HttpRequest, reason: str) -> HttpResponse:
    return _page(
        request, gettext("Nothing to answer here"), {"closed": reason}, status=HTTPStatus.GONE
    )


def _page(
    request: HttpRequest, title: str, context: dict[str, Any], status: int = HTTPStatus.OK
) -> HttpResponse:
    frame = frame_of(request)
    frame.canonical, frame.alternates = "", []
    return render(request, TEMPLATE, {"frame": frame, "title": title, **context}, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by nobody, and its address told to nobody."""
    add_never_cache_headers(response)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
