"""Chaos tests run when they are asked for: ``-m chaos`` or RUN_CHAOS=1. CHAOS=full: all of it."""

import os
import secrets
import signal
from pathlib import Path
from random import Random

import pytest

from tests.tools import server_binary

HERE = Path(__file__).parent
FULL = os.environ.get("CHAOS") == "full"


def pytest_configure(config):
    # Whoever stops the tests stops the hubs that they have started.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", 1))


def pytest_collection_modifyitems(config, items):
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.chaos)
        item.add_marker(pytest.mark.enable_socket)
    asked = "chaos" in (config.getoption("markexpr") or "") or os.environ.get("RUN_CHAOS") == "1"
    if ours and not asked:
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)


@pytest.fixture(scope="session")
def full():
    """Whether the long form was asked for."""
    return FULL


@pytest.fixture
def seed():
    """Chance can be repeated: CHAOS_SEED=number."""
    number = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(10**6))
    print(f"CHAOS_SEED={number}")  # noqa: T201  shown when the test fails
    return number


@pytest.fixture
def random(seed):
    return Random(seed)  # noqa: S311  no secret


@pytest.fixture(scope="session")
def real_servers():
    """Skips where PostgreSQL or Redis is not installed."""
    server_binary("postgres", "postgresql")
    server_binary("redis-server", "redis-server")
