"""A hub as it stands after its first start: languages, home pages, sections of partners."""

from wagtail.models import Locale

from content.models import PageFacts
from guides.models import GuideIndexPage
from tests.factories.partners import PartnerFactory
from tests.publishing import as_setup, publish
from translations.services import ensure_home, ensure_index_page


def home(code="en"):
    """The home page of a language; the first one made becomes the root of the site."""
    return ensure_home(Locale.objects.get(language_code=code))


def section(partner=None, model=GuideIndexPage, code="en"):
    """The index page of one kind in a partner's section."""
    home()
    locale = Locale.objects.get(language_code=code)
    return ensure_index_page(partner or PartnerFactory(), locale, model)


def facts(page):
    return PageFacts.objects.get(page_id=page.pk)


def address(page):
    """Where readers find a published page."""
    return facts(page).url


def translated(page, code, parent, **texts):
    """A published translation below `parent`."""
    model = type(page)
    copy = model(
        locale=Locale.objects.get(language_code=code),
        translation_key=page.translation_key,
        **{"title": f"{page.title} ({code})", "slug": page.slug, **texts},
    )
    with as_setup():
        parent.add_child(instance=copy)
        publish(copy)
    return copy
