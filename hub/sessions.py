"""Sessions in the database, read from the cache."""

from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.core.cache import caches
from django.db import transaction


class SessionStore(CachedStore):
    """Forgets a session for good: once more after the commit.

    Signing out deletes the row inside a transaction. Another request of the same browser may still
    see the row then and put it back into the cache, where it would be good for weeks.
    """

    def delete(self, session_key: str | None = None) -> None:
        gone = session_key or self.session_key
        super().delete(session_key)
        if gone is not None:
            cache_key = f"{self.cache_key_prefix}{gone}"
            transaction.on_commit(lambda: caches[settings.SESSION_CACHE_ALIAS].delete(cache_key))
