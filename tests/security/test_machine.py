"""No sequence of acts brings anything to readers without the approvals that it needs.

SECURITY_SEQUENCES says how many, SECURITY_SEED from where. Counts are printed, and written to SECURITY_REPORT for the sum over processes.
"""

import json
import logging
import os
import secrets
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.security.machine import POSTS_EACH, Hub
from tests.security.world import build

pytestmark = [pytest.mark.security, pytest.mark.django_db]
STEPS = 14


def test_nothing_goes_out_unapproved(settings_of_mail):
    sequences = int(os.environ.get("SECURITY_SEQUENCES") or 60)
    number = int(os.environ.get("SECURITY_SEED") or secrets.randbelow(10**6))
    print(f"SECURITY_SEED={number}")  # noqa: T201  shown when the test fails
    logging.disable(logging.CRITICAL)
    Hub.world = build()
    Hub.counts.clear()

    by_posts = -(-sequences // POSTS_EACH)
    try:
        run(number, sequences - by_posts, by_posts=False)
        run(number, by_posts, by_posts=True)
    finally:
        logging.disable(logging.NOTSET)
        counts = dict(Hub.counts)
        print(counts)  # noqa: T201
        if report := os.environ.get("SECURITY_REPORT"):
            Path(report).write_text(json.dumps(counts), encoding="utf-8")


def run(number, sequences, *, by_posts):
    """Random sequences of one kind."""

    @seed(number)
    class Seeded(Hub):
        pass

    Seeded.counts, Seeded.by_posts = Hub.counts, by_posts
    run_state_machine_as_test(
        Seeded,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.normal,
        ),
    )


@pytest.fixture
def settings_of_mail(settings):
    """Mails are rows that nobody sends, as in a hub."""
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"
