"""People by role, signed in."""

from django.test import Client

from partners.models import Membership
from partners.services import add_membership
from tests.factories.content import UserFactory


def person(role=None, partner=None):
    user = UserFactory()
    if role:
        add_membership(user=user, role=role, partner=partner)
    return user


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client


def hub_admin(**options):
    return signed_in(person(Membership.Role.HUB_ADMIN), **options)


def editor(partner, **options):
    return signed_in(person(Membership.Role.EDITOR, partner), **options)
