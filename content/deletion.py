"""What readers see is taken down, with a reason, before it is deleted."""

from itertools import chain
from typing import Any

from django.db import router
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from content.models import Gated


def obstacle(obj: Any) -> str:
    """Why a record cannot be deleted now, in words for whoever tried; empty if it can."""
    collector = Collector(using=router.db_for_write(type(obj)), origin=obj)
    try:
        collector.collect([obj])
    except (ProtectedError, RestrictedError):
        return _("“%(title)s” is still in use.") % {"title": obj}
    for row in chain(*collector.data.values(), *collector.fast_deletes):
        if isinstance(row, Gated) and row.live:
            words = _("“%(title)s” is published. Take it down first; then it can be deleted.")
            return words % {"title": row}
    return ""
