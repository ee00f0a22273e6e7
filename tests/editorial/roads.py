"""Every address of the admin by which content could reach readers, as requests that a person posts.

A road is ``road(client, world) -> response``. None of them may change what readers see.
"""

import json
from contextlib import contextmanager
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from content.hashing import content_hash
from content.models import AuditEvent, SharedTextBody
from partners.models import Contact, Location, Partner, PartnerText, Service, ServiceText
from tests.actors import signed_in
from tests.forms import guide_form

WRITERS = ("author", "editor", "steward")
ADMINS = ("hub_admin", "superuser")
EVERYBODY = (
    "author", "editor", "approver", "translator", "steward", "partner_admin", "hub_admin",
    "superuser", "foreign",
)  # fmt: skip
RECORDS = (Partner, PartnerText, Service, ServiceText, Contact, Location, SharedTextBody)


def what_readers_see():
    """All that is live, or planned to be, and what it says."""
    pages = {
        (page.pk, page.title, page.live_revision_id, page.last_published_at, page.alias_of_id)
        for page in Page.objects.filter(live=True)
    }
    kinds = ContentType.objects.get_for_models(
        *{page.specific_class for page in Page.objects.filter(live=True)}
    )
    for model in kinds:
        pages |= {(row.pk, content_hash(row)) for row in model.objects.filter(live=True)}
    for model in RECORDS:
        pages |= {(model, row.pk, content_hash(row)) for row in model.objects.filter(live=True)}
    planned = Revision.objects.filter(approved_go_live_at__isnull=False)
    return pages | {("planned", pk) for pk in planned.values_list("pk", flat=True)}


@contextmanager
def undone():
    """Whatever happens in the block is taken back after it; what waits for its commit happens in it."""
    with transaction.atomic():
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield
        transaction.set_rollback(True)


class Attempts:
    """Tries roads as people of a world; collects where readers saw something else, or what broke."""

    def __init__(self, world):
        self.world = world
        self.clients = {}
        self.before = what_readers_see()
        self.problems = []

    def client(self, name):
        if name not in self.clients:
            self.clients[name] = signed_in(self.world.people[name], raise_request_exception=False)
        return self.clients[name]

    def run(self, road, people=EVERYBODY):
        for name in people:
            client = self.client(name)
            with undone():
                events = AuditEvent.objects.filter(kind__in=["published", "taken_down"]).count()
                response = road(client, self.world)
                self._look(name, road, response, events)
        return self

    def _look(self, name, road, response, events):
        if response.status_code >= 500 or "login" in response.headers.get("Location", ""):
            self.problems.append(f"{road.__name__} as {name}: {response.status_code}")
        if changed := what_readers_see() ^ self.before:
            self.problems.append(f"{road.__name__} as {name}: readers see {changed}")
        after = AuditEvent.objects.filter(kind__in=["published", "taken_down"]).count()
        if after != events:
            self.problems.append(f"{road.__name__} as {name}: an event of something")


def form_of(page, **more):
    return {
        **guide_form(title=page.title, slug=page.slug, body=streamfield([])),
        **more,
    }


def page_url(name, page, *rest):
    return reverse(f"wagtailadmin_pages:{name}", args=[page.pk, *rest])


def ahead(days=3):
    return (timezone.localtime() + timedelta(days=days)).strftime("%Y-%m-%d %H:%M")


def publish_button(which, **more):
    def road(client, world):
        page = world.pages[which]
        return client.post(page_url("edit", page), form_of(page, **{"action-publish": "1", **more}))

    road.__name__ = f"publish button on {which} {more}"
    return road


def create_and_publish(client, world):
    url = reverse("wagtailadmin_pages:add", args=["guides", "guidepage", world.pages["section"].pk])
    return client.post(
        url,
        guide_form(title="Brought in", slug="brought-in", body=streamfield([]), live="on")
        | {"action-publish": "1"},
    )


