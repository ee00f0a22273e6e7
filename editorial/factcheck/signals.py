"""The end of a fact check, however it was approved."""

from typing import Any

from django.dispatch import receiver
from wagtail.signals import task_approved

from editorial.factcheck.closing import finished
from editorial.models import FactCheckTask


@receiver(task_approved, dispatch_uid="fact_check_finished")
def _finish(sender: Any, instance: Any, user: Any, **kwargs: Any) -> None:
    if isinstance(instance.task.specific, FactCheckTask):
        finished(instance, user)
