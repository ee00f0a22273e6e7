"""The panel on the admin's home page that leads hub admins to the report."""

from typing import Any

from wagtail.admin.ui.components import Component

from hub.system import checks
from hub.system.sentences import alarm


class SystemPanel(Component):
    """How many alarms and dead letters there are."""

    order = 50
    template_name = "wagtailadmin/hub/system/panel.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        found = checks.run_all()
        dead = next((check.details["count"] for check in found if check.name == "jobs_dead"), 0)
        return {"alarms": [alarm(check) for check in found if not check.ok], "dead_count": dead}
