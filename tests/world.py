"""A hub of two partners: the city, whose content is looked at, and the clinic, who looks on.

Everything unpublished of the city carries a word of its own, so that a test can say where it shows.
"""

from dataclasses import dataclass, field
from io import BytesIO

from django.apps import apps
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from wagtail.models import Comment, Locale, PageViewRestriction

from content.models import HubDocument, HubImage
from guides.models import GuideIndexPage
from partners.models import Membership, Partner, PartnerRole
from partners.services import add_membership
from partners.services.groups import collection_of, sync_partner_groups
from tests.architecture.addresses import NO_ROW
from tests.factories.content import UserFactory
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import (
    ContactFactory,
    ContactTextFactory,
    LocationFactory,
    NoticePageFactory,
    PartnerFactory,
    ServiceFactory,
    ServiceTextFactory,
)
from tests.factories.toolkits import ToolkitPageFactory, ToolkitPartPageFactory
from tests.factories.tree import section
from toolkits.models import ToolkitIndexPage

CANARY = "zanzibarquokka"
Role = Membership.Role

# The kinds of people of the matrix, in its order. All roles are at the city but that of ``foreign``.
PEOPLE = (
    "anonymous",
    "nobody",
    "author",
    "editor",
    "approver",
    "translator",
    "translation_reviewer",
    "specialist",
    "steward",
    "partner_admin",
    "hub_admin",
    "superuser",
    "foreign",
    "deactivated",
)


@dataclass
class World:
    city: Partner
    clinic: Partner
    people: dict = field(default_factory=dict)
    # Pages by their state, of the city unless the name says otherwise.
    pages: dict = field(default_factory=dict)
    records: dict = field(default_factory=dict)
    image: HubImage = None
    document: HubDocument = None


def build_people(world):
    people = world.people
    people["nobody"] = UserFactory(username="nobody")
    for name in PEOPLE[2:11]:
        people[name] = _member(name, None if name == Role.HUB_ADMIN else world.city)
    people["superuser"] = UserFactory(username="superuser", is_superuser=True)
    people["foreign"] = _member(Role.EDITOR, world.clinic, "foreign")
    people["deactivated"] = _member(Role.EDITOR, world.city, "deactivated")
    people["deactivated"].is_active = False
    people["deactivated"].save()


def _member(role, partner, name=None):
    user = UserFactory(username=name or role)
    options = {"languages": "es"} if role.startswith("transl") else {}
    if role == Role.SPECIALIST:
        options["specialism"] = Membership.Specialism.PLAIN_LANGUAGE
    add_membership(user=user, role=role, partner=partner, **options)
    return user


def picture():
    stored = BytesIO()
    Image.new("RGB", (8, 8), "white").save(stored, "PNG")
    return ContentFile(stored.getvalue(), name="picture.png")


def body(text):
    return [
        {"type": "text", "value": f"<p>{text}</p>", "id": "6f1f0a57-7c5c-4d6c-9a3f-0a4c1c7b8e11"}
    ]


def build_pages(world):
    guides, tools = section(world.city), section(world.city, ToolkitIndexPage)
    section(world.city, code="es")
    foreign = section(world.clinic, GuideIndexPage)
    section(world.clinic, ToolkitIndexPage)
    for partner in (world.city, world.clinic):
        sync_partner_groups(partner)
    pages, author = world.pages, world.people["author"]
    secret = {"title": f"{CANARY} draft", "summary": CANARY, "body": body(CANARY)}
    pages["section"], pages["foreign_section"] = guides, foreign
    pages["draft"] = GuidePageFactory(
        parent=guides, published=False, owner=author, owner_partner=world.city, **secret
    )
    pages["draft"].save_revision(user=author)
    pages["live"] = GuidePageFactory(parent=guides, title="Open guide", owner_partner=world.city)
    pages["changed"] = GuidePageFactory(
        parent=guides, title="Changed guide", owner_partner=world.city
    )
    pages["changed"].title = f"{CANARY} changed"
    pages["changed"].image_alt = CANARY
    pages["changed"].save_revision(user=author)
    secret["title"] = f"{CANARY} private"
    pages["private"] = GuidePageFactory(parent=guides, owner_partner=world.city, **secret)
    PageViewRestriction.objects.create(page=pages["private"], restriction_type="login")
    secret["title"] = f"{CANARY} scheduled"
    pages["scheduled"] = GuidePageFactory(
        parent=guides, published=False, owner_partner=world.city, **secret
    )
    pages["scheduled"].go_live_at = timezone.now() + timezone.timedelta(days=3)
    pages["scheduled"].save_revision(user=author)
    pages["notice"] = NoticePageFactory(
        parent=guides.get_parent(), published=False, partner=world.city, title=f"{CANARY} notice"
    )
    pages["joint"] = ToolkitPageFactory(
        parent=tools, published=False, title="Joint toolkit", owner_partner=world.city
    )
    pages["joint"].partner_roles = [
        PartnerRole(partner=world.clinic, role=PartnerRole.Role.CO_AUTHOR)
    ]
    pages["joint"].save()
    pages["joint"].save_revision(user=author)
    pages["joint_part"] = ToolkitPartPageFactory(parent=pages["joint"], published=False)
    pages["joint_part"].save_revision(user=author)
    pages["theirs"] = GuidePageFactory(
        parent=foreign, published=False, title="Guide of the clinic", owner_partner=world.clinic
    )
    pages["theirs"].save_revision()
    pages["draft"].wagtail_admin_comments.add(
        Comment(user=author, text=CANARY, contentpath="title", page=pages["draft"])
    )


