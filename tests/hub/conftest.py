"""The page cache, which the settings of the tests leave out."""

import pytest
from django.core.cache import cache


@pytest.fixture
def kept(settings, tmp_path):
    """Pages are kept, as on one machine."""
    from hub.settings import databases

    settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
    settings.HUB_PAGE_CACHE = True
    yield
    cache.clear()
