"""Lessons."""

import factory

from lessons.models import CaseStudyIndexPage, CaseStudyPage
from tests.factories.content import HubPageFactory
from tests.factories.partners import PartnerPageFactory


class CaseStudyIndexPageFactory(HubPageFactory):
    class Meta:
        model = CaseStudyIndexPage

    parent = factory.SubFactory(PartnerPageFactory)


class CaseStudyPageFactory(HubPageFactory):
    class Meta:
        model = CaseStudyPage

    parent = factory.SubFactory(CaseStudyIndexPageFactory)
