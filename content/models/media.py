"""Images and documents; uploads are judged by their content, not by their name."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import ReferenceIndex

from content import publication
from content.pagecache import tags
from content.publication import PublicationRefused
from content.uploads import UploadRefusedError, check_document, check_image

from .labels import language_choices


class Shown:
    """Whatever shows a file is out of date when the file, or what is said of it, changes."""

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Any:
        file = super().from_db(*args, **kwargs)  # type: ignore[misc]
        tags.touch(tags.record(type(file)._meta.model_name, file.pk))
        return file


class KeptInUse:
    """A file that pages show is neither exchanged nor deleted: both would pass by their approval."""

    pk: Any
    file: Any

    def clean(self) -> None:
        super().clean()  # type: ignore[misc]
        if _is_new(self.file) and self._is_in_use():
            raise ValidationError(
                {
                    "file": _(
                        "Pages show this file. Upload the new one beside it and put it into the "
                        "pages: then it is approved with them."
                    )
                }
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        names = kwargs.get("update_fields")
        writes_file = names is None or "file" in names
        is_new = writes_file and _is_new(self.file)
        if is_new and not publication.is_recorded_act() and self._is_in_use():
            publication.refuse()
        super().save(*args, **kwargs)  # type: ignore[misc]

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        if not publication.is_recorded_act() and self._is_in_use():
            raise PublicationRefused(
                gettext("Pages show this file. Take it out of them first, then it can be deleted.")
            )
        return super().delete(*args, **kwargs)  # type: ignore[misc]

    def _is_in_use(self) -> bool:
        return self.pk is not None and ReferenceIndex.get_references_to(self).exists()


class HubImage(Shown, KeptInUse, AbstractImage):
    credit = models.CharField(_("credit"), max_length=200, blank=True)

    admin_form_fields = (*Image.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def clean(self) -> None:
        super().clean()
        if _is_new(self.file):
            _refuse_by(check_image, self.file)


class HubRendition(AbstractRendition):
    image = models.ForeignKey(HubImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class HubDocument(Shown, KeptInUse, AbstractDocument):
    language = models.CharField(_("language"), max_length=35, blank=True, choices=language_choices)

    admin_form_fields = (*Document.admin_form_fields, "language")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def clean(self) -> None:
        super().clean()
        if _is_new(self.file):
            _refuse_by(check_document, self.file.name, self.file)


def _is_new(file: Any) -> bool:
    return bool(file) and not file._committed  # noqa: SLF001  Django marks new files so


def _refuse_by(check: Callable[..., None], *arguments: Any) -> None:
    try:
        check(*arguments)
    except UploadRefusedError as refusal:
        raise ValidationError({"file": str(refusal)}) from refusal
