"""Partners, their records and pages."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from wagtail.models import Locale

from partners.models import (
    Contact,
    ContactText,
    Jurisdiction,
    Location,
    LocationText,
    Membership,
    NoticePage,
    Partner,
    PartnerPage,
    PartnerText,
    Service,
    ServiceText,
)
from tests.factories.content import HubPageFactory, RecordFactory, UserFactory
from tests.factories.hub import HomePageFactory


class TextFactory(RecordFactory):
    class Meta:
        abstract = True

    locale = factory.LazyFunction(Locale.get_default)


class PartnerTextFactory(TextFactory):
    class Meta:
        model = PartnerText

    name = factory.Sequence(lambda n: f"Partner {n}")


class PartnerFactory(RecordFactory):
    class Meta:
        model = Partner
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"partner-{n}")
    kind = Partner.Kind.GOVERNMENT
    english = factory.RelatedFactory(PartnerTextFactory, factory_related_name="record")


class JurisdictionFactory(DjangoModelFactory):
    class Meta:
        model = Jurisdiction

    code = factory.Sequence(lambda n: f"XX-{n:03}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    role = Membership.Role.EDITOR


class ContactTextFactory(TextFactory):
    class Meta:
        model = ContactText

    title = "Front desk"


class ContactFactory(RecordFactory):
    class Meta:
        model = Contact
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"contact-{n}")
    partner = factory.SubFactory(PartnerFactory)
    english = factory.RelatedFactory(ContactTextFactory, factory_related_name="record")


class ServiceTextFactory(TextFactory):
    class Meta:
        model = ServiceText

    name = factory.Sequence(lambda n: f"Service {n}")


class ServiceFactory(RecordFactory):
    class Meta:
        model = Service
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"service-{n}")
    organization = factory.SubFactory(PartnerFactory)
    english = factory.RelatedFactory(ServiceTextFactory, factory_related_name="record")


class LocationTextFactory(TextFactory):
    class Meta:
        model = LocationText

    name = factory.Sequence(lambda n: f"Place {n}")


class LocationFactory(RecordFactory):
    class Meta:
        model = Location
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"place-{n}")
    english = factory.RelatedFactory(LocationTextFactory, factory_related_name="record")


class PartnerPageFactory(HubPageFactory):
    class Meta:
        model = PartnerPage

    parent = factory.SubFactory(HomePageFactory)
    partner = factory.SubFactory(PartnerFactory)


class NoticePageFactory(HubPageFactory):
    """In force from now for a day, on every page."""

    class Meta:
        model = NoticePage

    parent = factory.SubFactory(HomePageFactory)
    starts = factory.LazyFunction(timezone.now)
    ends = factory.LazyAttribute(lambda notice: notice.starts + dt.timedelta(days=1))
    text = "<p>Closed today.</p>"
    everywhere = True
