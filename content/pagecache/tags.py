"""What a page was made from, noted while it is being made.

Whoever loads something that readers see touches its tag; whoever changes it purges that tag. What was
looked for and not found has a tag too: its arrival changes the page.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

# Every kept page has it: what it stands for is everywhere.
FRAME = "frame"


@dataclass
class Noted:
    """What is known of a page once it is made."""

    tags: set[str] = field(default_factory=set)
    until: float = math.inf
    may_be_kept: bool = True


_noted: ContextVar[Noted | None] = ContextVar("page_cache_noted", default=None)


@contextmanager
def noting() -> Iterator[Noted]:
    """Note what is touched inside."""
    noted = Noted()
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


@contextmanager
def unnoticed() -> Iterator[None]:
    """Note nothing inside: a tag of its own stands for all that is loaded there."""
    token = _noted.set(None)
    try:
        yield
    finally:
        _noted.reset(token)


def touch(*tags: str) -> None:
    """The page that is being made shows what these tags stand for."""
    noted = _noted.get()
    if noted is not None:
        noted.tags.update(tags)


def until(moment: datetime) -> None:
    """The page that is being made will be another one from this moment on."""
    noted = _noted.get()
    if noted is not None:
        noted.until = min(noted.until, moment.timestamp())


def do_not_keep() -> None:
    """The page that is being made is not worth keeping, or nobody would know when it changes."""
    noted = _noted.get()
    if noted is not None:
        noted.may_be_kept = False


def page(key: Any) -> str:
    """All language versions of a page: translations show and link each other."""
    return f"page:{key}"


def page_id(pk: int) -> str:
    """A page that is named by its id and may not be published yet."""
    return f"id:{pk}"


def address(url: str) -> str:
    """Whatever page stands at a path."""
    return f"at:{blake2b(url.encode(), digest_size=12).hexdigest()}"


def kind(name: str) -> str:
    """All published pages of one kind, in all languages."""
    return f"kind:{name}"


def below(parent_id: int | None) -> str:
    """Which pages stand below a page, and their order."""
    return f"below:{parent_id}"


def listing(locale_code: str) -> str:
    """Lists over all pages of one language."""
    return f"list:{locale_code}"


def record(model_name: str, pk: Any) -> str:
    """A record, a shared text, an image or a document."""
    return f"{model_name}:{pk}"


def table(key: str) -> str:
    """A small table that every page reads."""
    return f"table:{key}"
