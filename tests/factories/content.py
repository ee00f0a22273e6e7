"""The floor: people, vocabulary, and the base of all page factories."""

import factory
import wagtail_factories
from django.conf import settings
from factory.django import DjangoModelFactory
from wagtail.models import Locale

from content.models import Audience, AudienceLabel, HubImage, Topic, TopicLabel
from tests.publishing import as_setup, publish


class RecordFactory(DjangoModelFactory):
    """A record with drafts that is published at once."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with as_setup():
            return super()._create(model_class, *args, **kwargs)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = settings.AUTH_USER_MODEL

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda person: f"{person.username}@example.org")


class TopicLabelFactory(DjangoModelFactory):
    class Meta:
        model = TopicLabel

    language = "en"
    label = "Housing"


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"topic-{n}")
    english = factory.RelatedFactory(TopicLabelFactory, factory_related_name="topic")


class AudienceLabelFactory(DjangoModelFactory):
    class Meta:
        model = AudienceLabel

    language = "en"
    label = "Residents"


class AudienceFactory(DjangoModelFactory):
    class Meta:
        model = Audience
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"audience-{n}")
    english = factory.RelatedFactory(AudienceLabelFactory, factory_related_name="audience")


class ImageFactory(wagtail_factories.ImageFactory):
    class Meta:
        model = HubImage


class HubPageFactory(wagtail_factories.PageFactory):
    """A page that has been published, as `PageFacts` knows it; `published=False` leaves a draft."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Page {n}")
    live = False
    locale = factory.LazyFunction(Locale.get_default)

    @factory.post_generation
    def published(page, create, wanted):  # noqa: N805  factory_boy passes the object
        if create and wanted is not False:
            publish(page)
