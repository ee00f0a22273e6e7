"""The page that an invitation's link opens. Looking at it changes nothing; its form does."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login, password_validation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from content.limits import limited
from content.registry import frame_of
from partners.models import Invitation, Membership
from partners.queries import english_label, partner_card, reader_language
from partners.queries.memberships import account_of_address, is_address_of
from partners.services import invitations

TRIES, MINUTES = 20, 15

# Why a link opens nothing, with the status of the answer.
UNKNOWN = (gettext_noop("This link is not complete or not ours."), HTTPStatus.NOT_FOUND)
USED = (gettext_noop("This invitation was accepted already. You can sign in."), HTTPStatus.GONE)
WITHDRAWN = (gettext_noop("This invitation was withdrawn."), HTTPStatus.GONE)
EXPIRED = (gettext_noop("This invitation is too old. Ask for a new one."), HTTPStatus.GONE)


class NewcomerForm(forms.Form):
    """Name and password of somebody who has no account yet."""

    name = forms.CharField(max_length=150)
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, posted: Any, *, invitation: Invitation) -> None:
        super().__init__(posted, initial={"name": invitation.name})
        self.email = invitation.email
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ."))
        elif password:
            self._validate(password, cleaned.get("name", ""))
        return cleaned

    def _validate(self, password: str, name: str) -> None:
        user = get_user_model()(username=self.email, email=self.email, first_name=name[:150])
        try:
            password_validation.validate_password(password, user)
        except forms.ValidationError as error:
            self.add_error("password", error)


def _private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address holds a secret: no cache, no index, and no other site may learn of it."""

    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


@_private
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation", TRIES, MINUTES * 60)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what, and a form: for a new account, or for the one that is there."""
    found = _find(token)
    if reason := _why_not(found):
        return _refuse(request, *reason)
    assert found is not None  # noqa: S101  the reason would be that
    account = account_of_address(found.email)
    if request.user.is_authenticated:
        return _for_signed_in(request, found)
    if account is not None:
        return _show(request, found, sign_in_url=_sign_in_url(request))
    return _for_newcomer(request, found)


def _find(token: str) -> Invitation | None:
    rows = Invitation.objects.select_related("partner", "invited_by")
    return rows.filter(token_hash=invitations.token_hash(token)).first()


def _why_not(found: Invitation | None) -> tuple[str, HTTPStatus] | None:
    if found is None:
        return UNKNOWN
    if found.accepted_at:
        return USED
    if found.is_open:
        return None if invitations.is_usable(found) else WITHDRAWN
    return WITHDRAWN if found.revoked_at else EXPIRED


def _for_signed_in(request: HttpRequest, found: Invitation) -> HttpResponse:
    if not is_address_of(request.user, found.email):
        return _show(request, found, is_for_another=True)
    if request.method != "POST":
        return _show(request, found, is_for_account=True)
    if invitations.accept_as(found, request.user) is None:
        return _refuse(request, *USED)
    return redirect("people:own")


def _for_newcomer(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = NewcomerForm(request.POST or None, invitation=found)
    if request.method != "POST" or not form.is_valid():
        return _show(request, found, form=form)
    values = form.cleaned_data
    user = invitations.accept_as_newcomer(found, name=values["name"], password=values["password"])
    if user is None:
        return _refuse(request, *USED)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return redirect("people:own")


def _sign_in_url(request: HttpRequest) -> str:
    return f"{reverse('wagtailcore_login')}?{urlencode({'next': request.path})}"


def _show(request: HttpRequest, found: Invitation, **context: Any) -> HttpResponse:
    inviter = found.invited_by
    return render(
        request,
        "partners/invitation.html",
        {
            **_page(request, _("Invitation")),
            "inviter": inviter.get_full_name() or inviter.get_username(),
            "partner": _partner(found),
            "role": english_label(Membership.Role, found.role),
            "specialism": english_label(Membership.Specialism, found.specialism),
            "codes": found.language_codes,
            "expires_at": found.expires_at,
            **context,
        },
    )


def _partner(found: Invitation) -> dict[str, Any] | None:
    """The partner in the reader's language; one that is not published yet by its name."""
    if found.partner is None:
        return None
    return partner_card(found.partner_id, reader_language()) or {"name": str(found.partner)}


def _refuse(request: HttpRequest, reason: str, status: HTTPStatus) -> HttpResponse:
    context = {**_page(request, _("Invitation")), "reason": reason}
    return render(request, "partners/invitation_refused.html", context, status=status)


def _page(request: HttpRequest, title: str) -> dict[str, Any]:
    frame = frame_of(request)
    frame.canonical, frame.alternates = "", []
    return {"frame": frame, "title": title}
