"""Addresses of the list below the admin."""

from django.urls import path

from editorial.unapproved.admin import SubmitView, UnapprovedView

app_name = "unapproved"
urlpatterns = [
    path("", UnapprovedView.as_view(), name="index"),
    path("results/", UnapprovedView.as_view(results_only=True), name="index_results"),
    path("<int:row_id>/submit/", SubmitView.as_view(), name="submit"),
]
