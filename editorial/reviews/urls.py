"""Addresses of review dates below the admin."""

from django.urls import path

from editorial.reviews.admin import AnswerView, PassView, ReviewsView

app_name = "reviews"
urlpatterns = [
    path("", ReviewsView.as_view(), name="index"),
    path("results/", ReviewsView.as_view(results_only=True), name="index_results"),
    path("pass/", PassView.as_view(), name="pass"),
    path("<int:schedule_id>/", AnswerView.as_view(), name="answer"),
]
