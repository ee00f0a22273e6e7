"""What Wagtail's advisories were about, tried on the views and models of this hub.

Views that show content of others without asking are met by the permission matrix and by the canary
(``tests/partners/test_isolation_canary.py``), which open every address. Here is what these do not
try: posts, two objects in one address, lists by number, text that would run, input that would stall.
"""

import json
import time

import pytest
from django.apps import apps
from django.urls import reverse
from wagtail.admin.panels import FieldPanel, get_edit_handler
from wagtail.models import Comment, Page
from wagtail.models.media import CollectionViewRestriction
from wagtail.snippets.models import get_snippet_models
from wagtail.test.utils.form_data import streamfield

from content.models import HubDocument
from editorial.services.submission import submit
from tests.actors import person, signed_in
from tests.editorial import roads
from tests.editorial.reviews import Role, open_step, town
from tests.editorial.test_review_rules import form
from tests.publishing import publish
from tests.world import CANARY, build_world

pytestmark = pytest.mark.django_db
PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
RUNNING = ("<script>alert(1)", "<img src=x onerror")
# What the editor of texts sends, with a link that no button of it makes.
WRITTEN = json.dumps(
    {
        "blocks": [
            {
                "key": "a",
                "text": f"reached {PAYLOAD}",
                "type": "unstyled",
                "depth": 0,
                "inlineStyleRanges": [],
                "entityRanges": [{"key": 0, "offset": 0, "length": 7}],
            }
        ],
        "entityMap": {
            "0": {
                "type": "LINK",
                "mutability": "MUTABLE",
                "data": {"url": "javascript:alert(1)", "onclick": "alert(1)"},
            }
        },
    }
)


@pytest.fixture(autouse=True)
def _plain_search(settings):
    """The index of SQLite is made by a migration, which tests do not run."""
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": {"BACKEND": "wagtail.search.backends.database.fallback"}
    }


