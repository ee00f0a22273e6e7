"""Telling people: written with the change that causes it, mailed by jobs, listed in the admin.

Nothing else of the hub mails about content.
"""