def create_planned(client, world):
    url = reverse("wagtailadmin_pages:add", args=["guides", "guidepage", world.pages["section"].pk])
    form = guide_form(title="Planned", slug="planned", body=streamfield([]), go_live_at=ahead())
    return client.post(url, form | {"action-publish": "1"})


def revert_and_publish(client, world):
    page = world.pages["changed"]
    old = page.revisions.order_by("pk").first()
    url = page_url("revisions_revert", page, old.pk)
    return client.post(
        page_url("edit", page), {**form_of(page), "action-publish": "1"}
    ) and client.post(url, {**form_of(page), "revision": old.pk, "action-publish": "1"})


def bulk(action, which, **more):
    def road(client, world):
        page = world.pages[which]
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        return client.post(f"{url}?id={page.pk}&next=/admin/", more)

    road.__name__ = f"bulk {action} of {which}"
    return road


def bulk_all(action, **more):
    """All pages below the section at once."""

    def road(client, world):
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        return client.post(f"{url}?id=all&childOf={world.pages['section'].pk}&next=/admin/", more)

    road.__name__ = f"bulk {action} of all"
    return road


def api(action, which, **data):
    def road(client, world):
        page = world.pages[which]
        given = {name: value(world) if callable(value) else value for name, value in data.items()}
        url = reverse("wagtailadmin_api:pages:action", args=[page.pk, action])
        return client.post(url, json.dumps(given), content_type="application/json")

    road.__name__ = f"API {action} of {which} {sorted(data)}"
    return road


def view(name, which, **data):
    """A view of the page that asks for confirmation by POST."""

    def road(client, world):
        return client.post(page_url(name, world.pages[which]), data)

    road.__name__ = f"{name} of {which}"
    return road


def copy_published(client, world):
    page = world.pages["live"]
    return client.post(
        page_url("copy", page),
        {
            "new_title": "A copy",
            "new_slug": "a-copy",
            "new_parent_page": world.pages["section"].pk,
            "copy_subpages": "on",
            "publish_copies": "on",
        },
    )


def copy_as_alias(client, world):
    page = world.pages["live"]
    return client.post(
        page_url("copy", page),
        {
            "new_title": "An alias",
            "new_slug": "an-alias",
            "new_parent_page": world.pages["section"].pk,
            "alias": "on",
            "publish_copies": "on",
        },
    )


def move_confirmed(client, world):
    page = world.pages["live"]
    url = reverse(
        "wagtailadmin_pages:move_confirm", args=[page.pk, world.pages["foreign_section"].pk]
    )
    return client.post(url)


def unschedule(client, world):
    page = world.pages["scheduled"]
    return client.post(page_url("revisions_unschedule", page, page.latest_revision_id))


PAGE_ROADS = [
    publish_button("draft"),
    publish_button("live"),
    publish_button("changed"),
    publish_button("draft", go_live_at=ahead(-3)),
    publish_button("changed", go_live_at=ahead()),
    publish_button("scheduled", go_live_at=ahead()),
    create_and_publish,
    create_planned,
    revert_and_publish,
    bulk("publish", "draft", include_descendants="on"),
    bulk("publish", "changed"),
    bulk("unpublish", "live", include_descendants="on"),
    bulk("delete", "live"),
    bulk_all("publish", include_descendants="on"),
    bulk_all("unpublish", include_descendants="on"),
    bulk_all("delete"),
    api("publish", "draft"),
    api("publish", "changed"),
    api("unpublish", "live", recursive=True),
    api("delete", "live"),
    api("copy", "live", keep_live=True, slug="api-copy"),
    api("copy", "live", slug="api-copy"),
    api("copy", "section", recursive=True, slug="api-section"),
    api("create_alias", "live", update_slug="api-alias"),
    api("create_alias", "changed", update_slug="api-alias"),
    api("convert_alias", "live"),
    api("copy_for_translation", "live", locale="es", alias=True, copy_parents=True),
    api("copy_for_translation", "live", locale="es", copy_parents=True),
    api(
        "revert_to_page_revision",
        "changed",
        revision_id=lambda world: world.pages["changed"].revisions.order_by("pk").first().pk,
    ),
    view("unpublish", "live", include_descendants="on"),
    view("delete", "live"),
    view("convert_alias", "live"),
    copy_published,
    copy_as_alias,
    unschedule,
]