def build_records(world):
    records, english = world.records, Locale.get_default()
    secret = {"live": False}
    records["service"] = ServiceFactory(
        organization=world.city, slug=f"{CANARY}-service", english=None, **secret
    )
    records["servicetext"] = ServiceTextFactory(
        record=records["service"], locale=english, name=f"{CANARY} service", **secret
    )
    records["contact"] = ContactFactory(
        partner=world.city, slug=f"{CANARY}-contact", name=CANARY, english=None, **secret
    )
    records["contacttext"] = ContactTextFactory(
        record=records["contact"], locale=english, title=f"{CANARY} desk", **secret
    )
    records["location"] = LocationFactory(
        organization=world.city, slug=f"{CANARY}-place", english=None, **secret
    )
    records["open_service"] = ServiceFactory(organization=world.city, slug="open-service")
    records["their_service"] = ServiceFactory(organization=world.clinic, slug="their-service")


def build_files(world):
    collection = collection_of(world.city)
    collection_of(world.clinic)
    world.image = HubImage(title=f"{CANARY} image", file=picture(), collection=collection)
    world.image.save()
    world.image.tags.add(f"{CANARY}tag")
    world.document = HubDocument(
        title=f"{CANARY} document",
        file=ContentFile(b"%PDF-1.4 nothing", name=f"{CANARY}.pdf"),
        collection=collection,
    )
    world.document.save()


def build_world():
    world = World(PartnerFactory(slug="city"), PartnerFactory(slug="clinic", kind="civil_society"))
    build_people(world)
    build_pages(world)
    build_records(world)
    build_files(world)
    return world


PAGE_PARAMETERS = {"page_id", "page_to_move_id"}
# What other numbers name, by namespace and parameter: the first row of a model.
FIRST = {
    ("", "page_view_restriction_id"): "wagtailcore.PageViewRestriction",
    ("checklists", "pk"): "editorial.Checklist",
    ("memberships", "pk"): "partners.Membership",
    ("people", "membership_id"): "partners.Membership",
    ("requirements", "pk"): "editorial.Requirement",
    ("reviews", "schedule_id"): "editorial.ReviewSchedule",
    ("wagtail_localize", "translation_source_id"): "wagtail_localize.TranslationSource",
    ("wagtailadmin_collections", "collection_id"): "wagtailcore.Collection",
    ("wagtailadmin_collections", "pk"): "wagtailcore.Collection",
    ("wagtailadmin_pages", "task_id"): "wagtailcore.Task",
    ("wagtailadmin_workflows", "page_pk"): "wagtailcore.Page",
    ("wagtailadmin_workflows", "pk"): "wagtailcore.Workflow",
    ("wagtailadmin_workflows", "task_id"): "wagtailcore.Task",
    ("wagtailadmin_workflows", "workflow_pk"): "wagtailcore.Workflow",
    ("wagtaillocales", "pk"): "wagtailcore.Locale",
    ("wagtailsites", "pk"): "wagtailcore.Site",
    ("wagtailusers_groups", "pk"): "auth.Group",
    ("wagtailusers_users", "pk"): "content.User",
    ("workflow-rules", "pk"): "editorial.WorkflowRule",
}
TASK_SCREENS = {"edit_task", "disable_task", "enable_task"}


def names_of(world, state="draft"):
    """``value(namespace, parameter, name)`` for addresses of what the city has not published."""
    page = world.pages[state]
    parent = world.pages["section"]
    plain = {
        "content_type_app_name": page._meta.app_label,
        "content_type_model_name": page._meta.model_name,
        "app": page._meta.app_label,
        "model": page._meta.model_name,
        "app_label": page._meta.app_label,
        "model_name": page._meta.model_name,
        "parent_page_id": parent.pk,
        "destination_id": world.pages["foreign_section"].pk,
        "page_key": page.translation_key,
        "revision_id": page.latest_revision_id,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "image_id": world.image.pk,
        "document_id": world.document.pk,
        "doc_id": world.document.pk,
        "filter_spec": "width-10",
        "object_id": page.pk,
        **dict.fromkeys(PAGE_PARAMETERS, page.pk),
    }

    record = world.records["service"]
    of_record = {
        "app_label": record._meta.app_label,
        "model_name": record._meta.model_name,
        "pk": str(record.pk),
    }

    def value(namespace, parameter, name):
        model = "wagtailcore.Task" if name in TASK_SCREENS else FIRST.get((namespace, parameter))
        if model:
            return _first(model)
        if namespace == "evidence" and parameter in of_record:
            return of_record[parameter]
        if parameter == "pk":
            return _pk(world, page, namespace)
        if namespace == "wagtailimages_chooser" and parameter == "image_id":
            return str(world.image.pk)
        found = plain.get(parameter)
        return None if found is None else str(found)

    return value


def _first(model):
    row = apps.get_model(model).objects.order_by("pk").first()
    return str(row.pk) if row else NO_ROW


def _pk(world, page, namespace):
    """What ``pk`` stands for depends on whose address it is."""
    if namespace.startswith(("wagtailsnippet", "wagtailsnippetchoosers")):
        record = world.records.get(namespace.rsplit("_", 1)[-1])
        if namespace.endswith("_partners_partner"):
            record = world.city
        return str(record.pk) if record else _first(".".join(namespace.split("_")[1:]))
    if namespace.startswith("wagtailimages") or namespace.endswith(":images"):
        return str(world.image.pk)
    if namespace.startswith("wagtaildocs") or namespace.endswith(":documents"):
        return str(world.document.pk)
    if namespace in {"wagtailadmin_pages", "wagtailadmin_api:pages", "desk", "fact_checks"}:
        return str(page.pk)
    return NO_ROW
