"""The block catalogue: what an editor needs in order to choose, and a reader to read."""

from pathlib import PurePath

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.urls import reverse
from lxml.html import fromstring
from wagtail.blocks import StreamBlock
from wagtail.fields import StreamField
from wagtail.models import Page

from content.blocks import InnerStoryBlock, StoryBlock
from tests.tools import ROOT


def streams(block):
    """The stream itself and every stream inside it."""
    if isinstance(block, StreamBlock):
        yield block
    for child in getattr(block, "child_blocks", {}).values():
        yield from streams(child)
    if hasattr(block, "child_block"):
        yield from streams(block.child_block)


def all_streams():
    for model in apps.get_models():
        if issubclass(model, Page):
            for field in model._meta.get_fields():
                if isinstance(field, StreamField):
                    yield from streams(field.stream_block)


def catalogue():
    """(name, block) of all blocks that an editor picks from a menu, each class once."""
    found = {}
    for stream in all_streams():
        if isinstance(stream, StoryBlock | InnerStoryBlock):
            for name, block in stream.child_blocks.items():
                found.setdefault((name, type(block)), block)
    return {(name, block_class.__name__): block for (name, block_class), block in found.items()}


CATALOGUE = catalogue()
# They show what an editor chooses; before that there is nothing to see.
SHOWS_A_RECORD = {"download", "image", "locations", "page_refs", "shared_text"}


def lacking(wanted):
    return sorted(name for name, block in CATALOGUE.items() if not wanted(block))


def test_the_catalogue_is_whole():
    names = {name for name, _ in CATALOGUE}
    assert names >= {"text", "checklist", "eligibility", "how_to_apply", "restricted", "true_false"}


def test_an_editor_sees_what_a_block_is_for():
    assert lacking(lambda block: block.meta.icon not in {"", "placeholder"}) == []
    assert lacking(lambda block: block.meta.group) == []
    assert lacking(lambda block: block.meta.description) == []


def test_a_block_has_a_template_of_its_own_name():
    assert lacking(lambda block: PurePath(block.meta.template or "").parent.name == "blocks") == []
    wrong = [
        name
        for (name, _), block in CATALOGUE.items()
        if PurePath(block.meta.template or "").stem != name
    ]
    assert wrong == []
    for block in CATALOGUE.values():
        get_template(block.meta.template)


@pytest.mark.parametrize("name", sorted(CATALOGUE), ids="-".join)
def test_the_preview_renders(name, admin_client):
    address = reverse("wagtailadmin_block_preview")
    response = admin_client.get(address, {"id": CATALOGUE[name].definition_prefix})
    assert response.status_code == 200
    if name[0] not in SHOWS_A_RECORD:
        assert fromstring(response.content).find("body").text_content().strip()


def test_every_template_of_a_block_has_its_block():
    templates = {path.stem for path in (ROOT / "templates" / "blocks").glob("*.html")}
    assert (
        templates == {name for stream in all_streams() for name in stream.child_blocks} & templates
    )
