"""Pages of the roof."""

import factory
from wagtail.models import Page

from hub.models import HomePage, InfoPage, TopicPage
from tests.factories.content import HubPageFactory, TopicFactory


class HomePageFactory(HubPageFactory):
    """The one home page of its language."""

    class Meta:
        model = HomePage
        django_get_or_create = ("slug", "parent")

    parent = factory.LazyFunction(Page.get_first_root_node)
    title = "Hub"
    slug = factory.LazyAttribute(lambda page: page.locale.language_code)


class TopicPageFactory(HubPageFactory):
    class Meta:
        model = TopicPage

    parent = factory.SubFactory(HomePageFactory)
    topic = factory.SubFactory(TopicFactory)


class InfoPageFactory(HubPageFactory):
    class Meta:
        model = InfoPage

    parent = factory.SubFactory(HomePageFactory)
    purpose = "contact"
