"""No road of the admin leads to readers past the approval, for anybody."""

import pytest

from content.models import SharedText, SharedTextBody
from tests.editorial import roads
from tests.publishing import as_setup
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return build_world()


@pytest.mark.parametrize("start", range(0, len(roads.PAGE_ROADS), 12))
def test_no_address_of_pages_leads_to_readers(world, start):
    attempts = roads.Attempts(world)
    for road in roads.PAGE_ROADS[start : start + 12]:
        attempts.run(road)
    assert attempts.problems == []


@pytest.fixture
def facts(world):
    """The same with records that are live."""
    records = world.records
    records["open_text"] = records["open_service"].texts.get()
    records["city"], records["city_text"] = world.city, world.city.texts.get()
    with as_setup():
        records["shared_text"] = SharedText.objects.create(slug="shared")
        records["shared_body"] = SharedTextBody.objects.create(
            record=records["shared_text"], title="Shared", body="<p>Shared.</p>"
        )
    return world


def test_no_address_of_records_leads_to_readers(facts):
    attempts = roads.Attempts(facts)
    for road in roads.RECORD_ROADS:
        attempts.run(road, ("author", "editor", "approver", "hub_admin", "superuser", "foreign"))
    assert attempts.problems == []
