"""A small hub for the state machine: three partners, their people, a draft of each kind of content."""

from dataclasses import dataclass, field
from typing import Any

from wagtail.models import Locale

from guides.models import GuideIndexPage, GuidePage
from hub.models import InfoPage
from lessons.models import CaseStudyIndexPage, CaseStudyPage
from partners.models import Membership, Partner, Service
from tests.actors import person
from tests.editorial.reviews import BODY, Town, draft
from tests.factories import tree
from tests.factories.partners import PartnerFactory
from tests.publishing import publish

Role = Membership.Role

# Name -> (role, partner, more). What somebody may do follows from this and from nothing else.
PEOPLE: dict[str, list[tuple]] = {
    "author": [(Role.AUTHOR, "city", {})],
    "editor": [(Role.EDITOR, "city", {})],
    "starter": [(Role.EDITOR, "city", {"may_start_emergency": True})],
    "steward": [(Role.STEWARD, "city", {})],
    "approver": [(Role.APPROVER, "city", {})],
    "second": [(Role.APPROVER, "city", {})],
    "writing approver": [(Role.APPROVER, "city", {}), (Role.EDITOR, "city", {})],
    "plain": [(Role.SPECIALIST, "city", {"specialism": "plain_language"})],
    "accessibility": [(Role.SPECIALIST, "city", {"specialism": "accessibility"})],
    "lawyer": [(Role.SPECIALIST, "city", {"specialism": "legal"})],
    "translator": [(Role.TRANSLATOR, "city", {"languages": "es"})],
    "reviewer": [(Role.TRANSLATION_REVIEWER, "city", {"languages": "es"})],
    "french reviewer": [(Role.TRANSLATION_REVIEWER, "city", {"languages": "fr"})],
    "their editor": [(Role.EDITOR, "union", {})],
    "their approver": [(Role.APPROVER, "union", {})],
    "of both": [(Role.APPROVER, "city", {}), (Role.APPROVER, "union", {})],
    "stranger": [(Role.APPROVER, "bank", {}), (Role.EDITOR, "bank", {})],
    "admin": [(Role.HUB_ADMIN, None, {})],
    "other admin": [(Role.HUB_ADMIN, None, {})],
    "delegate": [(Role.AUTHOR, "city", {})],
    "superuser": [],
}
SUBJECTS = ("lesson", "joint", "guide", "info", "service", "translation")


@dataclass
class World:
    partners: dict[str, Partner] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    subjects: dict[str, Any] = field(default_factory=dict)
    # Subject -> names of those who wrote in it so far.
    written_by: dict[str, str] = field(default_factory=dict)


def build() -> World:
    world = World()
    for slug, kind in (("city", "government"), ("union", "civil_society"), ("bank", "government")):
        world.partners[slug] = PartnerFactory(slug=slug, kind=kind)
    for name, rows in PEOPLE.items():
        world.people[name] = _person(world, rows)
    world.people["superuser"].is_superuser = True
    world.people["superuser"].save()
    Membership.objects.filter(user=world.people["second"]).update(
        delegate_to=world.people["delegate"], delegate_until="2099-01-01"
    )
    _subjects(world)
    return world


def _person(world: World, rows: list[tuple]) -> Any:
    user = person()
    for role, slug, more in rows:
        Membership.objects.create(
            user=user, role=role, partner=world.partners.get(slug) if slug else None, **more
        )
    return type(user).objects.get(pk=user.pk)


def _subjects(world: World) -> None:
    town = Town(world.partners["city"], world.partners["union"])
    author, admin = world.people["author"], world.people["admin"]
    subjects = world.subjects
    subjects["lesson"] = town.lesson(author, title="Lesson")
    subjects["joint"] = draft(
        CaseStudyPage, CaseStudyIndexPage, town, author, joint=True, title="Joint"
    )
    subjects["guide"] = draft(GuidePage, GuideIndexPage, town, author, joint=False, title="Guide")
    subjects["info"] = InfoPage(title="Contact", purpose="contact", live=False, owner=admin)
    tree.home().add_child(instance=subjects["info"])
    subjects["info"].save_revision(user=admin, log_action=True)
    service = Service(slug="rent-help", organization=town.city, live=False)
    service.save()
    service.save_revision(user=world.people["editor"], log_action=True)
    subjects["service"] = service
    subjects["translation"] = _translation(world, town)
    world.written_by = {
        "lesson": "author",
        "joint": "author",
        "guide": "author",
        "info": "admin",
        "service": "editor",
        "translation": "translator",
    }


def _translation(world: World, town: Town) -> Any:
    source = town.lesson(world.people["author"], title="Source")
    publish(source)
    spanish = Locale.objects.get(language_code="es")
    page = CaseStudyPage(
        title="Traducida",
        slug="traducida",
        summary="De qué se trata.",
        body=BODY,
        locale=spanish,
        translation_key=source.translation_key,
        owner=world.people["translator"],
        owner_partner=town.city,
        live=False,
        change_note="First version.",
        licence="CC-BY-4.0",
    )
    tree.section(town.city, CaseStudyIndexPage, "es").add_child(instance=page)
    page.save_revision(user=world.people["translator"], log_action=True)
    return CaseStudyPage.objects.get(pk=page.pk)
