"""Keeps unpublished content from the people of other partners, wherever the admin names or lists it.

``guard`` stands before every view of the admin that is given an object by its address; ``choosers``,
``tags`` and ``views`` replace views of Wagtail that list more than a person may see; ``viewer`` hides
titles of drafts from those who may only see what is published.
"""