class TestRights:
    """CVE-2026-25517, -44197, -44198, -44200, -54259, -54262; the five of Wagtail 8.0."""

    @pytest.fixture
    def world(self):
        return build_world()

    @pytest.fixture
    def foreign(self, world):
        return signed_in(world.people["foreign"], raise_request_exception=False)

    def hidden(self, response):
        assert response.status_code < 500
        assert CANARY not in response.content.decode()
        return response.status_code

    def test_a_draft_of_others_is_not_previewed(self, world, foreign):
        page = world.pages["draft"]
        url = roads.page_url("preview_on_edit", page)
        assert self.hidden(foreign.post(url, roads.form_of(page))) in {302, 403, 404}
        assert self.hidden(foreign.get(url)) in {302, 403, 404}

    def test_a_page_is_not_previewed_into_the_section_of_others(self, world, foreign):
        section = world.pages["section"]
        url = reverse("wagtailadmin_pages:preview_on_add", args=["guides", "guidepage", section.pk])
        assert self.hidden(foreign.post(url, roads.form_of(world.pages["theirs"]))) in {302, 403}

    @pytest.mark.parametrize("name", ["revisions_view", "revisions_revert"])
    def test_a_revision_of_others_is_not_opened_by_an_own_page(self, world, foreign, name):
        own, other = world.pages["theirs"], world.pages["draft"]
        url = roads.page_url(name, own, other.latest_revision_id)
        assert self.hidden(foreign.get(url)) == 404
        assert self.hidden(foreign.post(url, roads.form_of(own))) == 404

    @pytest.mark.parametrize("first", [True, False])
    def test_a_revision_of_others_is_not_compared_with_an_own_one(self, world, foreign, first):
        own, other = world.pages["theirs"], world.pages["draft"]
        pair = [other.latest_revision_id, own.latest_revision_id]
        url = roads.page_url("revisions_compare", own, *(pair if first else reversed(pair)))
        assert self.hidden(foreign.get(url)) == 404

    def test_a_step_of_others_is_not_looked_up_by_an_own_page(self, world, foreign):
        page = world.pages["draft"]
        submit(page, world.people["author"])
        page.refresh_from_db()
        step = page.current_workflow_task_state
        own = world.pages["theirs"]
        for name in ("workflow_action", "collect_workflow_action_data"):
            url = reverse(f"wagtailadmin_pages:{name}", args=[own.pk, "approve", step.pk])
            self.hidden(foreign.get(url))
            self.hidden(foreign.post(url, {"comment": "Yes"}))
        url = roads.page_url("workflow_history_detail", own, page.current_workflow_state.pk)
        assert self.hidden(foreign.get(url)) == 404
        page.refresh_from_db()
        assert page.current_workflow_task_state.status == "in_progress"

    def test_a_draft_of_others_is_not_copied_into_the_own_section(self, world, foreign):
        page, before = world.pages["draft"], Page.objects.count()
        data = {
            "new_title": "Mine",
            "new_slug": "mine",
            "new_parent_page": world.pages["foreign_section"].pk,
        }
        assert self.hidden(foreign.post(roads.page_url("copy", page), data)) in {302, 403}
        url = reverse("wagtailadmin_api:pages:action", args=[page.pk, "copy"])
        given = {"destination_page_id": world.pages["foreign_section"].pk, "keep_live": False}
        answer = foreign.post(url, json.dumps(given), content_type="application/json")
        assert self.hidden(answer) in {302, 403, 404}
        assert Page.objects.count() == before

    def test_a_record_of_others_is_not_copied(self, world, foreign):
        record = world.records["service"]
        assert self.hidden(foreign.get(roads.record_url(record, "copy"))) in {302, 403, 404}
        assert foreign.post(roads.record_url(record, "copy"), {}).status_code in {
            302,
            403,
            404,
            405,
        }

    def test_a_list_of_chosen_things_tells_of_no_others(self, world, foreign):
        chosen = [
            (reverse("wagtailadmin_choose_page_chosen_multiple"), world.pages["draft"].pk),
            (reverse("wagtailimages_chooser:chosen_multiple"), world.image.pk),
            (reverse("wagtaildocs_chooser:chosen_multiple"), world.document.pk),
        ]
        for record in world.records.values():
            namespace = type(record).snippet_viewset.get_chooser_admin_url_namespace()
            chosen.append((reverse(f"{namespace}:chosen_multiple"), record.pk))
        for url, pk in chosen:
            self.hidden(foreign.get(url, {"id": pk}))

    def test_the_api_of_the_admin_gives_no_fields_of_others(self, world, foreign):
        page = world.pages["changed"]
        detail = reverse("wagtailadmin_api:pages:detail", args=[page.pk])
        listing = reverse("wagtailadmin_api:pages:listing")
        for url in (detail, listing):
            for fields in ("*", "_,title", "draft_title", "*,parent(*),translations(*)"):
                self.hidden(foreign.get(url, {"fields": fields, "for_explorer": 1}))
        for kind, row in (("images", world.image), ("documents", world.document)):
            url = reverse(f"wagtailadmin_api:{kind}:detail", args=[row.pk])
            assert self.hidden(foreign.get(url, {"fields": "*"})) in {302, 403, 404}

    def test_a_document_is_not_found_by_its_digest(self, world, foreign):
        digest = world.document.get_file_hash()
        url = reverse("wagtailadmin_api:documents:listing")
        for data in ({"file_hash": digest}, {"search": digest}, {"q": digest}):
            self.hidden(foreign.get(url, data))

    def test_a_page_of_others_is_not_sent_to_translation(self, world, foreign):
        before = Page.objects.count()
        url = reverse("wagtail_localize:submit_page_translation", args=[world.pages["draft"].pk])
        assert self.hidden(foreign.post(url, {"locales": [2]})) in {302, 403}
        url = reverse(
            "wagtailadmin_api:pages:action", args=[world.pages["draft"].pk, "copy_for_translation"]
        )
        answer = foreign.post(url, json.dumps({"locale": "es"}), content_type="application/json")
        assert self.hidden(answer) in {302, 403, 404}
        assert Page.objects.count() == before

    def test_a_restricted_collection_restricts_those_below_it(self, world, client):
        above = world.document.collection
        below = above.add_child(name="Below")
        CollectionViewRestriction.objects.create(collection=above, restriction_type="login")
        HubDocument.objects.filter(pk=world.document.pk).update(collection=below)
        world.document.refresh_from_db()
        assert client.get(world.document.url).status_code in {302, 403}