def record_url(record, name, *rest):
    url_name = type(record).snippet_viewset.get_url_name(name)
    return reverse(url_name, args=[record.pk, *rest] if record.pk else rest)


def record_form(record, **more):
    """What the editor's form of a record posts; another text for readers in its first field."""
    field = "name" if hasattr(record, "name") else "title" if hasattr(record, "title") else "email"
    rows = {
        name: inline_formset([])
        for name in (
            "service_locations", "phones", "schedules", "urls", "cost_options",
            "required_documents", "deadlines",
        )
    }  # fmt: skip
    return nested_form_data(
        {
            "slug": "new-slug",
            "organization": getattr(record, "organization_id", ""),
            "partner": getattr(record, "partner_id", ""),
            "record": getattr(record, "record_id", ""),
            "status": "active",
            "audience": "public",
            "country": "US",
            "location_type": "physical",
            "kind": "government",
            "assure_months": 12,
            "live": "on",
            "row_texts": streamfield([]),
            "description": rich_text("<p>New.</p>"),
            **rows,
            field: "new@example.org" if field == "email" else "Something new",
            **more,
        }
    )


PUBLISH = {"action-publish": "1"}


def edit_record(which):
    def road(client, world):
        record = world.records[which]
        return client.post(record_url(record, "edit"), {**record_form(record), **PUBLISH})

    road.__name__ = f"publish button of {which}"
    return road


def create_record(which):
    def road(client, world):
        record = world.records[which]
        url = reverse(type(record).snippet_viewset.get_url_name("add"))
        return client.post(url, {**record_form(record), **PUBLISH})

    road.__name__ = f"publish button of a new {which}"
    return road


def copy_record(which):
    def road(client, world):
        record = world.records[which]
        return client.post(record_url(record, "copy"), {**record_form(record), **PUBLISH})

    road.__name__ = f"copy of {which}"
    return road


def record_view(name, which, **data):
    def road(client, world):
        return client.post(record_url(world.records[which], name), data)

    road.__name__ = f"{name} of {which}"
    return road


def revert_record(which):
    def road(client, world):
        record = type(world.records[which]).objects.get(pk=world.records[which].pk)
        old = record.save_revision()
        record.slug = "changed-since"
        record.save_revision()
        url = record_url(record, "revisions_revert", old.pk)
        return client.post(url, {**record_form(record), "revision": old.pk, **PUBLISH})

    road.__name__ = f"revert of {which}"
    return road


def bulk_delete_record(which):
    def road(client, world):
        meta = world.records[which]._meta
        url = reverse("wagtail_bulk_action", args=[meta.app_label, meta.model_name, "delete"])
        return client.post(f"{url}?id={world.records[which].pk}&next=/admin/")

    road.__name__ = f"bulk delete of {which}"
    return road


DRAFT_RECORDS = ("service", "servicetext", "contact", "contacttext", "location")
LIVE_RECORDS = ("open_service", "open_text", "city", "city_text", "shared_text", "shared_body")
RECORD_ROADS = [
    *[edit_record(name) for name in (*DRAFT_RECORDS, *LIVE_RECORDS)],
    *[create_record(name) for name in (*DRAFT_RECORDS, "city", "city_text", "shared_body")],
    *[copy_record(name) for name in ("open_service", "open_text", "contact")],
    *[record_view("unpublish", name) for name in LIVE_RECORDS if name != "shared_text"],
    *[record_view("delete", name) for name in LIVE_RECORDS],
    *[bulk_delete_record(name) for name in LIVE_RECORDS],
    revert_record("open_service"),
]
