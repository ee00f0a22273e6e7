"""Every block, list item and nested block has an id, whichever way a page is saved."""

import json

import pytest
from django.urls import reverse
from wagtail.blocks import ListBlock, StreamBlock, StructBlock
from wagtail.models import Locale
from wagtail.test.utils.form_data import (
    rich_text,
    streamfield,
)

from content.ids import ensure_ids
from guides.models import GuidePage
from partners.blocks import HubStoryBlock
from tests import actors
from tests.factories import tree
from tests.forms import guide_form
from tests.publishing import publish
from training.blocks import UnitStoryBlock

DEEP = [
    {
        "type": "restricted",
        "value": {
            "audience": "staff",
            "body": [
                {
                    "type": "table",
                    "value": {
                        "caption": "",
                        "header_row": True,
                        "header_column": False,
                        "rows": [{"cells": ["<p>a</p>", "<p>b</p>"]}],
                    },
                },
                {
                    "type": "exercise",
                    "value": {
                        "title": "",
                        "task": [{"type": "text", "value": "<p>Do it</p>"}],
                        "hint": "",
                        "solution": [],
                        "minutes": None,
                    },
                },
            ],
        },
    },
    {"type": "checklist", "value": {"title": "t", "items": [{"text": "<p>x</p>"}, {"text": "y"}]}},
]


def without_id(block, raw, path=""):
    """Paths of items that have no id, at any depth."""
    if isinstance(block, StreamBlock):
        for number, item in enumerate(raw):
            here = f"{path}/{number}:{item['type']}"
            if not item.get("id"):
                yield here
            yield from without_id(block.child_blocks[item["type"]], item["value"], here)
    elif isinstance(block, ListBlock):
        for number, item in enumerate(raw):
            here = f"{path}[{number}]"
            if not (isinstance(item, dict) and item.get("type") == "item" and item.get("id")):
                yield here
            else:
                yield from without_id(block.child_block, item["value"], here)
    elif isinstance(block, StructBlock) and isinstance(raw, dict):
        for name, value in raw.items():
            if name in block.child_blocks:
                yield from without_id(block.child_blocks[name], value, f"{path}.{name}")


