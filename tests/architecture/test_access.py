"""Every address says who may use it, and keeps to it."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests.architecture.access import (
    ADMIN,
    EDITORS,
    EVERYBODY,
    HUB_ADMINS,
    NAMESPACES,
    POSTED_BY_EVERYBODY,
    PUBLIC,
    SIGN_IN,
)
from tests.architecture.addresses import addresses

pytestmark = pytest.mark.django_db
NAMED = {**PUBLIC, **ADMIN}


def who(address):
    """The declaration of an address: its own, else that of its namespace or the one around it."""
    if address.label in NAMED:
        return NAMED[address.label]
    parts = address.namespace.split(":") if address.namespace else []
    for end in range(len(parts), 0, -1):
        if (space := ":".join(parts[:end])) in NAMESPACES:
            return NAMESPACES[space]
    return None


def closed():
    return [address for address in addresses() if who(address) not in {EVERYBODY, SIGN_IN, None}]


def opened(client, found):
    """Addresses that answered with a page."""
    return [a.path for a in found if client.get(a.path, follow=False).status_code == 200]


def test_every_address_is_declared():
    undeclared = [f"{a.label}  ({a.route})" for a in addresses() if who(a) is None]
    assert undeclared == [], "say in tests/architecture/access.py who may use them"


def test_nothing_is_declared_that_is_gone():
    found = addresses()
    labels = {a.label for a in found}
    spaces = {a.namespace for a in found} | {a.namespace.split(":")[0] for a in found}
    assert set(NAMED) - labels == set()
    assert set(NAMESPACES) - spaces == set()


def test_what_is_public_is_declared_one_by_one():
    """No namespace is open as a whole: a new address of it would be open unseen."""
    assert EVERYBODY not in NAMESPACES.values()


def test_everything_below_admin_is_closed_but_the_door():
    outside = [a for a in addresses() if a.route.startswith("admin/") and a not in closed()]
    assert {a.label for a in outside} == {n for n, w in ADMIN.items() if w in {EVERYBODY, SIGN_IN}}


def test_nobody_opens_a_closed_address_without_signing_in():
    assert opened(Client(), closed()) == []


def test_an_account_without_admin_rights_opens_no_closed_address(django_user_model):
    client = Client()
    client.force_login(django_user_model.objects.create_user("reader", password=None))
    assert opened(client, closed()) == []


def test_entering_the_admin_alone_opens_nothing_of_editors_or_hub_admins(django_user_model):
    user = django_user_model.objects.create_user("staff", password=None)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(user)
    assert opened(client, [a for a in closed() if who(a) in {EDITORS, HUB_ADMINS}]) == []


def test_only_declared_forms_are_taken_from_everybody():
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    taken = [
        a.label
        for a in addresses()
        if a.label not in POSTED_BY_EVERYBODY and client.post(a.path).status_code == 200
    ]
    assert taken == []
