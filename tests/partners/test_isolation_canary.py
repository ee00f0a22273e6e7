"""A word that stands only in what the city has not published shows nowhere to anybody else."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from tests.actors import signed_in
from tests.architecture.addresses import addresses
from tests.world import CANARY, build_world, names_of

pytestmark = pytest.mark.django_db
# Begins the word, so that searches find it and pages that repeat the question do not contain it.
QUESTION = CANARY[:8]
# Ends the session; fails on purpose.
NOT_ASKED = {"wagtailadmin_logout", "wagtailadmin_error_test"}
ASKED = {"q": QUESTION, "term": QUESTION, "search": QUESTION}


@pytest.fixture(autouse=True)
def _quiet(settings):
    # The index of SQLite is made by a migration, which tests do not run.
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": {"BACKEND": "wagtail.search.backends.database.fallback"}
    }
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def shown(response):
    if response.get("Content-Disposition", "").startswith("attachment"):
        return False
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return CANARY.encode() in content


def leaks(client, world, states=("draft", "changed", "private", "scheduled", "notice")):
    """Addresses that show the word, and those that fail."""
    found, failed, tried = set(), set(), set()
    for state in states:
        for address in addresses(names_of(world, state)):
            if address.path in tried or address.name in NOT_ASKED:
                continue
            tried.add(address.path)
            is_list = "<" not in address.route
            for data in ({}, ASKED) if is_list else ({},):
                response = client.get(address.path, data)
                if response.status_code >= 500:
                    failed.add(address.label)
                if response.status_code == 200 and shown(response):
                    found.add(f"{address.label} {address.path}")
    return sorted(found), sorted(failed)


def test_an_editor_of_another_partner_finds_nothing_of_drafts_in_any_address():
    world = build_world()
    client = signed_in(world.people["foreign"], raise_request_exception=False)
    assert leaks(client, world) == ([], [])


def test_the_word_is_there_for_its_own_people():
    world = build_world()
    client = signed_in(world.people["editor"])
    edit = reverse("wagtailadmin_pages:edit", args=[world.pages["draft"].pk])
    assert shown(client.get(edit))


def test_readers_find_nothing_either():
    world = build_world()
    public = [a for a in addresses(names_of(world)) if not a.route.startswith("admin/")]
    client = Client(raise_request_exception=False)
    asked = [client.get(address.path, ASKED) for address in public]
    asked += [client.get(page.url) for page in world.pages.values() if page.url]
    # An answer that nothing is there repeats the address, which holds the word.
    found = [answer for answer in asked if answer.status_code == 200 and shown(answer)]
    assert [answer.request["PATH_INFO"] for answer in found] == []
