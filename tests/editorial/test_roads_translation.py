"""wagtail-localize keeps strings: none of its views brings a translation to readers."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from guides.models import GuidePage
from partners.models import ServiceText
from tests.editorial import roads
from tests.publishing import publish
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """The city has sent its live guide and its changed one to translation; one of them is live."""
    content_type, _ = ContentType.objects.get_or_create(app_label="wagtail_localize", model="admin")
    Permission.objects.get_or_create(
        content_type=content_type, codename="submit_translation", name="Can submit translations"
    )
    found = build_world()
    spanish = Locale.objects.get(language_code="es")
    client = roads.signed_in(found.people["superuser"])
    for name, translated in (("live", "waiting"), ("changed", "published")):
        page = found.pages[name]
        url = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
        assert client.post(url, {"locales": [spanish.pk]}).status_code == 302
        found.pages[translated] = page.get_translation(spanish)
    found.pages["published"].title = "Traducida y aprobada"
    publish(found.pages["published"])
    text = found.records["open_service"].texts.get()
    url = reverse(
        "wagtail_localize:submit_snippet_translation", args=["partners", "servicetext", text.pk]
    )
    found.records["source_text"] = text
    assert client.post(url, {"locales": [spanish.pk]}).status_code == 302
    found.records["waiting_text"] = ServiceText.objects.get(
        locale=spanish, record=found.records["open_service"]
    )
    for row in Translation.objects.all():
        for segment in StringSegment.objects.filter(source=row.source):
            segment.string.translations.get_or_create(
                locale=spanish, context=segment.context, defaults={"data": "Nadie lo ha leído"}
            )
    return found


def translation_of(instance):
    return Translation.objects.get(source__object_id=instance.translation_key)


def in_editor(which, **data):
    def road(client, world):
        return client.post(roads.page_url("edit", world.pages[which]), data)

    road.__name__ = f"editor of {which} {data}"
    return road


def in_record_editor(client, world):
    return client.post(
        roads.record_url(world.records["waiting_text"], "edit"), {"action": "publish"}
    )


def update(which, **data):
    def road(client, world):
        source = TranslationSource.objects.get(object_id=world.pages[which].translation_key)
        return client.post(reverse("wagtail_localize:update_translations", args=[source.pk]), data)

    road.__name__ = f"update of {which} {data}"
    return road


def update_record(client, world):
    source = TranslationSource.objects.get(object_id=world.records["source_text"].translation_key)
    url = reverse("wagtail_localize:update_translations", args=[source.pk])
    return client.post(url, {"publish_translations": "on"})


def to_alias(which):
    def road(client, world):
        page = world.pages[which]
        return client.post(reverse("wagtail_localize:convert_to_alias", args=[page.pk]))

    road.__name__ = f"alias of {which}"
    return road


def of_translation(name, which, data=None, **files):
    def road(client, world):
        row = translation_of(world.pages[which])
        given = {**(data or {}), **{key: make(row) for key, make in files.items()}}
        return client.post(reverse(f"wagtail_localize:{name}", args=[row.pk]), given)

    road.__name__ = f"{name} of {which}"
    return road


def edit_string(which):
    def road(client, world):
        row = translation_of(world.pages[which])
        segment = StringSegment.objects.filter(source=row.source).first()
        url = reverse("wagtail_localize:edit_string_translation", args=[row.pk, segment.pk])
        return client.put(url, "value=Otro", content_type="application/x-www-form-urlencoded")

    road.__name__ = f"string of {which}"
    return road


def po_file(row):
    po = row.export_po()
    for entry in po:
        entry.msgstr = "Nadie lo ha leído"
    return SimpleUploadedFile("es.po", str(po).encode(), "text/x-gettext")


def submit_again(client, world):
    url = reverse("wagtail_localize:submit_page_translation", args=[world.pages["live"].pk])
    locales = Locale.objects.exclude(language_code="en").values_list("pk", flat=True)
    return client.post(url, {"locales": list(locales), "include_subtree": "on"})


def submit_section(client, world):
    url = reverse("wagtail_localize:submit_page_translation", args=[world.pages["section"].pk])
    french = Locale.objects.get(language_code="ar")
    return client.post(url, {"locales": [french.pk], "include_subtree": "on"})


def stop_then_publish(client, world):
    row = translation_of(world.pages["published"])
    client.post(reverse("wagtail_localize:stop_translation", args=[row.pk]))
    page = world.pages["published"]
    return client.post(roads.page_url("edit", page), roads.form_of(page, **{"action-publish": "1"}))


def restart(client, world):
    Translation.objects.update(enabled=False)
    return in_editor("published", **{"localize-restart-translation": "1"})(client, world)


ROADS = [
    in_editor("waiting", action="publish"),
    in_editor("published", action="publish"),
    in_editor("published", **{"action-publish": "1"}),
    in_editor("published", **{"localize-convert-to-alias": "1"}),
    in_record_editor,
    update("live", publish_translations="on"),
    update("changed", publish_translations="on"),
    update("changed", publish_translations="on", use_machine_translation="on"),
    update("changed"),
    update_record,
    to_alias("waiting"),
    to_alias("published"),
    of_translation("machine_translate", "published"),
    of_translation("stop_translation", "published"),
    of_translation("upload_pofile", "published", file=po_file),
    edit_string("published"),
    submit_again,
    submit_section,
    stop_then_publish,
    restart,
]


def test_no_view_of_localize_leads_to_readers(world):
    attempts = roads.Attempts(world)
    for road in ROADS:
        attempts.run(road, ("editor", "translator", "hub_admin", "superuser"))
    assert attempts.problems == []


CLOSED = [
    in_editor("waiting", action="publish"),
    in_editor("published", action="publish"),
    in_record_editor,
    update("changed", publish_translations="on"),
    update_record,
    to_alias("published"),
]


@pytest.mark.parametrize("name", ["translator", "hub_admin", "superuser"])
def test_its_publishing_views_answer_403(world, name):
    client = roads.signed_in(world.people[name])
    answers = {road.__name__: road(client, world).status_code for road in CLOSED}
    assert set(answers.values()) == {403}, answers


def test_the_address_that_puts_english_in_place_is_closed_to_get_too(world):
    url = reverse("wagtail_localize:convert_to_alias", args=[world.pages["published"].pk])
    assert roads.signed_in(world.people["superuser"]).get(url).status_code == 403


def test_only_hub_admins_end_and_restart_the_synchronisation(world):
    row = translation_of(world.pages["published"])
    url = reverse("wagtail_localize:stop_translation", args=[row.pk])
    for name in ("editor", "translator"):
        assert roads.signed_in(world.people[name]).post(url).status_code == 403
    assert roads.signed_in(world.people["hub_admin"]).post(url).status_code == 302
    row.refresh_from_db()
    assert not row.enabled


def test_strings_stay_where_nobody_reads_them(world):
    """A translation is made as a draft; what readers have stays word for word."""
    assert not world.pages["waiting"].live
    before = GuidePage.objects.get(pk=world.pages["published"].pk)
    client = roads.signed_in(world.people["hub_admin"])
    assert (
        of_translation("upload_pofile", "published", file=po_file)(client, world).status_code < 400
    )
    assert update("changed")(client, world).status_code == 302
    after = GuidePage.objects.get(pk=before.pk)
    assert (after.title, after.live_revision_id) == (
        "Traducida y aprobada",
        before.live_revision_id,
    )


class TestTheTranslator:
    def test_does_not_touch_the_source(self, world):
        client = roads.signed_in(world.people["translator"])
        page = world.pages["draft"]
        before = page.latest_revision_id
        response = client.post(roads.page_url("edit", page), roads.form_of(page, title="Mine"))
        assert response.status_code in {302, 403}
        page.refresh_from_db()
        assert page.latest_revision_id == before

    def test_opens_the_translation(self, world):
        client = roads.signed_in(world.people["translator"])
        assert client.get(roads.page_url("edit", world.pages["waiting"])).status_code == 200
