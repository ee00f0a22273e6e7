"""Addresses of the screens about people, below Wagtail's admin."""

from django.urls import path

from partners.people import own, views

app_name = "people"
urlpatterns = [
    path("", views.ListView.as_view(), name="list"),
    path("invite/", views.InviteView.as_view(), name="invite"),
    path("invitations/<int:invitation_id>/resend/", views.ResendView.as_view(), name="resend"),
    path("invitations/<int:invitation_id>/revoke/", views.RevokeView.as_view(), name="revoke"),
    path("<int:membership_id>/", views.EditView.as_view(), name="edit"),
    path("<int:membership_id>/end/", views.EndView.as_view(), name="end"),
    path("own/", own.OwnRolesView.as_view(), name="own"),
    path("own/<int:membership_id>/", own.DelegateView.as_view(), name="delegate"),
]
