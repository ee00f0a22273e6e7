"""Writes of the workflow: submissions, votes, publications, emergencies."""
