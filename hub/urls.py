"""Addresses of the hub. Machines get plain 404s: Wagtail's catch-all stands below languages only."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.documents.views.serve import authenticate_with_password as document_password
from wagtail.views import authenticate_with_password as page_password

from content.limits import limited
from content.views import check_block
from editorial.factcheck.views.guest import fact_check
from editorial.reviews.views import review_answer
from hub import views
from hub.health import PROBES
from partners.invitation_page import invitation
from search.views import browse

# Sign-in and password of restricted pages; ours would take them for pages.
PASSWORD_FORM = "wagtailcore_authenticate_with_password"  # noqa: S105  a name of an address
wagtail_forms = [
    row for row in wagtail_urls.urlpatterns if row.name not in {"wagtail_serve", PASSWORD_FORM}
]
few_tries = limited("password", 10, 15 * 60)

urlpatterns = [
    path("", views.to_default_language, name="root"),
    # Answered by a middleware before the addresses are looked at; here for those who look them up.
    *[path(f"-/{name}", view, name=name) for name, view in PROBES.items()],
    path("admin/", include("partners.isolation.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path(
        "documents/authenticate_with_password/<int:restriction_id>/",
        few_tries(document_password),
        name="wagtaildocs_authenticate_with_password",
    ),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", views.media, name="media"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap_index, name="sitemap_index"),
    path("sitemap-<str:language>-<int:number>.xml", views.sitemap, name="sitemap"),
]
urlpatterns += i18n_patterns(
    path("browse/", browse, name="browse"),
    path("topics/", views.topics, name="topics"),
    path("partners/", views.partners, name="partners"),
    path("notices/", views.notices, name="notices"),
    path("check/<int:page_id>/<uuid:block_id>/", check_block, name="check_block"),
    path("review/<str:token>/", review_answer, name="review_answer"),
    path("fact-check/<str:token>/", fact_check, name="fact_check"),
    path("translations/<uuid:page_key>/", views.other_languages, name="other_languages"),
    path("invitations/<str:token>/", invitation, name="invitation"),
    path("", views.home, name="home"),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        few_tries(page_password),
        name=PASSWORD_FORM,
    ),
    path("", include(wagtail_forms)),
    path("<path:path>/", views.page, name="page"),
    path("", include(wagtail_urls)),
)

handler404 = "hub.views.not_found"
handler500 = "hub.views.server_error"
