"""The state machine runs when it is asked for: ``make security``, or ``-m security``."""

import os


def pytest_collection_modifyitems(config, items):
    asked = "security" in (config.getoption("markexpr") or "")
    if asked or os.environ.get("RUN_SECURITY") == "1":
        return
    ours = [item for item in items if item.get_closest_marker("security")]
    items[:] = [item for item in items if item not in ours]
    if ours:
        config.hook.pytest_deselected(items=ours)
