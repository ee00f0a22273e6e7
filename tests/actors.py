"""People by role, signed in."""

from django.test import Client

from partners.models import Membership
from partners.services import add_membership
from tests.factories.content import UserFactory

# What a role cannot be without; a test that minds says so itself.
NEEDED = {
    Membership.Role.TRANSLATOR: {"languages": "es"},
    Membership.Role.TRANSLATION_REVIEWER: {"languages": "es"},
    Membership.Role.SPECIALIST: {"specialism": "legal"},
}


def person(role=None, partner=None, **more):
    user = UserFactory()
    if role:
        more = {**NEEDED.get(role, {}), **more}
        add_membership(user=user, role=role, partner=partner, **more)
    return user


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client


def hub_admin(**options):
    return signed_in(person(Membership.Role.HUB_ADMIN), **options)


def editor(partner, **options):
    return signed_in(person(Membership.Role.EDITOR, partner), **options)
