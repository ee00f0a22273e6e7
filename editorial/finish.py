"""What Wagtail calls at the end of a workflow (``WAGTAIL_FINISH_WORKFLOW_ACTION``).

Wagtail imports it while its models are still loading, so nothing is imported here before it is called.
"""

from typing import Any


def publish_approved(workflow_state: Any, user: Any = None) -> None:
    """Publish exactly what every step of the workflow has approved."""
    from editorial.services.finishing import finish

    finish(workflow_state, user)
