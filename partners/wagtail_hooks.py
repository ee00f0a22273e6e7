"""Admin screens of partners: organisations, people, and the records of facts."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import LiveStatusTagColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet, SnippetViewSetGroup

from content.choosers import HubChooserViewSet, PublishedChooserViewSet
from content.copying import CopyFormView
from partners.isolation import hooks  # noqa: F401  importing registers them
from partners.models import (
    Contact,
    ContactText,
    Jurisdiction,
    Location,
    LocationText,
    Membership,
    Partner,
    PartnerText,
    Service,
    ServiceText,
)
from partners.people import hooks as people_hooks  # noqa: F401  importing registers them


class OwnViewSet(SnippetViewSet):
    """Lists what the person may change; offers what is published to be chosen."""

    chooser_viewset_class = PublishedChooserViewSet
    copy_view_class = CopyFormView

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        policy = policy_registry.get_by_type(self.model)
        rows = policy.instances_user_has_any_permission_for(request.user, {"add", "change"})
        return rows.select_related("latest_revision").defer("latest_revision__content")


STATUS = LiveStatusTagColumn(label=_("State"))


class RecordViewSet(OwnViewSet):
    """List of a record type, by its name in any language."""

    search_fields = ["slug", "texts__name"]
    search_backend_name = None
    ordering = ["slug"]
    list_display = ["__str__", "slug", STATUS]


class AddTextView(CreateView):
    """Starts with the record that the link came from."""

    def get_initial_form_instance(self) -> Any:
        instance = super().get_initial_form_instance() or self.model()
        record = self.request.GET.get("record", "")
        model = self.model._meta.get_field("record").related_model
        records = policy_registry.get_by_type(model).instances_user_has_any_permission_for(
            self.request.user, {"change"}
        )
        instance.record = records.filter(pk=int(record)).first() if record.isdecimal() else None
        return instance


class TextViewSet(OwnViewSet):
    """List of the words of a record type, one row for each language."""

    add_view_class = AddTextView

    icon = "pilcrow"
    search_fields = ["record__slug", "name"]
    search_backend_name = None
    ordering = ["record__slug"]
    list_display = ["__str__", "record", "locale", STATUS]


class PartnerViewSet(RecordViewSet):
    model = Partner
    icon = "group"
    list_display = ["__str__", "slug", "kind", STATUS]


class PartnerTextViewSet(TextViewSet):
    model = PartnerText


class JurisdictionViewSet(SnippetViewSet):
    model = Jurisdiction
    chooser_viewset_class = HubChooserViewSet
    copy_view_class = CopyFormView
    icon = "globe"
    list_display = ["code", "level", "parent"]
    search_fields = ["code", "labels__label"]
    search_backend_name = None
    ordering = ["code"]


class MembershipViewSet(ModelViewSet):
    model = Membership
    icon = "user"
    name = "memberships"
    menu_label = _("Memberships")
    form_fields = [
        "user", "partner", "role", "specialism", "languages", "valid_from", "valid_until",
        "delegate_to", "delegate_until", "may_start_emergency",
    ]  # fmt: skip
    list_display = ["user", "partner", "role", "valid_until"]
    list_filter = ["partner", "role"]
    search_fields = ["user__username", "user__last_name", "partner__slug"]
    search_backend_name = None
    add_to_admin_menu = False


class PartnersGroup(SnippetViewSetGroup):
    menu_label = _("Partners")
    menu_name = "partners"
    menu_icon = "group"
    menu_order = 300
    items = (PartnerViewSet, PartnerTextViewSet, JurisdictionViewSet, MembershipViewSet)


class ServiceViewSet(RecordViewSet):
    model = Service
    icon = "form"
    list_display = ["__str__", "slug", "organization", "status", STATUS]
    list_filter = ["organization", "status"]


class ServiceTextViewSet(TextViewSet):
    model = ServiceText


class LocationViewSet(RecordViewSet):
    model = Location
    icon = "site"


class LocationTextViewSet(TextViewSet):
    model = LocationText


class ContactViewSet(RecordViewSet):
    model = Contact
    icon = "mail"
    search_fields = ["slug", "name", "texts__title"]
    list_display = ["__str__", "slug", "partner", "audience", STATUS]


class ContactTextViewSet(TextViewSet):
    model = ContactText
    search_fields = ["record__slug", "title"]


class FactsGroup(SnippetViewSetGroup):
    menu_label = _("Facts")
    menu_name = "facts"
    menu_icon = "clipboard-list"
    menu_order = 310
    items = (
        ServiceViewSet,
        ServiceTextViewSet,
        LocationViewSet,
        LocationTextViewSet,
        ContactViewSet,
        ContactTextViewSet,
    )


register_snippet(PartnersGroup)
register_snippet(FactsGroup)
