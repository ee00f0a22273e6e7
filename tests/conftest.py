"""Rows that migrations would make, a corpus, and guards around every test."""

import pytest
from django.conf import settings
from django.utils import translation

from scripts.compile_messages import compile_messages
from tests import servers
from tests.tools import corpus_folder, server_binary


def pytest_configure(config):
    if not hasattr(config, "workerinput"):  # once, where tests run side by side
        compile_messages()


def make_base_rows():
    """What migrations put into an empty database: tests run without migrations."""
    from django.apps import apps
    from django.contrib.auth.models import Permission
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Collection, Locale, Page

    from content.models import Job
    from editorial.defaults import ensure_defaults

    locales = [
        Locale.objects.get_or_create(language_code=code)[0] for code, _ in settings.LANGUAGES
    ]
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root", locale=locales[0])
    ensure_defaults(apps)
    Permission.objects.get_or_create(
        codename="submit_translation",
        content_type=ContentType.objects.get_for_model(
            apps.get_model("wagtail_localize.Translation")
        ),
        defaults={"name": "Can submit translations"},
    )
    Job.objects.all().delete()  # migrations write none


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        make_base_rows()


@pytest.fixture(autouse=True)
def _rows_come_back(request):
    """A transactional test empties the database; the next one finds the rows again."""
    marker = request.node.get_closest_marker("django_db")
    names = {"db", "transactional_db", "client", "admin_client", "django_user_model"}
    if marker is None and not names & set(request.fixturenames):
        return
    transactional = (marker and marker.kwargs.get("transaction")) or (
        "transactional_db" in request.fixturenames
    )
    request.getfixturevalue("transactional_db" if transactional else "db")
    bring_rows_back()


def bring_rows_back():
    """Make the rows of the migrations again where a transactional test has emptied the database."""
    from wagtail.models import Page

    if not Page.objects.filter(depth=1).exists():
        make_base_rows()


@pytest.fixture(scope="session")
def base_rows(django_db_setup, django_db_blocker):
    """``base_rows()`` for fixtures of a whole module, which come before those of a test."""

    def make():
        with django_db_blocker.unblock():
            bring_rows_back()

    return make


@pytest.fixture(autouse=True)
def _language_reset():
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def corpus():
    return corpus_folder()


@pytest.fixture
def postgres():
    """A PostgreSQL of its own for one test, which may kill it."""
    server_binary("initdb", "postgresql")
    with servers.postgres_server() as server:
        yield server


@pytest.fixture
def redis():
    """A Redis for caches of its own for one test, which may kill or freeze it."""
    server_binary("redis-server", "redis-server")
    with servers.redis_server() as server:
        yield server


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Slow ones last, after pytest-randomly has shuffled: a plain mistake shows at once."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
