"""Who may use which address. An address that is missing here fails the test beside this file.

Declared by the name of the address, with its namespace where it has one; a whole namespace of
Wagtail's or of a viewset is declared once. The narrower entry counts.
"""

EVERYBODY = "everybody"
SIGN_IN = "everybody, to sign in or out"
STAFF = "accounts that may enter the admin; the view asks for the right on the object"
EDITORS = "accounts with a right on the kind of object"
HUB_ADMINS = "hub admins"

PUBLIC = {
    "root": EVERYBODY,
    "live": EVERYBODY,
    "ready": EVERYBODY,
    "health": EVERYBODY,  # details by token
    "media": EVERYBODY,
    "robots": EVERYBODY,
    "sitemap": EVERYBODY,
    "sitemap_index": EVERYBODY,
    "browse": EVERYBODY,
    "topics": EVERYBODY,
    "partners": EVERYBODY,
    "notices": EVERYBODY,
    "check_block": EVERYBODY,
    "fact_check": EVERYBODY,  # by the token in the address
    "other_languages": EVERYBODY,
    "invitation": EVERYBODY,  # whoever has the link
    "review_answer": EVERYBODY,  # by the signed link of a mail
    "home": EVERYBODY,
    "page": EVERYBODY,
    "wagtail_serve": EVERYBODY,
    "wagtaildocs_serve": EVERYBODY,
    "wagtaildocs_authenticate_with_password": EVERYBODY,
    "wagtailcore_authenticate_with_password": EVERYBODY,
    "wagtailcore_login": SIGN_IN,
}

ADMIN = {
    "wagtailadmin_login": SIGN_IN,
    "wagtailadmin_logout": SIGN_IN,
    "wagtailadmin_password_reset": SIGN_IN,
    "wagtailadmin_password_reset_done": SIGN_IN,
    "wagtailadmin_password_reset_confirm": SIGN_IN,
    "wagtailadmin_password_reset_complete": SIGN_IN,
    "wagtailadmin_javascript_catalog": EVERYBODY,
    "wagtailadmin_sprite": EVERYBODY,
    "wagtailadmin_home": STAFF,
    "wagtailadmin_error_test": STAFF,
    "wagtailadmin_explore_root": STAFF,
    "wagtailadmin_explore": STAFF,
    "wagtailadmin_explore_results": STAFF,
    "wagtail_bulk_action": STAFF,
    "wagtailadmin_choose_page": STAFF,
    "wagtailadmin_choose_page_child": STAFF,
    "wagtailadmin_choose_page_search": STAFF,
    "wagtailadmin_choose_page_chosen_multiple": STAFF,
    "wagtailadmin_choose_page_external_link": STAFF,
    "wagtailadmin_choose_page_email_link": STAFF,
    "wagtailadmin_choose_page_phone_link": STAFF,
    "wagtailadmin_choose_page_anchor_link": STAFF,
    "wagtailadmin_tag_autocomplete": STAFF,
    "wagtailadmin_tag_model_autocomplete": STAFF,
    "own_images": STAFF,
    "own_images_results": STAFF,
    "own_documents": STAFF,
    "own_documents_results": STAFF,
    "wagtailadmin_account": STAFF,
    "wagtailadmin_dismissibles": STAFF,
    # Everybody's own.
    "notifications": STAFF,
    "notifications_read": STAFF,
    "notification": STAFF,
    "wagtailadmin_block_preview": STAFF,
    # Choosers of tasks list and offer a form; creating asks for the right on the task.
    "wagtailadmin_workflows:task_chooser": STAFF,
    "wagtailadmin_workflows:task_chooser_create": STAFF,
    "wagtailadmin_workflows:task_chooser_results": STAFF,
    "wagtailadmin_workflows:task_chosen": STAFF,
    "people:own": STAFF,
    "people:delegate": STAFF,  # of one's own roles only
    # Shown to people of the partner; only who may cancel does.
    "wagtailsnippets_partners_partner:confirm_workflow_cancellation": STAFF,
    "wagtailsnippets_partners_partnertext:confirm_workflow_cancellation": STAFF,
    # Mails are kept in development only; elsewhere nobody opens them.
    "mails": HUB_ADMINS,
    "mail": HUB_ADMINS,
    "admin/test404/": STAFF,
    "admin/^.*/$": STAFF,  # Wagtail's own 404
}

NAMESPACES = {
    "reviews": STAFF,
    "desk": STAFF,
    "requirements": HUB_ADMINS,
    "checklists": HUB_ADMINS,
    "workflow-rules": HUB_ADMINS,
    "unapproved": STAFF,
    "wagtailadmin_pages": STAFF,
    "wagtailadmin_reports": STAFF,
    "wagtailadmin_api": STAFF,
    "wagtailadmin_editing_sessions": STAFF,
    "wagtailimages": STAFF,
    "wagtailimages_chooser": STAFF,
    "wagtaildocs": STAFF,
    "wagtaildocs_chooser": STAFF,
    "wagtailsnippets": STAFF,
    "wagtail_localize": STAFF,
    "fact_checks": STAFF,
    "wagtailsettings": EDITORS,
    "wagtailadmin_collections": HUB_ADMINS,
    "wagtailadmin_workflows": HUB_ADMINS,
    "wagtaillocales": HUB_ADMINS,
    "wagtailsites": HUB_ADMINS,
    "wagtailusers_users": HUB_ADMINS,
    "wagtailusers_groups": HUB_ADMINS,
    "wagtailredirects": HUB_ADMINS,
    "memberships": HUB_ADMINS,
    "people": EDITORS,  # partner admins, for their own partner; one's own roles below
    "imports": HUB_ADMINS,
    "system": HUB_ADMINS,
    "evidence": STAFF,
}

# Snippets, by app and model: who lists and changes them. Every chooser is open to STAFF, as Wagtail's are.
SNIPPETS = {
    "partners_contact": EDITORS,
    "partners_contacttext": EDITORS,
    "partners_location": EDITORS,
    "partners_locationtext": EDITORS,
    "partners_service": EDITORS,
    "partners_servicetext": EDITORS,
    "partners_partner": HUB_ADMINS,
    "partners_partnertext": HUB_ADMINS,
    "partners_jurisdiction": HUB_ADMINS,
    "content_topic": HUB_ADMINS,
    "content_audience": HUB_ADMINS,
    "content_sharedtext": HUB_ADMINS,
    "content_sharedtextbody": HUB_ADMINS,
}
NAMESPACES |= {f"wagtailsnippets_{name}": people for name, people in SNIPPETS.items()}
NAMESPACES |= {f"wagtailsnippetchoosers_{name}": STAFF for name in SNIPPETS}

# Addresses that take POST from people who are not signed in.
POSTED_BY_EVERYBODY = {
    "check_block",
    "fact_check",
    "review_answer",
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_password_reset",
    "wagtailcore_login",
    "wagtaildocs_authenticate_with_password",
    "wagtailcore_authenticate_with_password",
}
