"""Content with a review date, and the people around it."""

from datetime import UTC, datetime

import time_machine
from lxml.html import fromstring

from editorial.models import Notification, ReviewSchedule
from editorial.reviews import ladder
from partners.models import Membership
from tests import actors, jobs
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.kept import settle

Role = Membership.Role


def at(day, hour=9):
    """A day in UTC, in which nothing moves on by itself."""
    moment = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)
    return time_machine.travel(moment, tick=False)


def guide(partner=None, owner=True, **more):
    """A live guide; made on 1 January 2026 it is due on 1 July."""
    partner = partner or PartnerFactory()
    if owner is True:
        owner = actors.person(Role.EDITOR, partner)
    return GuidePageFactory(
        parent=tree.section(partner),
        owner_partner=partner,
        content_owner=owner or None,
        **more,
    )


def schedule_of(obj):
    return ReviewSchedule.objects.get(object_type=obj._meta.label_lower, object_id=str(obj.pk))


def climb(day):
    """What the clock does on a day."""
    with at(day):
        settle()
        ladder.enqueue_due(datetime.fromisoformat(day).date())
        jobs.drain()


def told():
    """(user, kind, path of the link) of all notifications, in their order."""
    rows = Notification.objects.filter(kind__startswith="review_").order_by("pk")
    return [(row.user, row.kind, row.data["url"]) for row in rows]


def names(rows):
    return [(user.username, kind) for user, kind, _url in rows]


def text_of(response):
    return " ".join(fromstring(response.content).text_content().split())


def form_of(response, answer):
    """What the button for an answer posts."""
    page = fromstring(response.content)
    form = next(f for f in page.forms if f.xpath(f".//button[@value='{answer}']"))
    filled = {name: value for name, value in form.fields.items() if value is not None}
    return {**filled, "answer": answer}


def post(client, url, answer, **more):
    """Open the page, press the button."""
    return client.post(url, {**form_of(client.get(url), answer), **more})
