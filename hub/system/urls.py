"""Addresses of the System report, below Wagtail's admin."""

from django.urls import path

from hub.system import views

app_name = "system"
urlpatterns = [
    path("", views.ReportView.as_view(), name="report"),
    path("dead-letters/", views.DeadLettersView.as_view(), name="dead_letters"),
    path("dead-letters/settle/", views.SettleView.as_view(), name="settle"),
    path("jobs/<int:job_id>/", views.JobView.as_view(), name="job"),
]
