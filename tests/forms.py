"""What forms of the admin post."""

from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text


def guide_form(**more):
    """What the editor's form of a guide posts."""
    empty = dict.fromkeys(
        ["who_for", "short_answer", "urgent", "after_approval", "if_refused", "appeal"],
        rich_text(""),
    )
    return nested_form_data(
        {
            "title": "By form",
            "slug": "by-form",
            "summary": "",
            "on_expiry": "notice",
            "change_kind": "major",
            "tags": "",
            "guide_services": inline_formset([]),
            "partner_roles": inline_formset([]),
            "comments": inline_formset([]),
            **empty,
            **more,
        }
    )
