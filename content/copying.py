"""Copies of records."""

from wagtail.snippets.views.snippets import CopyView


class CopyFormView(CopyView):
    """The form of a copy, which is posted to where new ones are made.

    Wagtail takes a POST here too, and writes it over the original.
    """

    http_method_names = ["get", "head", "options"]
