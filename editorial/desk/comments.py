"""Comments of reviewers: they stand in Wagtail's editor, though reviewers change nothing there."""

from typing import Any

from wagtail.models import Comment, Page

from editorial.factcheck.passages import FIELD, excerpts


def passages_of(obj: Any) -> dict[str, str]:
    """Passages that can be commented on: ``{place: first words}``; none for records."""
    return _places(obj) if isinstance(obj, Page) else {}


def _places(page: Page) -> dict[str, str]:
    """Content paths as Wagtail's editor knows them: ``body.<block id>``, ``summary``."""
    streams = _stream_of_blocks(page)
    return {
        key.removeprefix(FIELD) if key.startswith(FIELD) else f"{streams[key]}.{key}": words
        for key, words in excerpts(page).items()
        if key.startswith(FIELD) or key in streams
    }


def _stream_of_blocks(page: Page) -> dict[str, str]:
    """Block id -> name of the field that holds the block."""
    from wagtail.fields import StreamField

    return {
        child.id: field.name
        for field in page._meta.get_fields()
        if isinstance(field, StreamField)
        for child in getattr(page, field.name)
        if child.id
    }


def add_comment(page: Any, user: Any, *, passage: str, text: str) -> Comment:
    """Write a comment beside a passage; it makes no new version."""
    return Comment.objects.create(
        page_id=page.pk,
        user=user,
        text=text,
        contentpath=passage,
        revision_created_id=page.latest_revision_id,
    )


def comments_on(obj: Any) -> list[dict[str, Any]]:
    """Open comments with the words of their passage."""
    if not isinstance(obj, Page):
        return []
    places = _places(obj)
    rows = (
        Comment.objects.filter(page_id=obj.pk, resolved_at=None)
        .select_related("user")
        .prefetch_related("replies__user")
        .order_by("created_at")
    )
    return [
        {
            "comment": row,
            "passage": places.get(row.contentpath, ""),
            "person": row.user.get_full_name() or row.user.get_username(),
        }
        for row in rows
    ]
