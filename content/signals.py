"""Keeps ``PageFacts`` in step with pages that Wagtail publishes, moves, restricts or deletes.

Kept pages that show what has changed are purged in the same transaction.
"""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from content import publication, services
from content.models import (
    Audience,
    AudienceLabel,
    BasePage,
    HubDocument,
    HubImage,
    PageFacts,
    SharedText,
    SharedTextBody,
    Topic,
    TopicLabel,
)
from content.pagecache import tags
from content.pagecache.purge import purge
from content.queries import VOCABULARY_KEY
from content.remembered import forget

MEASURED = {"file_size", "file_hash"}
# Of the plain half of a page: whether and under what words readers see it.
PLAIN = ("live", "title", "slug", "seo_title", "search_description", "show_in_menus")


@receiver(pre_save, sender=Page)
def _plain_page_saved(sender: type, instance: Page, raw: bool = False, **kwargs: Any) -> None:
    """Wagtail holds some pages by their plain half, which knows no door (``Gated``).

    Raises:
        PublicationRefused: readers would see something else, or nothing.
    """
    stored = Page.objects.filter(pk=instance.pk).values(*PLAIN).first()
    if raw or stored is None or not (stored["live"] or instance.live):
        return
    if stored != {name: getattr(instance, name) for name in PLAIN}:
        publication.refuse()


@receiver(page_published)
def _published(sender: type, instance: Any, **kwargs: Any) -> None:
    row = services.write_facts(instance)
    if row is not None and row.was.get("url", row.url) != row.url:
        services.write_facts_below(instance)


@receiver(page_unpublished)
def _unpublished(sender: type, instance: Any, **kwargs: Any) -> None:
    services.forget_facts(instance.pk)


@receiver(post_delete)
def _deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, BasePage):
        services.forget_facts(instance.pk)


@receiver(post_page_move)
def _moved(sender: type, instance: Any, **kwargs: Any) -> None:
    services.write_facts_below(instance)


@receiver(page_slug_changed)
def _slug_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    """Wagtail tells after the commit; a publication has written the facts with itself by then."""
    if not services.has_true_address(instance):
        services.write_facts_below(instance)


@receiver(post_save, sender=PageViewRestriction)
def _restricted(sender: type, instance: Any, **kwargs: Any) -> None:
    services.write_facts_below(instance.page)


@receiver(post_delete, sender=PageViewRestriction)
def _released(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """A restriction that goes with its page releases nothing: the page is half deleted by then."""
    if getattr(origin, "model", type(origin)) is PageViewRestriction:
        services.write_facts_below(instance.page)


@receiver([post_save, post_delete])
def _vocabulary_changed(sender: type, **kwargs: Any) -> None:
    if sender in (Topic, TopicLabel, Audience, AudienceLabel):
        forget(VOCABULARY_KEY)


@receiver([post_save, post_delete], sender=PageFacts)
def _facts_changed(sender: type, instance: PageFacts, **kwargs: Any) -> None:
    """The page, whoever names it or looked for it, and the lists that it stands in or stood in."""
    was = instance.was
    urls = {instance.url, was.get("url") or instance.url}
    parents = {instance.parent_id, was.get("parent_id", instance.parent_id)}
    purge(
        {
            tags.page(instance.page_key),
            tags.page_id(instance.page_id),
            tags.kind(instance.kind),
            tags.listing(instance.locale_code),
            *map(tags.address, urls),
            *map(tags.below, parents),
        },
        paths=urls,
    )


@receiver([post_save, post_delete], sender=HubImage)
@receiver([post_save, post_delete], sender=HubDocument)
def _file_changed(
    sender: Any,
    instance: Any,
    created: bool = False,
    update_fields: frozenset[str] | None = None,
    **kwargs: Any,
) -> None:
    # Nobody shows a new one yet; and Wagtail measures a file when it is first shown.
    if not created and not (update_fields and update_fields <= MEASURED):
        purge([tags.record(sender._meta.model_name, instance.pk)])


@receiver([post_save, post_delete], sender=SharedText)
def _shared_text_changed(sender: type, instance: SharedText, **kwargs: Any) -> None:
    purge([tags.record("sharedtext", instance.pk)])


@receiver([post_save, post_delete], sender=SharedTextBody)
def _shared_words_changed(sender: type, instance: SharedTextBody, **kwargs: Any) -> None:
    purge([tags.record("sharedtext", instance.record_id)])


@receiver([post_save, post_delete], sender=Site)
@receiver([post_save, post_delete], sender=Locale)
def _site_changed(sender: type, **kwargs: Any) -> None:
    purge([tags.FRAME])
