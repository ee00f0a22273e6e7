"""Guides and journeys."""

import factory

from guides.models import GuideIndexPage, GuidePage, JourneyPage
from tests.factories.content import HubPageFactory
from tests.factories.partners import PartnerPageFactory


class GuideIndexPageFactory(HubPageFactory):
    class Meta:
        model = GuideIndexPage

    parent = factory.SubFactory(PartnerPageFactory)


class GuidePageFactory(HubPageFactory):
    class Meta:
        model = GuidePage

    parent = factory.SubFactory(GuideIndexPageFactory)


class JourneyPageFactory(HubPageFactory):
    class Meta:
        model = JourneyPage

    parent = factory.SubFactory(GuideIndexPageFactory)
