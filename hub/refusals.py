"""What happens when a rule stands against something that somebody tried in the admin."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import auth, messages

from content.publication import PublicationRefused
from editorial.errors import ReviewRefused

_plain = auth.permission_denied


def permission_denied(request: HttpRequest) -> HttpResponse:
    """Answer as Wagtail does, with the reason; what was written before the refusal is taken back.

    Wagtail makes a redirect of a refusal before the transaction of the request ends, and half of
    what was tried would stay. See ``AtomicWritesMiddleware``.
    """
    request.was_refused = True  # type: ignore[attr-defined]
    refusal = sys.exception()
    if isinstance(refusal, PublicationRefused | ReviewRefused):
        messages.error(request, str(refusal))
        return redirect("wagtailadmin_home")
    return _plain(request)


def take_place() -> None:
    """Put this answer in the place of Wagtail's."""
    auth.permission_denied = permission_denied
