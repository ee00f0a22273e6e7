"""The first content of a hub under chaos: an admin, an approver, a partner, places for pages.

    python -m tests.chaos.prepare PASSWORD

Prints as JSON below which pages something can be made.
"""

import json
import sys

import django


def prepare(password):
    from django.contrib.auth import get_user_model
    from django.db import transaction
    from wagtail.models import Locale

    from lessons.models import CaseStudyIndexPage
    from partners.models import Membership, Partner, PartnerText
    from partners.services import add_membership
    from tests.chaos.people import APPROVER
    from tests.publishing import as_setup
    from translations.services import ensure_index_page, ensure_partner_page

    with transaction.atomic(), as_setup():
        admin = get_user_model().objects.get()
        admin.set_password(password)
        admin.save()
        english = Locale.objects.get(language_code="en")
        partner = Partner(slug="harbour", kind=Partner.Kind.GOVERNMENT, live=True)
        partner.save()
        PartnerText(record=partner, locale=english, name="Harbour office").save()
        approver = get_user_model().objects.create_user(APPROVER, password=password)
        add_membership(user=approver, role=Membership.Role.APPROVER, partner=partner)
        return {
            "notice": ensure_partner_page(partner, english).pk,
            "lesson": ensure_index_page(partner, english, CaseStudyIndexPage).pk,
            "partner": partner.pk,
        }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(prepare(sys.argv[1])) + "\n")
