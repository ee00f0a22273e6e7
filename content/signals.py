"""Keeps ``PageFacts`` in step with pages that Wagtail publishes, moves, restricts or deletes."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from content import services
from content.models import Audience, AudienceLabel, BasePage, Topic, TopicLabel
from content.queries import VOCABULARY_KEY
from content.remembered import forget


@receiver(page_published)
def _published(sender: type, instance: Any, **kwargs: Any) -> None:
    services.write_facts(instance)


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
        transaction.on_commit(lambda: forget(VOCABULARY_KEY))
