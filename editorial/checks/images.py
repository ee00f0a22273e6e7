"""Pictures: what they show, for people who do not see them."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext_lazy as _

from .finding import ADVISE, REFUSE, Finding, Place, rule
from .material import Material
from .registry import check

MISSING = rule(
    "alt-missing",
    REFUSE,
    _("An image has no alternative text and is not marked as decoration."),
    source="WCAG 2.2, 1.1.1",
)
PAGE_IMAGE = rule(
    "alt-page-image",
    ADVISE,
    _("The page's image has no alternative text. Leave it empty only if the image decorates."),
    source="WCAG 2.2, 1.1.1",
)
FILE_NAME = rule(
    "alt-file-name",
    REFUSE,
    _("The alternative text “%(text)s” is the name of a file. Say what the image shows."),
    source="WCAG 2.2, 1.1.1 (failure F30)",
)

FILE_ENDING = re.compile(r"\.(jpe?g|png|gif|webp|avif|svg|heic|tiff?|bmp)$", re.IGNORECASE)
# What cameras, phones and screens name their pictures.
CAMERA = re.compile(r"(img|dscn?|dscf|pxl|mvimg|screenshot|image)[-_ ]?\d[\d\-_ ]*", re.IGNORECASE)


@check
def alternative_texts(material: Material) -> Iterator[Finding]:
    for part in material.parts:
        if part.name == "image" and isinstance(part.value, dict) and part.value.get("image"):
            yield from _block(material, part.place, part.value)
    yield from _page_image(material)


def _block(material: Material, place: Place, value: dict[str, Any]) -> Iterator[Finding]:
    alt = str(value.get("alt") or "").strip()
    if value.get("decorative"):
        return
    if not alt:
        yield MISSING.at(place)
    elif is_file_name(alt, _file(material, value["image"])):
        yield FILE_NAME.at(place, text=alt)


def _page_image(material: Material) -> Iterator[Finding]:
    image_id = getattr(material.obj, "image_id", None)
    if not image_id:
        return
    alt = material.obj.image_alt.strip()
    if not alt:
        yield PAGE_IMAGE.at(Place("image_alt"))
    elif is_file_name(alt, _file(material, image_id)):
        yield FILE_NAME.at(Place("image_alt"), text=alt)


def _file(material: Material, pk: int) -> str:
    row = material.targets.get("image", {}).get(pk)
    return row["file"] if row else ""


def is_file_name(alt: str, file: str) -> bool:
    """Whether a text is the name of an image file, that of this file or one by its form."""
    name = PurePath(file)
    # A one-word name may well say what is shown: “map.png” with the text “map”.
    same = alt.casefold() == name.name.casefold() or (
        alt.casefold() == name.stem.casefold() and not alt.isalpha()
    )
    return bool(file and same) or bool(FILE_ENDING.search(alt) or CAMERA.fullmatch(alt))
