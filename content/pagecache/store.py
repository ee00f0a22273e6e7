"""Where pages are kept: in the cache of all processes, and for the most wanted in each process.

Every tag has a version in the cache, a random number. A page is kept with the versions that its tags
had before it was made and holds as long as they are the same, so a page that was made while something
changed is out of date from the start. A version that got lost comes back as another one.

A purge changes the versions, and before and after them the *epoch*. While the epoch is the one that a
process has seen, nothing at all was purged: a page in its memory costs one look into the cache. Without
an epoch, that is without a cache, no page is taken from memory.
"""

import secrets
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.base import BaseCache

from content.pagecache.build import fingerprint
from content.pagecache.memory import Memory

EPOCH = "pages:epoch"
ENTRY_SECONDS = 24 * 60 * 60
# One request makes a page, the others wait for it; if it dies, no longer than this.
LOCK_SECONDS = 3
POLL_SECONDS = 0.02
NEVER = 0

Versions = dict[str, int]
Headers = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Entry:
    """A page as it was made, and how long it holds."""

    headers: Headers
    body: bytes
    etag: str
    ends: float
    versions: Versions
    epoch: int

    @property
    def size(self) -> int:
        return len(self.body) + 2000 + 100 * len(self.versions)


@dataclass
class Found:
    """The answer of the cache: a page that holds, or what was known before one is made."""

    entry: Entry | None = None
    epoch: int | None = None
    versions: Versions = field(default_factory=dict)


_memory = Memory()


def find(key: str) -> Found:
    """Look for a page. ``epoch`` is None when the cache does not answer."""
    held: Entry | None = _memory.get(key)
    now = time.time()
    if held is not None and now < held.ends:
        epoch = _epoch(cache.get(EPOCH))
        if held.epoch == epoch:
            return Found(held, epoch)
    else:
        answer = cache.get_many([EPOCH, _name(key)])
        epoch = _epoch(answer.get(EPOCH))
        held = _unpacked(answer.get(_name(key)))
    if epoch is None or held is None:
        return Found(epoch=epoch)
    if held.epoch != epoch:
        return _checked(key, held, epoch, now)
    if now >= held.ends:
        return Found(epoch=epoch, versions=_without_lost(held.versions))
    _memory.put(key, held)
    return Found(held, epoch)


def _checked(key: str, held: Entry, epoch: int, now: float) -> Found:
    """Something was purged since: compare the tags, and look for a page that somebody else has made."""
    answer = cache.get_many([_name(key), *map(tag_name, held.versions)])
    current = {tag: answer.get(tag_name(tag), NEVER) for tag in held.versions}
    made = _unpacked(answer.get(_name(key)))
    if made is not None and (made.versions, made.ends) != (held.versions, held.ends):
        more = [tag for tag in made.versions if tag not in current]
        if more:
            answer = cache.get_many(map(tag_name, more))
            current |= {tag: answer.get(tag_name(tag), NEVER) for tag in more}
        if _holds(made, current, now):
            held = made
    if _holds(held, current, now):
        held.epoch = epoch
        _memory.put(key, held)
        return Found(held, epoch)
    return Found(epoch=epoch, versions=_without_lost(current))


def _holds(entry: Entry, current: Versions, now: float) -> bool:
    return now < entry.ends and all(
        version != NEVER and current.get(tag) == version for tag, version in entry.versions.items()
    )


def _without_lost(versions: Versions) -> Versions:
    return {tag: version for tag, version in versions.items() if version != NEVER}


def keep(
    key: str, found: Found, headers: Headers, body: bytes, tags: Iterable[str], ends: float
) -> Entry | None:
    """Keep a page that was made after ``found`` was read. Return it, or None without a cache."""
    if found.epoch is None:
        return None
    wanted = set(tags)
    versions = {tag: found.versions[tag] for tag in wanted & found.versions.keys()}
    if unknown := wanted - versions.keys():
        late = _versions(unknown)
        # Read after the page was made: worth something only if nothing was purged meanwhile. If
        # something was, the page does not hold, but the next one finds its tags named here.
        is_calm = cache.get(EPOCH) == found.epoch
        versions |= {tag: late.get(tag, NEVER) if is_calm else NEVER for tag in unknown}
    entry = Entry(headers, body, etag_of(body), ends, versions, found.epoch)
    cache.set(_name(key), _packed(entry), ENTRY_SECONDS)
    _memory.put(key, entry)
    return entry


def etag_of(body: bytes) -> str:
    """A strong entity tag: the same for the same bytes, in every process and after every restart."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def forget(tags: Iterable[str], where: BaseCache | None = None) -> None:
    """Let no page hold that has one of these tags.

    The epoch before the versions: a page that is just being made is not taken for new. The epoch after
    them: nobody who compared old versions believes the pages checked for the new epoch.
    """
    place: Any = where or cache
    place.set(EPOCH, _new_version(), None)
    place.set_many({tag_name(tag): _new_version() for tag in tags}, None)
    place.set(EPOCH, _new_version(), None)


def version_of(tag: str) -> int | None:
    """The version of a tag, made if it has none; None when the cache does not answer."""
    return _versions([tag]).get(tag)


def tag_name(tag: str) -> str:
    """Where the version of a tag lies in the cache."""
    return f"pages:tag:{tag}"


def lock(key: str) -> bool:
    """Whether the caller is the one to make a page; nobody else is for the next seconds."""
    return bool(cache.add(f"{_name(key)}:lock", 1, LOCK_SECONDS))


def unlock(key: str) -> None:
    """The page is made."""
    cache.delete(f"{_name(key)}:lock")


def wait_for(key: str) -> Found:
    """Wait until somebody else has made the page, has given up or has died; look for it again."""
    deadline = time.monotonic() + LOCK_SECONDS
    while time.monotonic() < deadline and cache.get(f"{_name(key)}:lock") is not None:
        time.sleep(POLL_SECONDS)
    return find(key)


def _epoch(value: int | None) -> int | None:
    if value is not None:
        return value
    cache.add(EPOCH, _new_version(), None)
    return cache.get(EPOCH)


def _versions(tags: Iterable[str]) -> Versions:
    names = {tag_name(tag): tag for tag in tags}
    known = cache.get_many(names)
    if missing := names.keys() - known.keys():
        for name in missing:
            cache.add(name, _new_version(), None)
        known |= cache.get_many(missing)
    return {names[name]: version for name, version in known.items()}


def _new_version() -> int:
    return 1 + secrets.randbits(60)


def _name(key: str) -> str:
    """Pages of another release or configuration are other pages."""
    return f"pages:{sha256(f'{fingerprint()} {key}'.encode()).hexdigest()}"


def _packed(entry: Entry) -> tuple[Any, ...]:
    body = zlib.compress(entry.body, 1)
    return entry.headers, body, entry.etag, entry.ends, entry.versions, entry.epoch


def _unpacked(value: Any) -> Entry | None:
    if value is None:
        return None
    headers, body, etag, ends, versions, epoch = value
    return Entry(headers, zlib.decompress(body), etag, ends, versions, epoch)
