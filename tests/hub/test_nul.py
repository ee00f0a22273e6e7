"""A NUL character is refused wherever it comes in; PostgreSQL would fail on it."""

import pytest
from django.urls import reverse

from partners.models import Membership
from tests import actors
from tests.factories import tree

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/en/browse/?q=%00",
        "/en/browse/?topic=a%00b",
        "/en/%00/",
        "/en/a%00/b/",
        "/%00",
        "/documents/1/a%00.pdf",
        "/media/a%00.png",
        "/sitemap-e%00-1.xml",
        "/admin/pages/search/?q=%00",
        "/en/?%00=1",
    ],
)
def test_in_an_address(client, path):
    tree.home()
    client.force_login(actors.person(Membership.Role.HUB_ADMIN))
    assert client.get(path).status_code == 400


def test_in_a_session_cookie(client):
    tree.home()
    client.cookies["sessionid"] = "abcdefghijkl\x00"
    assert client.get("/en/").status_code == 400


def test_in_a_form(client):
    tree.home()
    sent = {"username": "a\x00", "password": "b"}
    assert client.post(reverse("wagtailadmin_login"), sent).status_code == 400


@pytest.mark.parametrize("value", ['{"blocks": [{"text": "a\\u0000b"}]}', '["\\u0000"]'])
def test_in_the_json_of_a_field(client, value):
    """Rich text and blocks arrive as JSON, which has its own notation for it."""
    tree.home()
    client.force_login(actors.person(Membership.Role.HUB_ADMIN))
    sent = {"name": "x", "value": value}
    assert client.post(reverse("wagtailadmin_login"), sent).status_code == 400


def test_text_about_the_notation_is_no_nul(client):
    tree.home()
    for value in ('{"text": "\\\\u0000"}', "In JSON \\u0000 means a NUL", "[" * 5000 + "\\u0000"):
        sent = {"username": value, "password": "b"}
        assert client.post(reverse("wagtailadmin_login"), sent).status_code == 200
