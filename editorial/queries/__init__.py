"""Reads of the workflow: which rules hold, who may judge, how far something has come."""
