"""Courses, units, sessions."""

import factory
from django.utils import timezone

from tests.factories.content import HubPageFactory
from tests.factories.partners import PartnerPageFactory
from training.models import CourseIndexPage, CoursePage, SessionPage, UnitPage


class CourseIndexPageFactory(HubPageFactory):
    class Meta:
        model = CourseIndexPage

    parent = factory.SubFactory(PartnerPageFactory)


class CoursePageFactory(HubPageFactory):
    class Meta:
        model = CoursePage

    parent = factory.SubFactory(CourseIndexPageFactory)


class UnitPageFactory(HubPageFactory):
    class Meta:
        model = UnitPage

    parent = factory.SubFactory(CoursePageFactory)


class SessionPageFactory(HubPageFactory):
    class Meta:
        model = SessionPage

    parent = factory.SubFactory(CourseIndexPageFactory)
    starts = factory.LazyFunction(timezone.now)
