"""Settings of the workflow, for hub admins: requirements, checklists, which workflow is for what."""
