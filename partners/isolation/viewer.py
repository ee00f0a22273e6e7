"""Who looks at the admin right now: Wagtail shows titles of drafts without asking to whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.translation import gettext as _

from partners.permissions import can_see_draft
from partners.standing import standing_of

_request: ContextVar[Any] = ContextVar("viewing_request", default=None)


@contextmanager
def viewing(request: Any) -> Iterator[None]:
    """Titles that are written within the block are for the person of this request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def admin_title(page: Any) -> str:
    """The draft's title for those who may see the draft, else the published one."""
    newest = page.draft_title or page.title
    if page.live and newest == page.title and not _is_restricted(page):
        return newest
    user = getattr(_request.get(), "user", None)
    if user is None or not user.is_authenticated or standing_of(user).sees_everything:
        return newest
    if page.depth == 1 or can_see_draft(page, user):
        return newest
    return page.title if page.live and not _is_restricted(page) else _("(not published)")


def _is_restricted(page: Any) -> bool:
    return bool(page.live and _request.get() is not None and _restrictions(page))


def _restrictions(page: Any) -> bool:
    """Whether a page or one above it is for some readers only; asked once in a request."""
    from wagtail.models import PageViewRestriction

    request = _request.get()
    paths = getattr(request, "_restricted_paths", None)
    if paths is None:
        paths = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
        request._restricted_paths = paths  # noqa: SLF001  kept with the request, as Wagtail does
    return page.path.startswith(paths) if paths else False
