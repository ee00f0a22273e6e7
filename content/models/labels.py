"""Text of language-free records, one row per language.

Pages and blocks point at the language-free record and the text is looked up for the reader's
language. Nothing points at a translatable snippet: submitting a page for translation would re-save
that snippet and take it offline.
"""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import (
    DraftStateMixin,
    Locale,
    LockableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)

from .gated import Gated


def language_choices() -> list[tuple[str, str]]:
    """Languages of this hub. A callable, so that settings do not enter migrations."""
    return list(settings.LANGUAGES)


class LocalisedLabel(models.Model):
    """A short name in one language, edited inline with its record; not translated by segments."""

    language = models.CharField(_("language"), max_length=35, choices=language_choices)
    label = models.CharField(_("label"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.label} ({self.language})"


class LocaleText(
    Gated,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    TranslatableMixin,
    models.Model,
):
    """The per-language half of a record; a subclass adds ``record`` and the texts.

    ``translation_key`` is the record's ``key``, so that all texts of a record are translations of
    each other.
    """

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        self._follow_record()
        super().save(*args, **kwargs)

    def full_clean(self, *args, **kwargs) -> None:
        self._follow_record()
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a second row of one language: forms do not show what would make it unique."""
        super().clean()
        rows = type(self).objects.filter(
            translation_key=self.translation_key, locale_id=self.locale_id
        )
        if rows.exclude(pk=self.pk).exists():
            raise ValidationError({"record": _("It has words in this language already.")})

    def _follow_record(self) -> None:
        if self.record_id:
            self.translation_key = self.record.key
        if not self.locale_id:
            self.locale = Locale.get_default()


class RecordKey(models.Model):
    """Gives a record the stable id under which texts, references and evidence find it."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
