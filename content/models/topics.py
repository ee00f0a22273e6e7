"""Controlled vocabulary: topics and audiences, with labels per language and synonyms."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel

from .labels import LocalisedLabel


class Vocabulary(ClusterableModel):
    """A term without language; people see the label in their own."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)

    class Meta:
        abstract = True
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def label_in(self, language: str) -> tuple[str, str]:
        """Return (label, language of that label): the reader's, else English, else any, else the slug."""
        labels = {row.language: row.label for row in self.labels.all()}
        for code in (language, "en", *labels):
            if code in labels:
                return labels[code], code
        return self.slug.replace("-", " "), "en"


class Topic(Vocabulary):
    """What a page is about. A merged topic stays as a synonym of the one that took it in."""

    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="merged",
        verbose_name=_("merged into"),
    )

    panels = [
        FieldPanel("slug"),
        InlinePanel("labels", heading=_("Names by language"), label=_("Name")),
        FieldPanel("merged_into"),
    ]

    class Meta(Vocabulary.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class TopicLabel(LocalisedLabel):
    topic = ParentalKey(Topic, on_delete=models.CASCADE, related_name="labels")
    synonyms = models.TextField(
        _("synonyms"), blank=True, help_text=_("One per line. Imports and search match them.")
    )

    panels = [FieldPanel("language"), FieldPanel("label"), FieldPanel("synonyms")]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "language"], name="topic_label_language")
        ]


class Audience(Vocabulary):
    """For whom a page is written: residents, caseworkers, volunteers ..."""

    panels = [
        FieldPanel("slug"),
        InlinePanel("labels", heading=_("Names by language"), label=_("Name")),
    ]

    class Meta(Vocabulary.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")


class AudienceLabel(LocalisedLabel):
    audience = ParentalKey(Audience, on_delete=models.CASCADE, related_name="labels")

    panels = [FieldPanel("language"), FieldPanel("label")]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audience", "language"], name="audience_label_language")
        ]
