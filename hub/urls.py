"""Addresses of the hub. Machines get plain 404s: Wagtail's catch-all stands below languages only."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from content.views import check_block
from hub import views
from search.views import browse

# Sign-in and password of restricted pages; ours would take them for pages.
wagtail_forms = [row for row in wagtail_urls.urlpatterns if row.name != "wagtail_serve"]

urlpatterns = [
    path("", views.to_default_language, name="root"),
    path("admin/", include(wagtailadmin_urls)),
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
    path("translations/<uuid:page_key>/", views.other_languages, name="other_languages"),
    path("", views.home, name="home"),
    path("", include(wagtail_forms)),
    path("<path:path>/", views.page, name="page"),
    path("", include(wagtail_urls)),
)

handler404 = "hub.views.not_found"
handler500 = "hub.views.server_error"
