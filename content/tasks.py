"""Jobs of the floor: Wagtail's own tasks, publication by the clock, cleaning up."""

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from content import caching, housekeeping, scheduling, verification
from content.jobs.backend import call_task
from content.jobs.registry import BULK, Daily, Every, handler
from content.mail import services as mails
from content.pagecache import front, purge


@handler("content.task")
def task(*, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """A task of Wagtail's that writes to the database: search index, references."""
    call_task(path, args, kwargs)


@handler("content.task_outside", atomic=False)
def task_outside(*, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """A task of Wagtail's that talks to other servers or deletes files."""
    call_task(path, args, kwargs)


@handler("content.delete_file", atomic=False)
def delete_file(*, name: str) -> None:
    """Delete an upload that nothing names any more."""
    housekeeping.delete_file(name)


@handler("content.publish_scheduled", clock=Every(timedelta(minutes=1)))
def publish_scheduled() -> None:
    """Ask for a job for each page and snippet whose time to appear or to go has come."""
    scheduling.enqueue_due()


@handler("content.go_live")
def go_live(*, revision_id: int) -> None:
    """Publish one scheduled revision."""
    scheduling.go_live(revision_id)


@handler("content.expire")
def expire(*, model: str, pk: Any) -> None:
    """Take down one object whose time is over."""
    scheduling.expire(model, pk)


@handler(caching.CLEAR, atomic=False, needs=caching.SERVER)
def clear_cache() -> None:
    """Empty the cache: a write got lost while it was away, so what it holds may be old."""
    caching.strict().clear()


# The lease outlasts the longest session with a slow server, or a second runner would send it again.
@handler(mails.KIND, atomic=False, needs=mails.SERVER, lease=timedelta(minutes=3))
def send_mail(*, mail_id: int) -> None:
    """Send one mail."""
    mails.send(mail_id)


@handler(purge.KIND, atomic=False, needs=caching.SERVER)
def purge_pages(*, changed: list[str], paths: Sequence[str] = ()) -> None:
    """Let no kept page hold that shows what was changed."""
    purge.carry_out(changed, paths)


@handler(front.KIND, atomic=False, needs=front.SERVER, lease=timedelta(minutes=2))
def purge_front(*, paths: list[str]) -> None:
    """Purge addresses from the caches in front of the hub."""
    front.purge_paths(paths)


@handler(
    "content.clean_up",
    queue=BULK,
    atomic=False,
    clock=Daily(time(3, 10)),
    lease=timedelta(minutes=5),
)
def clean_up() -> None:
    """Delete what nobody needs any more: old jobs, mails, sessions, signs of life."""
    housekeeping.clean_up()


@handler(
    "content.check_tree",
    queue=BULK,
    atomic=False,
    clock=Daily(time(3, 20)),
    lease=timedelta(minutes=5),
)
def check_tree() -> None:
    """Look for damage in the page tree; the System report shows what was found."""
    housekeeping.check_tree()


@handler(
    "content.sweep_orphan_files",
    queue=BULK,
    atomic=False,
    clock=Daily(time(3, 30)),
    lease=timedelta(minutes=10),
)
def sweep_orphan_files() -> None:
    """Delete uploads whose row is gone, left by a process that died between the two."""
    housekeeping.sweep_orphan_files()


@handler(
    "content.verify_evidence",
    queue=BULK,
    atomic=False,
    clock=Daily(time(3, 40)),
    lease=timedelta(minutes=30),
)
def verify_evidence() -> None:
    """Verify the chain of evidence; the System report shows what was found."""
    verification.check()
