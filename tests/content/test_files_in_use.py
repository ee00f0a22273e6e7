"""A file that readers see does not change behind the approval of its pages."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection

from content.models import HubDocument, HubImage
from content.publication import PublicationRefused
from tests import actors
from tests.factories import tree
from tests.factories.content import ImageFactory
from tests.factories.guides import GuidePageFactory
from tests.jobs import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def image():
    image = ImageFactory(collection=Collection.get_first_root_node())
    value = {"image": image.pk, "alt": "A", "decorative": False, "caption": ""}
    GuidePageFactory(parent=tree.section(), body=json.dumps([{"type": "image", "value": value}]))
    drain()
    return HubImage.objects.get(pk=image.pk)


def test_another_picture_is_refused_in_the_form_and_nothing_is_lost(image):
    before = image.file.name
    url = reverse("wagtailimages:edit", args=[image.pk])
    other = SimpleUploadedFile("other.png", get_test_image_file("other.png").file.getvalue())
    data = {"title": "Other", "file": other, "tags": "", "credit": ""}
    answer = actors.hub_admin().post(url, data)
    assert answer.status_code == 200
    assert "approved with them" in str(answer.context["form"].errors)
    assert HubImage.objects.get(pk=image.pk).file.name == before


def test_nor_past_the_form(image):
    image.file = get_test_image_file("other.png")
    with pytest.raises(PublicationRefused):
        image.save()


def test_its_title_may_be_corrected(image):
    image.title = "A better title"
    image.full_clean()
    image.save()
    assert HubImage.objects.get(pk=image.pk).title == "A better title"


def test_it_is_not_deleted(image):
    url = reverse("wagtailimages:delete", args=[image.pk])
    assert actors.hub_admin().post(url).status_code == 302
    assert HubImage.objects.filter(pk=image.pk).exists()


def test_what_nobody_shows_is_free():
    image = ImageFactory()
    image.file = get_test_image_file("other.png")
    image.full_clean()
    image.save()
    image.delete()
    document = HubDocument.objects.create(
        title="Form", file=ContentFile(b"%PDF-1.4 x", name="form.pdf")
    )
    document.file = ContentFile(b"%PDF-1.4 y", name="form.pdf")
    document.save()
    document.delete()
