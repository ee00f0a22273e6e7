"""Addresses of the desk, below the admin."""

from django.urls import path

from editorial.desk import acts, views

app_name = "desk"

ONE = "<str:app_label>/<str:model_name>/<str:pk>/"

urlpatterns = [
    path("", views.QueueView.as_view(), name="queue"),
    path("<int:state_id>/", views.ReviewView.as_view(), name="review"),
    path(f"submit/{ONE}", acts.SubmitView.as_view(), name="submit"),
    path(f"cancel/{ONE}", acts.CancelView.as_view(), name="cancel"),
    path(f"call-off/{ONE}", acts.CallOffView.as_view(), name="call_off"),
    path(f"take-down/{ONE}", acts.TakeDownView.as_view(), name="take_down"),
    path(f"urgent/{ONE}", acts.EmergencyView.as_view(), name="emergency"),
]
