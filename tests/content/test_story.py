"""The body stays out of migrations and survives them."""

import json

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

from content.story import StoryField, find_block, has_restricted, visible
from guides.models import GuidePage
from partners.blocks import HubStoryBlock
from partners.models import ServiceText
from tests.factories.guides import GuidePageFactory
from tests.publishing import as_setup

BODY = [
    {"type": "text", "value": "<p>Straße 1, “quoted”</p>", "id": "a"},
    {"type": "heading", "value": {"text": "مرحبا", "level": "2"}, "id": "b"},
]


def story_fields():
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, StoryField)
    ]


def raw_column(model, pk):
    column = connection.ops.quote_name(model._meta.get_field("body").column)
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {key} = %s", [pk])  # noqa: S608  names of our own
        return json.loads(cursor.fetchone()[0])


class TestMigrationsNameNoBlocks:
    def test_every_body_is_a_story_field(self):
        from wagtail.fields import StreamField

        plain = [
            f"{model.__name__}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.local_fields
            if isinstance(field, StreamField) and not isinstance(field, StoryField)
        ]
        assert plain == []

    @pytest.mark.parametrize(
        ("model", "field"), story_fields(), ids=lambda value: getattr(value, "__name__", str(value))
    )
    def test_a_field_is_written_without_its_blocks(self, model, field):
        _name, path, args, kwargs = field.deconstruct()
        assert path == "content.story.StoryField"
        assert args == []
        assert "block_lookup" not in kwargs
        text, _imports = MigrationWriter.serialize(field)
        assert "Block" not in text

    def test_a_changed_block_needs_no_migration(self):
        before = StoryField(HubStoryBlock(), blank=True)
        after = StoryField([("other", HubStoryBlock())], blank=True)
        assert before.deconstruct()[1:] == after.deconstruct()[1:]


@pytest.mark.django_db
class TestHistoricModels:
    """Data migrations work with models that know no blocks."""

    @pytest.fixture
    def historic(self, settings):
        settings.MIGRATION_MODULES = {}
        loader = MigrationLoader(connection=None)
        return loader.project_state().apps.get_model("guides", "GuidePage")

    @pytest.fixture
    def guide(self):
        return GuidePageFactory(body=json.dumps(BODY))

    def test_save_keeps_the_body(self, historic, guide):
        old = historic.objects.get(pk=guide.pk)
        old.version = "2"
        old.save()
        assert raw_column(GuidePage, guide.pk) == BODY
        now = GuidePage.objects.get(pk=guide.pk)
        assert now.version == "2"
        assert [block.block_type for block in now.body] == ["text", "heading"]

    def test_the_body_is_readable_and_can_be_rewritten(self, historic, guide):
        old = historic.objects.get(pk=guide.pk)
        assert old.body == BODY
        old.body = [*old.body, {"type": "text", "value": "<p>more</p>", "id": "c"}]
        old.save()
        assert len(GuidePage.objects.get(pk=guide.pk).body) == 3

    def test_update_and_bulk_update_keep_the_shape(self, historic, guide):
        historic.objects.filter(pk=guide.pk).update(body=BODY[:1])
        assert raw_column(GuidePage, guide.pk) == BODY[:1]
        old = historic.objects.get(pk=guide.pk)
        old.body = BODY
        historic.objects.bulk_update([old], ["body"])
        assert raw_column(GuidePage, guide.pk) == BODY

    def test_an_empty_body_stays_an_empty_list(self, historic):
        guide = GuidePageFactory()
        historic.objects.get(pk=guide.pk).save()
        assert raw_column(GuidePage, guide.pk) == []

    def test_a_deferred_body_can_be_loaded(self, historic, guide):
        assert historic.objects.defer("body").get(pk=guide.pk).body == BODY

    def test_a_field_made_by_hand_passes_json_through(self):
        field = StoryField(blank=True)
        field.set_attributes_from_name("body")
        assert field.is_historic
        assert field.to_python(BODY) == BODY
        assert field.get_prep_value(BODY) == BODY
        assert field.get_default() == []
        assert isinstance(field, models.Field)


@pytest.mark.django_db
class TestRevisions:
    def test_a_body_comes_back_from_a_revision_as_it_was(self):
        guide = GuidePageFactory(body=json.dumps(BODY))
        guide.body = json.dumps(BODY[1:])
        revision = guide.save_revision()
        assert list(GuidePage.objects.get(pk=guide.pk).body.raw_data) == BODY
        assert list(revision.as_object().body.raw_data) == BODY[1:]
        with as_setup():
            revision.publish()
        assert list(GuidePage.objects.get(pk=guide.pk).body.raw_data) == BODY[1:]

    def test_words_of_a_record_have_a_story_too(self):
        assert isinstance(ServiceText._meta.get_field("row_texts"), StoryField)


class TestVisibleBlocks:
    def stream(self):
        raw = [
            BODY[0],
            {
                "type": "restricted",
                "value": {
                    "audience": "staff",
                    "body": [{"type": "text", "value": "<p>in</p>", "id": "inner"}],
                },
                "id": "outer",
            },
        ]
        return HubStoryBlock().to_python(raw)

    def test_a_restricted_block_is_left_out_for_others(self):
        stream = self.stream()
        assert has_restricted(stream)
        assert [block.id for block in visible(stream)] == ["a"]
        assert [block.id for block in visible(stream, {"editors", "instructors"})] == ["a"]
        assert [block.id for block in visible(stream, {"staff"})] == ["a", "outer"]

    def test_a_block_inside_is_found_by_its_audience_only(self):
        stream = self.stream()
        assert find_block(stream, "inner") is None
        assert find_block(stream, "inner", {"editors"}) is None
        assert find_block(stream, "inner", {"staff"}).value.source == "<p>in</p>"
        assert find_block(stream, "a").id == "a"
        assert find_block(stream, "none", {"staff"}) is None