class TestOlder:
    def test_bulk_actions_name_no_people(self):
        """CVE-2023-45809."""
        hidden = person()
        client = signed_in(town().someone(Role.EDITOR), raise_request_exception=False)
        for action in ("delete", "assign_role", "set_active_state"):
            url = reverse("wagtail_bulk_action", args=["content", "user", action])
            answer = client.get(url, {"id": [hidden.pk, "all"]})
            assert answer.status_code < 500
            assert hidden.username not in answer.content.decode()

    def test_no_form_hides_a_field_by_permission_alone(self):
        """CVE-2024-32882: a field that its panel does not show is not taken either."""
        for model in (*get_snippet_models(), *_page_models()):
            handler = (
                model.get_edit_handler() if issubclass(model, Page) else get_edit_handler(model)
            )
            assert not [
                panel
                for panel in _panels(handler)
                if isinstance(panel, FieldPanel) and getattr(panel, "permission", None)
            ], model

    def test_settings_are_for_those_who_may(self):
        """CVE-2024-35228."""
        from wagtail.contrib.settings.registry import registry

        client = signed_in(town().someone(Role.EDITOR), raise_request_exception=False)
        for model in registry:
            args = [model._meta.app_label, model._meta.model_name]
            url = reverse("wagtailsettings:edit", args=args)
            for answer in (client.get(url, follow=False), client.post(url, {})):
                assert answer.status_code in {302, 403, 404}
                assert answer.headers.get("Location", "/admin/") == "/admin/"

    def test_what_is_not_used_is_not_there(self):
        """CVE-2020-15118, CVE-2023-28836, CVE-2026-44199, CVE-2026-54262: apps that had the fault."""
        labels = {config.name for config in apps.get_app_configs()}
        unused = {
            "wagtail.contrib.forms",
            "wagtail_modeladmin",
            "wagtail.contrib.simple_translation",
        }
        assert not labels & unused


def _page_models():
    return [model for model in apps.get_models() if issubclass(model, Page) and model is not Page]


def _panels(panel):
    yield panel
    for child in getattr(panel, "children", []):
        yield from _panels(child)