def ids_in(raw):
    if isinstance(raw, dict):
        if "id" in raw and "value" in raw:
            yield raw["id"]
        for value in raw.values():
            yield from ids_in(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from ids_in(value)


def stored(page):
    """The body as the database holds it, and the body in the page's latest revision."""
    page = type(page).objects.get(pk=page.pk)
    yield "row", list(page.body.raw_data)
    if page.latest_revision:
        yield "revision", json.loads(page.latest_revision.content["body"])


def assert_all_have_ids(page):
    for where, raw in stored(page):
        assert raw, where
        assert list(without_id(page.body.stream_block, raw)) == [], where
        found = list(ids_in(raw))
        assert len(found) == len(set(found)), where


class TestEnsureIds:
    def test_items_at_every_depth_get_one(self):
        block = HubStoryBlock()
        filled = ensure_ids(block, DEEP)
        assert list(without_id(block, filled)) == []
        assert len(list(ids_in(filled))) == 2 + 2 + 1 + 1 + 2 + 2

    def test_a_list_in_short_form_is_wrapped_and_keeps_its_words(self):
        filled = ensure_ids(HubStoryBlock(), DEEP)
        table = filled[0]["value"]["body"][0]["value"]
        cells = table["rows"][0]["value"]["cells"]
        assert [cell["value"] for cell in cells] == ["<p>a</p>", "<p>b</p>"]
        assert {cell["type"] for cell in cells} == {"item"}

    def test_ids_that_are_there_stay(self):
        once = ensure_ids(HubStoryBlock(), DEEP)
        assert ensure_ids(HubStoryBlock(), once) == once
        assert ensure_ids(HubStoryBlock(), once, seed="other") == once

    def test_the_same_seed_gives_the_same_ids(self):
        block = HubStoryBlock()
        assert ensure_ids(block, DEEP, seed="a") == ensure_ids(block, DEEP, seed="a")
        assert not set(ids_in(ensure_ids(block, DEEP, seed="a"))) & set(
            ids_in(ensure_ids(block, DEEP, seed="b"))
        )
        assert ensure_ids(block, DEEP) != ensure_ids(block, DEEP)

    def test_a_translation_with_the_seed_of_its_source_gets_the_ids_of_its_source(self):
        words = json.loads(json.dumps(DEEP).replace("Do it", "Hazlo").replace(">a<", ">á<"))
        block = HubStoryBlock()
        source, translation = (ensure_ids(block, raw, seed="doc-1") for raw in (DEEP, words))
        assert source != translation
        assert list(ids_in(source)) == list(ids_in(translation))

    def test_a_missing_text_becomes_an_empty_one(self):
        raw = [{"type": "checklist", "value": {"items": [{"text": None}]}}]
        (block,) = ensure_ids(HubStoryBlock(), raw)
        assert block["value"]["title"] == ""
        item = block["value"]["items"][0]["value"]
        assert (item["text"], item["help"]) == ("", "")

    def test_a_missing_text_takes_its_default(self):
        raw = [{"type": "eligibility", "value": {"questions": [{"criterion": "a"}]}}]
        (block,) = ensure_ids(HubStoryBlock(), raw)
        assert block["value"]["questions"][0]["value"]["none_leads_to"] == "unlikely"

    def test_the_input_is_left_alone(self):
        before = json.dumps(DEEP)
        ensure_ids(HubStoryBlock(), DEEP)
        assert json.dumps(DEEP) == before

    @pytest.mark.parametrize("empty", [None, []])
    def test_nothing_stays_nothing(self, empty):
        assert ensure_ids(HubStoryBlock(), empty) == []

    def test_options_of_questions_get_ids_too(self):
        block = UnitStoryBlock()
        options = [{"text": "a", "correct": True}, {"text": "b", "correct": False}]
        raw = [{"type": "single_choice", "value": {"prompt": "<p>?</p>", "options": options}}]
        assert list(without_id(block, ensure_ids(block, raw))) == []


@pytest.mark.django_db
class TestEverySavePathGivesIds:
    def unsaved(self, body=DEEP):
        return GuidePage(title="Guide", slug="guide", body=json.dumps(body), live=False)

    def saved(self):
        page = self.unsaved()
        tree.section().add_child(instance=page)
        return page

    def test_add_child(self):
        assert_all_have_ids(self.saved())

    def test_save_revision(self):
        page = self.saved()
        page.body = json.dumps(DEEP)
        page.save_revision()
        assert_all_have_ids(page)

    def test_publish(self):
        page = self.saved()
        page.body = json.dumps(DEEP)
        publish(page)
        assert_all_have_ids(page)
        (_, row), (_, revision) = stored(page)
        assert list(ids_in(row)) == list(ids_in(revision))

    def test_python_values(self):
        page = self.saved()
        page.body = [("checklist", {"title": "", "items": [{"text": "x"}]}), ("text", "<p>y</p>")]
        publish(page)
        assert_all_have_ids(page)
        (_, row), (_, revision) = stored(page)
        assert list(ids_in(row)) == list(ids_in(revision))

    def test_saving_again_keeps_the_ids(self):
        page = self.saved()
        before = list(ids_in(dict(stored(page))["row"]))
        page = GuidePage.objects.get(pk=page.pk)
        page.title = "Other"
        page.save()
        publish(page)
        assert list(ids_in(dict(stored(page))["row"])) == before

    def test_copy(self):
        page = self.saved()
        publish(page)
        copy = page.copy(update_attrs={"slug": "copy"}, keep_live=False)
        assert_all_have_ids(copy)

    def test_copy_for_translation_keeps_the_ids_of_the_source(self):
        page = self.saved()
        publish(page)
        copy = page.copy_for_translation(Locale.objects.get(language_code="es"), copy_parents=True)
        assert_all_have_ids(copy)
        assert list(ids_in(dict(stored(copy))["row"])) == list(ids_in(dict(stored(page))["row"]))

    def test_the_form_of_the_admin(self):
        parent = tree.section()
        client = actors.hub_admin()
        table = {
            "caption": "",
            "header_row": "on",
            "rows-count": "1",
            "rows-0-deleted": "",
            "rows-0-order": "0",
            "rows-0-id": "",
            "rows-0-value-cells-count": "1",
            "rows-0-value-cells-0-deleted": "",
            "rows-0-value-cells-0-order": "0",
            "rows-0-value-cells-0-id": "",
            "rows-0-value-cells-0-value": rich_text("<p>cell</p>"),
        }
        checklist = {
            "title": "List",
            "items-count": "1",
            "items-0-deleted": "",
            "items-0-order": "0",
            "items-0-id": "",
            "items-0-value-text": rich_text("<p>one</p>"),
            "items-0-value-help": "",
        }
        data = guide_form(
            body=streamfield([("checklist", checklist), ("table", table)]),
        )
        url = reverse("wagtailadmin_pages:add", args=("guides", "guidepage", parent.pk))
        response = client.post(url, data)
        page = GuidePage.objects.filter(slug="by-form").first()
        assert page is not None, response.context["form"].errors
        assert_all_have_ids(page)
        assert [child.block_type for child in page.body] == ["checklist", "table"]

        data = guide_form(
            body=streamfield([("checklist", checklist)]), **{"action-submit": "Submit"}
        )
        client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
        assert_all_have_ids(page)
        assert GuidePage.objects.get(pk=page.pk).workflow_in_progress
