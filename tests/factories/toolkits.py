"""Toolkits and their parts."""

import factory

from tests.factories.content import HubPageFactory
from tests.factories.partners import PartnerPageFactory
from toolkits.models import ToolkitIndexPage, ToolkitPage, ToolkitPartPage


class ToolkitIndexPageFactory(HubPageFactory):
    class Meta:
        model = ToolkitIndexPage

    parent = factory.SubFactory(PartnerPageFactory)


class ToolkitPageFactory(HubPageFactory):
    class Meta:
        model = ToolkitPage

    parent = factory.SubFactory(ToolkitIndexPageFactory)


class ToolkitPartPageFactory(HubPageFactory):
    class Meta:
        model = ToolkitPartPage

    parent = factory.SubFactory(ToolkitPageFactory)
