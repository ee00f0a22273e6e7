"""Addresses of the evidence, below Wagtail's admin."""

from django.urls import path

from editorial.timeline import views
from editorial.timeline.exports import CSV, JSON

app_name = "evidence"
RECORD = "record/<str:app_label>/<str:model_name>/<str:pk>/"
urlpatterns = [
    path("", views.ListView.as_view(), name="list"),
    path("export.csv", views.ListExportView.as_view(kind=CSV), name="list_csv"),
    path("export.json", views.ListExportView.as_view(kind=JSON), name="list_json"),
    path("page/<uuid:page_key>/", views.TimelineView.as_view(), name="page"),
    path(
        "page/<uuid:page_key>/export.csv",
        views.TimelineExportView.as_view(kind=CSV),
        name="page_csv",
    ),
    path(
        "page/<uuid:page_key>/export.json",
        views.TimelineExportView.as_view(kind=JSON),
        name="page_json",
    ),
    path(RECORD, views.RecordTimelineView.as_view(), name="record"),
    path(f"{RECORD}export.csv", views.RecordExportView.as_view(kind=CSV), name="record_csv"),
    path(f"{RECORD}export.json", views.RecordExportView.as_view(kind=JSON), name="record_json"),
]
