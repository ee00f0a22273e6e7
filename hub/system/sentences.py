"""Alarms in words: what is wrong and what to do about it, for hub admins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hub.system.checks import Check

Details = dict[str, Any]


@dataclass(frozen=True)
class Alarm:
    """An alarm as people read it. ``url`` leads to where something can be done."""

    name: str
    sentence: str
    hint: str
    url: str = ""
    link: str = ""


def alarm(check: Check) -> Alarm:
    """The words for a check that failed, in the active language."""
    return Alarm(check.name, *WORDS[check.name](check.details))


def _listed(names: list[str]) -> str:
    return ", ".join(names)


def _moment(text: str) -> str:
    return date_format(localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT")


def _database(details: Details) -> tuple[str, ...]:
    return (
        _("The database does not answer, or not in time."),
        _("Look whether its server runs and has space on its disk."),
    )


def _migrations(details: Details) -> tuple[str, ...]:
    return (
        _("The database is older than the program."),
        _("Run “manage.py migrate”."),
    )


def _restore(details: Details) -> tuple[str, ...]:
    return (
        _("A restore was begun and has not come to its end."),
        _("Run “manage.py restore” again with the same folder."),
    )


def _cache(details: Details) -> tuple[str, ...]:
    return (
        _("The cache does not answer. Readers get their pages, more slowly."),
        _("Look whether its server runs (HUB_REDIS_URL) or the data folder can be written to."),
    )


def _broker(details: Details) -> tuple[str, ...]:
    return (
        _("The broker does not answer. Jobs are found a few seconds later; none is lost."),
        _("Look whether its server runs (HUB_BROKER_URL)."),
    )


def _workers(details: Details) -> tuple[str, ...]:
    return (
        _("Nobody runs the jobs of: %(queues)s.") % {"queues": _listed(details["silent"])},
        _("Start a worker: “manage.py worker”, or Celery's where HUB_BROKER_URL is set."),
    )


def _timetable(details: Details) -> tuple[str, ...]:
    since = details["last_slot"]
    return (
        _("Timed work was last written at %(moment)s.") % {"moment": _moment(since)}
        if since
        else _("No timed work has been written for an hour or longer."),
        _("Start a worker, or Celery beat. What was missed is made up for."),
    )


def _late(details: Details) -> tuple[str, ...]:
    return (
        _("Jobs have been waiting for too long in: %(queues)s.")
        % {"queues": _listed(details["late"])},
        _("Look below which kinds wait. More workers do more at once."),
    )


def _dead(details: Details) -> tuple[str, ...]:
    count = details["count"]
    sentence = ngettext(
        "%(count)s job has failed for good.", "%(count)s jobs have failed for good.", count
    )
    return (
        sentence % {"count": intcomma(count)},
        _("Read why, then retry or discard them."),
        reverse("system:dead_letters"),
        _("Dead letters"),
    )


def _dependencies(details: Details) -> tuple[str, ...]:
    return (
        _("These servers do not answer: %(servers)s.") % {"servers": _listed([*details["since"]])},
        _("Their jobs wait and run as soon as the servers are back."),
    )


def _mails(details: Details) -> tuple[str, ...]:
    count = details["count"]
    sentence = ngettext(
        "%(count)s mail could not be sent.", "%(count)s mails could not be sent.", count
    )
    return (
        sentence % {"count": intcomma(count)},
        _("Look below why. “manage.py send_test_mail” tries the mail server."),
        reverse("system:dead_letters") + "?kind=content.send_mail",
        _("Jobs of these mails"),
    )


def _disk(details: Details) -> tuple[str, ...]:
    sentence = _("The free space of the data folder cannot be read.")
    if "free" in details:
        sentence = _("Only %(size)s are free on the disk of the data folder.") % {
            "size": filesizeformat(details["free"])
        }
    return sentence, _("Make room: without any, nothing can be saved.")


def _backup(details: Details) -> tuple[str, ...]:
    if details["last"] is None:
        sentence = _("No backup has been made yet.")
    else:
        sentence = _("The last backup is %(hours)s hours old.") % {
            "hours": number_format(details["hours"], 0)
        }
    return sentence, _("Run “manage.py backup” every night.")


def _tree(details: Details) -> tuple[str, ...]:
    return (
        _("The page tree is damaged."),
        _("Make a backup, then run “manage.py fixtree”."),
    )


def _evidence(details: Details) -> tuple[str, ...]:
    count = details["count"]
    sentence = ngettext(
        "The evidence is damaged at %(count)s place, first: %(first)s.",
        "The evidence is damaged at %(count)s places, first: %(first)s.",
        count,
    )
    return (
        sentence % {"count": intcomma(count), "first": details["first"]},
        _(
            "Somebody may have written past the hub. Keep a backup, run “manage.py verify_approvals”."
        ),
    )


WORDS: dict[str, Callable[[Details], tuple[str, ...]]] = {
    "database": _database,
    "migrations": _migrations,
    "restore_unfinished": _restore,
    "cache": _cache,
    "broker": _broker,
    "worker_silent": _workers,
    "timetable_silent": _timetable,
    "jobs_late": _late,
    "jobs_dead": _dead,
    "dependency_down": _dependencies,
    "mail_failed": _mails,
    "disk": _disk,
    "backup_age": _backup,
    "page_tree": _tree,
    "evidence_damaged": _evidence,
}
