"""What others need to know of a published page, in rows that lists can filter.

One row per published page (page_key and language). It is a cache of the page, written in the
transaction that publishes it; whoever shows lists, links or breadcrumbs reads this table and never
walks pages.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from content.pagecache import tags


class PageFactsQuerySet(models.QuerySet):
    def readable(self) -> "PageFactsQuerySet":
        """Pages that an anonymous reader may see, in the languages that the hub has today."""
        return self.filter(public=True, locale_code__in=settings.HUB_LANGUAGES)

    def listed(self) -> "PageFactsQuerySet":
        """Pages that may stand in lists: an overdue page may have left them."""
        return self.filter(listed=True)

    def in_language(self, code: str) -> "PageFactsQuerySet":
        return self.filter(locale_code=code)


class PageFacts(models.Model):
    """Facts of one live page. Ids are plain: the floor knows no upper app."""

    page_id = models.PositiveBigIntegerField(unique=True)
    page_key = models.UUIDField()
    locale_code = models.CharField(max_length=35)
    content_type_id = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=255)
    summary = models.TextField(blank=True)
    url = models.CharField(max_length=2000, help_text=_("Path from the site's root"))
    parent_id = models.PositiveBigIntegerField(null=True)
    position = models.CharField(max_length=255, help_text=_("Place in the tree, for ordering"))
    public = models.BooleanField(default=True, help_text=_("False: behind a view restriction"))
    partner_id = models.PositiveBigIntegerField(null=True)
    is_source = models.BooleanField(default=True)
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    # Written by emergencies (``editorial.services.emergency``).
    urgent_since = models.DateField(null=True, help_text=_("Live without its approval since"))
    # Written by review dates (``editorial.reviews``), the rest by ``content.services``.
    checked_on = models.DateField(null=True)
    checked_by = models.PositiveBigIntegerField(null=True, help_text=_("Partner that checked it"))
    review_due = models.DateField(null=True)
    listed = models.BooleanField(
        default=True, help_text=_("False: overdue, and its page says that it leaves the lists then")
    )
    licence = models.CharField(max_length=200, blank=True)
    source_url = models.CharField(max_length=2000, blank=True)
    change_kind = models.CharField(max_length=10, blank=True)
    change_note = models.TextField(blank=True)
    data = models.JSONField(default=dict, help_text=_("What cards of this kind show besides"))

    # Address and parent as they were when the row was loaded.
    was: dict[str, Any] = {}

    objects = PageFactsQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["url"], name="facts_url"),
            models.Index(fields=["page_key"], name="facts_page_key"),
            models.Index(fields=["locale_code", "kind", "title"], name="facts_list"),
            models.Index(fields=["partner_id", "locale_code", "kind"], name="facts_partner"),
            models.Index(fields=["parent_id"], name="facts_parent"),
            models.Index(
                fields=["locale_code", "public", "kind", "partner_id", "listed"],
                name="facts_facets",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.locale_code})"

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Any:
        """Whatever shows a row is out of date when its page changes."""
        row = super().from_db(*args, **kwargs)
        loaded = row.__dict__
        tags.touch(tags.page(loaded["page_key"]))
        row.was = {name: loaded.get(name) for name in ("url", "parent_id")}
        return row


class PageTopic(models.Model):
    facts = models.ForeignKey(PageFacts, on_delete=models.CASCADE, related_name="topic_rows")
    topic_id = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facts", "topic_id"], name="page_topic")]

    def __str__(self) -> str:
        return f"{self.facts_id}: topic {self.topic_id}"


class PageAudience(models.Model):
    facts = models.ForeignKey(PageFacts, on_delete=models.CASCADE, related_name="audience_rows")
    audience_id = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facts", "audience_id"], name="page_audience")
        ]

    def __str__(self) -> str:
        return f"{self.facts_id}: audience {self.audience_id}"
