"""Pictures, files and recordings."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from content.blocks.fields import FactCharBlock, FactMixin, FactURLBlock, RichBlock

MEDIA = _("Pictures and files")


def languages() -> list[tuple[str, str]]:
    return list(settings.LANGUAGES)


class FactImageBlock(FactMixin, ImageChooserBlock):
    pass


class FactDocumentBlock(FactMixin, DocumentChooserBlock):
    pass


class ImageWithTextBlock(blocks.StructBlock):
    image = FactImageBlock(label=_("Image"))
    alt = blocks.CharBlock(
        required=False, max_length=300, label=_("Alternative text"), help_text=_("What it shows.")
    )
    decorative = blocks.BooleanBlock(required=False, label=_("It only decorates"))
    caption = blocks.CharBlock(required=False, max_length=500, label=_("Caption"))
    credit = FactCharBlock(required=False, max_length=200, label=_("Credit"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["alt"] and not cleaned["decorative"]:
            raise blocks.StructBlockValidationError(
                {"alt": ValidationError(_("Say what the image shows, or that it only decorates."))}
            )
        return cleaned

    class Meta:
        icon = "image"
        group = MEDIA
        label = _("Image")
        description = _("A picture with alternative text, caption and credit.")
        template = "blocks/image.html"
        preview_value = {"image": None, "alt": "", "decorative": True, "caption": "", "credit": ""}


class DownloadBlock(blocks.StructBlock):
    document = FactDocumentBlock(label=_("File"))
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    language = blocks.ChoiceBlock(
        choices=languages, required=False, label=_("Language of the file")
    )
    is_template = blocks.BooleanBlock(required=False, label=_("A template to fill in"))

    class Meta:
        icon = "download"
        group = MEDIA
        label = _("Download")
        description = _("A file; its type and size are shown by themselves.")
        template = "blocks/download.html"
        preview_value = {"document": None, "title": "Form", "language": "", "is_template": True}


class CaptionFileBlock(blocks.StructBlock):
    language = blocks.ChoiceBlock(choices=languages, label=_("Language"))
    file = FactDocumentBlock(label=_("Caption file"))

    class Meta:
        icon = "openquote"


class VideoBlock(blocks.StructBlock):
    """A link, never a player: players of third parties would follow the reader."""

    url = FactURLBlock(label=_("Address"))
    title = blocks.CharBlock(max_length=200, label=_("Title"))
    captions = blocks.ListBlock(CaptionFileBlock(), required=False, default=[], label=_("Captions"))
    transcript = RichBlock(required=False, label=_("Transcript"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not len(cleaned["captions"]) and not cleaned["transcript"].source.strip():
            raise blocks.StructBlockValidationError(
                {"transcript": ValidationError(_("A video needs captions or a transcript."))}
            )
        return cleaned

    class Meta:
        icon = "media"
        group = MEDIA
        label = _("Video")
        description = _("A link to a recording, with captions or a transcript.")
        template = "blocks/video.html"
        preview_value = {
            "url": "https://video.example.org/1",
            "title": "How the form works",
            "captions": [],
            "transcript": "<p>First, open the form.</p>",
        }
