"""Groups and rights follow from memberships, and from nothing else."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page
from wagtail.test.utils.form_data import streamfield

from partners.models import Membership, PartnerPage
from partners.services import add_membership, collection_of, is_hub_admin
from tests import actors
from tests.factories import tree
from tests.factories.content import UserFactory
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.forms import guide_form

pytestmark = pytest.mark.django_db
Role = Membership.Role

ADD_MEDIA = {"add_image", "choose_image", "add_document", "choose_document"}
RECORDS = {
    f"{verb}_{model}"
    for verb in ("add", "change")
    for model in (
        *("contact", "contacttext", "location", "locationtext", "service", "servicetext"),
    )
}
# Role: rights on the partner's pages, on its files, on records.
RIGHTS = {
    Role.AUTHOR: ({"add_page"}, ADD_MEDIA, set()),
    Role.EDITOR: ({"add_page", "change_page"}, ADD_MEDIA, RECORDS),
    Role.STEWARD: ({"add_page", "change_page"}, ADD_MEDIA, RECORDS),
    Role.TRANSLATOR: ({"change_page"}, set(), set()),
    Role.TRANSLATION_REVIEWER: (set(), set(), set()),
    Role.APPROVER: (set(), set(), set()),
    Role.SPECIALIST: (set(), set(), set()),
    Role.PARTNER_ADMIN: (set(), set(), set()),
}


@pytest.fixture
def partner():
    partner = PartnerFactory()
    tree.section(partner)
    return partner


def groups(user):
    return set(user.groups.values_list("name", flat=True))


class TestGroups:
    def test_every_role_is_declared_here(self):
        assert {*RIGHTS, Role.HUB_ADMIN} == set(Role)

    @pytest.mark.parametrize("role", RIGHTS, ids=str)
    def test_a_role_has_exactly_its_rights_at_its_partner(self, partner, role):
        user = actors.person(role, partner)
        (group,) = user.groups.all()
        on_pages, on_files, on_records = RIGHTS[role]
        pages = GroupPagePermission.objects.filter(group=group)
        assert {row.permission.codename for row in pages} == on_pages
        assert {row.page.specific.partner for row in pages} <= {partner}
        files = GroupCollectionPermission.objects.filter(group=group)
        assert {row.permission.codename for row in files} == on_files
        assert {row.collection for row in files} <= {collection_of(partner)}
        others = set(group.permissions.values_list("codename", flat=True))
        assert others == {"access_admin"} | on_records

    def test_only_hub_admins_may_publish(self, partner):
        for role in RIGHTS:
            actors.person(role, partner)
        actors.person(Role.HUB_ADMIN)
        # Wagtail's migrations make a group that may publish; nobody is ever put into it.
        publishers = GroupPagePermission.objects.filter(
            permission__codename="publish_page", group__user__isnull=False
        )
        assert {(row.group.name, row.page.depth) for row in publishers} == {("hub: hub_admin", 1)}
        for group in {row.group for row in publishers}:
            assert {m.role for user in group.user_set.all() for m in user.memberships.all()} == {
                Role.HUB_ADMIN
            }

    def test_nobody_else_may_publish_a_record(self, partner):
        user = actors.person(Role.EDITOR, partner)
        granted = {perm for perm in user.get_all_permissions() if "publish" in perm}
        assert granted == set()

    def test_a_new_language_of_the_partner_is_in_their_hands_too(self, partner):
        user = actors.person(Role.EDITOR, partner)
        spanish = tree.section(partner, code="es")
        page = PartnerPage.objects.get(pk=spanish.get_parent().pk)
        assert page.permissions_for_user(user).can_edit()

    def test_another_partner_is_not(self, partner):
        user = actors.person(Role.EDITOR, partner)
        other = tree.section()
        assert not other.permissions_for_user(user).can_edit()
        assert not other.permissions_for_user(user).can_add_subpage()
        own = PartnerPage.objects.get(partner=partner)
        assert own.permissions_for_user(user).can_edit()
        assert not own.permissions_for_user(user).can_publish()

    def test_hub_admins_may_do_so_everywhere(self, partner):
        user = actors.person(Role.HUB_ADMIN)
        page = PartnerPage.objects.get(partner=partner)
        assert page.permissions_for_user(user).can_publish()
        assert Page.objects.get(depth=1).permissions_for_user(user).can_add_subpage()
        assert is_hub_admin(user)

    def test_an_editor_cannot_publish_by_posting_the_button(self, partner):
        page = GuidePageFactory(parent=tree.section(partner), published=False)
        client = actors.editor(partner)
        data = guide_form(body=streamfield([]), **{"action-publish": "Publish"})
        client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
        page.refresh_from_db()
        assert page.latest_revision is not None
        assert not page.live


class TestBeginningAndEnd:
    def test_a_deleted_membership_takes_its_group_along(self, partner):
        user = actors.person(Role.EDITOR, partner)
        add_membership(user=user, role=Role.TRANSLATOR, partner=partner)
        user.memberships.get(role=Role.EDITOR).delete()
        assert groups(user) == {f"{partner.slug}: translator"}

    def test_a_changed_role_changes_the_group(self, partner):
        user = actors.person(Role.EDITOR, partner)
        membership = user.memberships.get()
        membership.role = Role.AUTHOR
        membership.save()
        assert groups(user) == {f"{partner.slug}: author"}

    def test_a_membership_given_to_somebody_else_leaves_the_first(self, partner):
        first, second = actors.person(Role.EDITOR, partner), UserFactory()
        membership = first.memberships.get()
        membership.user = second
        membership.save()
        assert groups(first) == set()
        assert groups(second) == {f"{partner.slug}: editor"}

    def test_groups_made_by_hand_stay(self, partner):
        from django.contrib.auth.models import Group

        user = actors.person(Role.EDITOR, partner)
        user.groups.add(Group.objects.create(name="Choir"))
        user.memberships.all().delete()
        assert groups(user) == {"Choir"}

    def test_an_ended_membership_gives_no_group(self, partner):
        user = actors.person(Role.EDITOR, partner)
        membership = user.memberships.get()
        membership.valid_until = timezone.localdate() - dt.timedelta(days=1)
        membership.save()
        assert groups(user) == set()

    def test_an_account_that_is_switched_off_keeps_no_right(self, partner):
        user = actors.person(Role.EDITOR, partner)
        user.is_active = False
        user.save()
        page = PartnerPage.objects.get(partner=partner)
        assert not page.permissions_for_user(user).can_edit()
        assert actors.signed_in(user).get(reverse("wagtailadmin_home")).status_code == 302

    def test_the_last_day_counts_and_the_day_after_ends_it_by_itself(self, partner):
        page = PartnerPage.objects.get(partner=partner)
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        with time_machine.travel("2026-03-10T12:00:00Z", tick=False):
            user = actors.person(Role.EDITOR, partner)
            membership = user.memberships.get()
            membership.valid_until = dt.date(2026, 3, 11)
            membership.save()
            client = actors.signed_in(user)
            assert client.get(url).status_code == 200
        with time_machine.travel("2026-03-11T23:00:00Z", tick=False):
            assert client.get(url).status_code == 200
        with time_machine.travel("2026-03-12T00:01:00Z", tick=False):
            assert client.get(url).status_code == 302
        assert groups(user) == set()

    def test_a_membership_begins_by_itself(self, partner):
        page = PartnerPage.objects.get(partner=partner)
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        with time_machine.travel("2026-03-10T12:00:00Z", tick=False):
            user = actors.person(Role.TRANSLATOR, PartnerFactory())
            add_membership(user=user, role=Role.EDITOR, partner=partner)
            membership = user.memberships.get(role=Role.EDITOR)
            membership.valid_from = dt.date(2026, 3, 11)
            membership.save()
            client = actors.signed_in(user)
            assert client.get(url).status_code == 302
        with time_machine.travel("2026-03-11T00:01:00Z", tick=False):
            assert client.get(url).status_code == 200

    def test_an_account_can_be_deleted_with_its_memberships(self, partner):
        user = actors.person(Role.EDITOR, partner)
        add_membership(user=user, role=Role.TRANSLATOR, partner=partner)
        user.delete()
        assert not Membership.objects.exists()

    def test_a_partner_can_be_deleted_with_its_memberships(self):
        partner = PartnerFactory()
        user = actors.person(Role.EDITOR, partner)
        partner.delete()
        assert groups(user) == set()


class TestRules:
    def test_hub_admins_have_no_partner_and_others_have_one(self, partner):
        for role, where in [(Role.HUB_ADMIN, partner), (Role.EDITOR, None)]:
            with pytest.raises(ValidationError):
                add_membership(user=UserFactory(), role=role, partner=where)

    def test_the_database_says_so_too(self, partner):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=UserFactory(), role=Role.HUB_ADMIN, partner=partner)

    def test_the_end_does_not_lie_before_the_start(self, partner):
        row = Membership(
            user=UserFactory(),
            partner=partner,
            role=Role.EDITOR,
            valid_from=dt.date(2026, 2, 1),
            valid_until=dt.date(2026, 1, 1),
        )
        with pytest.raises(ValidationError):
            row.full_clean()

    def test_the_same_role_is_given_once(self, partner):
        user = UserFactory()
        for _ in range(2):
            add_membership(user=user, role=Role.EDITOR, partner=partner)
        assert user.memberships.count() == 1

    def test_hub_admins_give_memberships_by_form_and_others_cannot(self, partner):
        user = UserFactory()
        data = {"user": user.pk, "partner": partner.pk, "role": "editor", "languages": ""}
        data |= {"valid_from": "", "valid_until": ""}
        url = reverse("memberships:add")
        assert actors.editor(partner).post(url, data).status_code == 302
        assert not user.memberships.exists()
        actors.hub_admin().post(url, data)
        assert groups(user) == {f"{partner.slug}: editor"}

    def test_every_permission_named_exists(self):
        for codename in ADD_MEDIA | RECORDS:
            assert Permission.objects.filter(codename=codename).exists(), codename
