"""Saves many pages without a task per save, and brings both indexes up to date once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db.models.signals import post_save
from modelsearch import index
from modelsearch.backends import get_search_backends
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

CHUNK = 100


@contextmanager
def indexes_off() -> Iterator[None]:
    """No search or reference index is written inside. Not re-entrant: the outermost caller only."""
    models = [model for model in apps.get_models() if issubclass(model, index.Indexed)]
    silenced = [
        model for model in models if post_save.disconnect(post_save_signal_handler, sender=model)
    ]
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        for model in silenced:
            post_save.connect(post_save_signal_handler, sender=model)


def update_indexes(page_ids: Iterable[int]) -> None:
    """Index pages that were saved while the indexes were off."""
    ids = sorted(set(page_ids))
    for start in range(0, len(ids), CHUNK):
        pages = list(Page.objects.filter(pk__in=ids[start : start + CHUNK]).specific())
        by_model: dict[type[Page], list[Page]] = defaultdict(list)
        for page in pages:
            ReferenceIndex.create_or_update_for_object(page)
            by_model[type(page)].append(page)
        for backend in get_search_backends(with_auto_update=True):
            for model, objects in by_model.items():
                wanted = model.get_indexed_objects().filter(pk__in=[page.pk for page in objects])
                backend.get_index_for_model(model).add_items(model, list(wanted))
