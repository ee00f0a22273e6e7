"""Addresses of fact checks in the admin. The guests' page stands below the languages."""

from django.urls import path, re_path

from editorial.factcheck.views import admin

OBJECT = "<slug:app>/<slug:model>/<str:pk>"

app_name = "fact_checks"
urlpatterns = [
    re_path(
        r"^requests/(?P<request_id>\d{1,18})/(?P<action>resend|revoke|blank)/$",
        admin.RequestActionView.as_view(),
        name="act",
    ),
    path(f"{OBJECT}/", admin.ListView.as_view(), name="list"),
    path(f"{OBJECT}/invite/", admin.InviteView.as_view(), name="invite"),
    path(f"{OBJECT}/close/", admin.CloseView.as_view(), name="close"),
    path(f"{OBJECT}/answer/", admin.AnswerView.as_view(), name="answer"),
]