class TestTextThatWouldRun:
    """CVE-2020-11001, -2021-29434, -2021-32681, -2026-28222, -28223, -54263."""

    def test_nowhere_in_the_admin(self):
        place = town()
        author = place.someone(Role.AUTHOR)
        author.first_name = author.last_name = PAYLOAD[:140]
        author.save()
        page = place.lesson(author, title=f"Old {PAYLOAD}"[:250])
        publish(page.get_latest_revision_as_object())
        written = form(
            page,
            summary=f"New {PAYLOAD}",
            attribution=PAYLOAD,
            change_note=PAYLOAD,
            problem=WRITTEN,
            body=streamfield(
                [("text", WRITTEN), ("heading", {"level": "2", "text": PAYLOAD, "id": ""})]
            ),
        )
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert signed_in(author).post(url, written).status_code == 302
        Comment.objects.create(page=page, user=author, text=PAYLOAD, contentpath="title")
        submit(page, author, note=PAYLOAD)
        step = open_step(page)
        revisions = list(page.revisions.order_by("pk").values_list("pk", flat=True))
        admin = person(Role.HUB_ADMIN)
        named = ["lessons", "casestudypage"]
        urls = [
            reverse("wagtailadmin_home"),
            reverse("wagtailadmin_explore", args=[page.get_parent().pk]),
            reverse("wagtailadmin_pages:search") + "?q=Old",
            reverse("wagtailadmin_choose_page_child", args=[page.get_parent().pk]),
            reverse("wagtailadmin_reports:site_history"),
            reverse("wagtailadmin_reports:workflow"),
            reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={page.pk}",
            reverse("desk:queue"),
            reverse("evidence:list"),
            reverse("evidence:page", args=[page.translation_key]),
            reverse("people:list"),
            reverse("notifications"),
            *[
                reverse(f"desk:{name}", args=[*named, page.pk])
                for name in ("cancel", "take_down", "emergency")
            ],
            *[
                roads.page_url(name, page)
                for name in (
                    "edit", "history", "workflow_history", "copy", "move", "usage", "set_privacy",
                )
            ],
            roads.page_url("revisions_compare", page, revisions[0], revisions[-1]),
            roads.page_url("revisions_compare", page, "live", "latest"),
            *([reverse("desk:review", args=[step.pk])] if step else []),
        ]  # fmt: skip
        client = signed_in(admin, raise_request_exception=False)
        for url in urls:
            answer = client.get(url)
            assert answer.status_code == 200, (url, answer.status_code)
            shown = answer.content.decode()
            assert not [words for words in RUNNING if words in shown], url

    def test_nor_in_what_readers_get(self, client):
        from content.services import public_path

        place = town()
        author = place.someone(Role.AUTHOR)
        page = place.lesson(author, title=PAYLOAD[:200])
        written = form(
            page,
            title=PAYLOAD[:200],
            summary=PAYLOAD,
            client=PAYLOAD,
            problem=WRITTEN,
            body=streamfield([("text", WRITTEN)]),
        )
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert signed_in(author).post(url, written).status_code == 302
        draft = type(page).objects.get(pk=page.pk).get_latest_revision_as_object()
        assert "reached" in draft.problem
        publish(draft)
        shown = client.get(public_path(draft, "en")).content.decode()
        assert "reached" in shown
        assert not [words for words in (*RUNNING, "javascript:", "onclick") if words in shown]


class TestInputThatWouldStall:
    """CVE-2023-28837, CVE-2024-39317, CVE-2026-54260. Passwords: ``tests/content/test_limits.py``."""

    # As long as an address may be (gunicorn: 4,094 characters).
    QUERIES = (
        '"' * 1300,
        'a:"' * 550,
        ":" * 1300,
        "a" * 3900,
        '"a" ' * 200,
        "\\" * 1300,
        " AND ".join(["a"] * 200),
    )

    def test_a_search_answers_soon(self, client):
        editor = signed_in(town().someone(Role.EDITOR), raise_request_exception=False)
        admin_urls = [
            reverse("wagtailadmin_pages:search"),
            reverse("wagtailadmin_choose_page_search"),
            reverse("wagtailimages_chooser:choose_results"),
            reverse("wagtaildocs_chooser:choose_results"),
            reverse("wagtailsnippetchoosers_partners_service:choose_results"),
            reverse("wagtailadmin_tag_autocomplete"),
        ]
        rows = [(editor, url) for url in admin_urls] + [(client, reverse("browse"))]
        for query in self.QUERIES:
            for asking, url in rows:
                began = time.process_time()
                answer = asking.get(url, {"q": query, "term": query})
                assert answer.status_code < 500, (url, query[:10])
                assert time.process_time() - began < 2, (url, query[:10])

    def test_a_large_number_in_a_list_is_no_failure(self):
        editor = signed_in(town().someone(Role.EDITOR), raise_request_exception=False)
        for name in ("wagtailadmin_explore_root", "desk:queue", "wagtailimages:index"):
            for value in ("9" * 400, "-1", "1e9", "\u0663"):
                assert editor.get(reverse(name), {"p": value}).status_code < 500
        for limit in ("99999999999999999999", "-1", "x"):
            url = reverse("wagtailadmin_api:pages:listing")
            assert editor.get(url, {"limit": limit, "offset": limit}).status_code < 500

    def test_a_form_with_a_huge_number_of_blocks_is_refused(self):
        place = town()
        author = place.someone(Role.AUTHOR)
        page = place.lesson(author)
        client = signed_in(author, raise_request_exception=False)
        data = {**form(page), "body-count": str(10**9)}
        began = time.process_time()
        answer = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
        assert time.process_time() - began < 5
        assert answer.status_code in {200, 302, 400}
