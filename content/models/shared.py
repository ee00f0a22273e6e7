"""Passages that several pages show."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField

from content.richtext import FEATURES

from .labels import LocaleText, RecordKey


class SharedText(RecordKey, ClusterableModel):
    """A passage kept once; ``SharedTextBody`` holds its words per language."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)

    panels = [FieldPanel("slug")]

    class Meta:
        verbose_name = _("shared text")
        verbose_name_plural = _("shared texts")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class SharedTextBody(LocaleText):
    record = models.ForeignKey(SharedText, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=200)
    body = RichTextField(_("text"), features=FEATURES)

    panels = [FieldPanel("record"), FieldPanel("title"), FieldPanel("body")]

    class Meta:
        verbose_name = _("words of a shared text")
        verbose_name_plural = _("words of shared texts")
        unique_together = [("translation_key", "locale")]

    def __str__(self) -> str:
        return self.title
