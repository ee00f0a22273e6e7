"""Groups and rights follow from memberships, and from nothing else."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page
from wagtail.test.utils.form_data import streamfield

from content.models import AuditEvent
from content.publication import Road, release
from partners import tasks
from partners.models import Membership, PartnerPage
from partners.offboarding import person_left
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
    tree.section(partner, code="es")
    return partner


def groups(user):
    return set(user.groups.values_list("name", flat=True))


def section_page(partner, code="en"):
    return PartnerPage.objects.get(partner=partner, locale__language_code=code)


def pages_of(names):
    rows = GroupPagePermission.objects.filter(group__name__in=names)
    return {row.page.specific for row in rows}


def events(**wanted):
    return list(AuditEvent.objects.filter(**wanted).order_by("seq"))


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
        french = tree.section(partner, code="fr")
        page = PartnerPage.objects.get(pk=french.get_parent().pk)
        assert page.permissions_for_user(user).can_edit()
        assert page in pages_of(groups(user))

    def test_a_translator_holds_the_sections_of_own_languages_and_of_no_other(self, partner):
        user = actors.person(Role.TRANSLATOR, partner, languages="es, fr")
        assert groups(user) == {f"{partner.slug}: translator: {code}" for code in ("es", "fr")}
        spanish, english = (section_page(partner, code) for code in ("es", "en"))
        assert pages_of(groups(user)) == {spanish}
        assert spanish.permissions_for_user(user).can_edit()
        assert not english.permissions_for_user(user).can_edit()
        french = PartnerPage.objects.get(pk=tree.section(partner, code="fr").get_parent().pk)
        assert pages_of(groups(user)) == {spanish, french}

    def test_what_somebody_put_into_a_group_by_hand_goes_with_the_next_change(self, partner):
        user = actors.person(Role.APPROVER, partner)
        group = user.groups.get()
        page = section_page(partner, "en")
        publish = Permission.objects.get(codename="publish_page")
        GroupPagePermission.objects.create(group=group, page=page, permission=publish)
        GroupCollectionPermission.objects.create(
            group=group,
            collection=collection_of(partner),
            permission=Permission.objects.get(codename="add_image"),
        )
        actors.person(Role.APPROVER, partner)
        assert not group.page_permissions.exists()
        assert not group.collection_permissions.exists()

    def test_a_partner_takes_its_groups_along_to_a_new_name(self, partner):
        user = actors.person(Role.EDITOR, partner)
        collection = collection_of(partner)
        partner.slug = "renamed"
        with release(Road.SETUP):
            partner.save()
        assert groups(user) == {"renamed: editor"}
        assert collection_of(partner) == collection

    def test_groups_go_with_their_partner(self):
        partner = PartnerFactory(slug="short-lived")
        actors.person(Role.EDITOR, partner)
        partner.delete()
        assert not Group.objects.filter(name__startswith="short-lived").exists()

    def test_another_partner_is_not(self, partner):
        user = actors.person(Role.EDITOR, partner)
        other = tree.section()
        assert not other.permissions_for_user(user).can_edit()
        assert not other.permissions_for_user(user).can_add_subpage()
        own = section_page(partner)
        assert own.permissions_for_user(user).can_edit()
        assert not own.permissions_for_user(user).can_publish()

    def test_hub_admins_may_add_everywhere(self, partner):
        user = actors.person(Role.HUB_ADMIN)
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
        add_membership(user=user, role=Role.AUTHOR, partner=partner)
        user.memberships.get(role=Role.EDITOR).delete()
        assert groups(user) == {f"{partner.slug}: author"}

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
        page = section_page(partner)
        assert not page.permissions_for_user(user).can_edit()
        assert actors.signed_in(user).get(reverse("wagtailadmin_home")).status_code == 302

    def test_the_last_day_counts_and_the_day_after_ends_it_by_itself(self, partner):
        page = section_page(partner)
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
        page = section_page(partner)
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

    def test_midnight_ends_it_within_a_session_too(self, partner):
        url = reverse("wagtailadmin_pages:edit", args=[section_page(partner).pk])
        with time_machine.travel("2026-03-11T23:59:00Z", tick=False):
            user = actors.person(Role.EDITOR, partner, valid_until=dt.date(2026, 3, 11))
            client = actors.signed_in(user)
            assert client.get(url).status_code == 200
        with time_machine.travel("2026-03-12T00:00:01Z", tick=False):
            assert client.get(url).status_code == 302

    def test_the_clock_ends_it_for_somebody_who_never_signs_in(self, partner):
        with time_machine.travel("2026-03-10T12:00:00Z", tick=False):
            user = actors.person(Role.EDITOR, partner, valid_until=dt.date(2026, 3, 10))
            late = actors.person(Role.AUTHOR, partner, valid_from=dt.date(2026, 3, 11))
        assert groups(user) == {f"{partner.slug}: editor"}
        assert groups(late) == set()
        with time_machine.travel("2026-03-11T00:02:00Z", tick=False):
            for _ in range(2):
                tasks.end_memberships()
        assert groups(user) == set()
        assert groups(late) == {f"{partner.slug}: author"}
        (event,) = events(kind="membership_ended")
        assert event.partner_id == partner.pk
        assert event.data["person"] == str(user.actor_key)

    def test_a_closed_account_ends_its_session_with_the_next_request(self, partner):
        user = actors.person(Role.EDITOR, partner)
        client = actors.signed_in(user)
        assert client.get(reverse("wagtailadmin_home")).status_code == 200
        user.is_active = False
        user.save()
        assert groups(user) == set()
        assert client.get(reverse("wagtailadmin_home")).status_code == 302
        user.is_active = True
        user.save()
        assert groups(user) == {f"{partner.slug}: editor"}
        # The old session does not come back with the account.
        assert client.get(reverse("wagtailadmin_home")).status_code == 302

    def test_who_is_closed_represents_nobody(self, partner):
        user, other = actors.person(Role.APPROVER, partner), actors.person(Role.APPROVER, partner)
        membership = user.memberships.get()
        membership.delegate_to, membership.delegate_until = other, timezone.localdate()
        membership.save()
        other.is_active = False
        other.save()
        membership.refresh_from_db()
        assert (membership.delegate_to, membership.delegate_until) == (None, None)

    def test_an_account_can_be_deleted_with_its_memberships(self, partner):
        user = actors.person(Role.EDITOR, partner)
        add_membership(user=user, role=Role.AUTHOR, partner=partner)
        user.delete()
        assert not Membership.objects.exists()

    def test_a_partner_can_be_deleted_with_its_memberships(self):
        partner = PartnerFactory()
        user = actors.person(Role.EDITOR, partner)
        partner.delete()
        assert groups(user) == set()


class TestEvidence:
    def test_beginning_change_and_end_are_recorded_once_each(self, partner):
        user = actors.person(Role.EDITOR, partner)
        membership = user.memberships.get()
        membership.save()  # nothing has changed
        membership.role = Role.AUTHOR
        membership.save()
        membership.delete()
        started, changed, ended = events(kind__startswith="membership")
        assert [started.kind, changed.kind, ended.kind] == [
            "membership_started",
            "membership_changed",
            "membership_ended",
        ]
        assert (changed.data["before"]["role"], changed.data["role"]) == ("editor", "author")
        assert user.get_username() not in str([event.data for event in events()])

    def test_an_end_set_in_the_past_is_an_end_and_a_new_one_a_change(self, partner):
        user = actors.person(Role.EDITOR, partner)
        membership = user.memberships.get()
        membership.valid_until = timezone.localdate() - dt.timedelta(days=1)
        membership.save()
        tasks.end_memberships()
        membership.delete()
        kinds = [event.kind for event in events(kind__startswith="membership")]
        assert kinds == ["membership_started", "membership_ended"]

    def test_a_form_names_who_did_it(self, partner):
        chief = actors.person(Role.HUB_ADMIN)
        user = actors.person(Role.EDITOR, partner)
        url = reverse("people:end", args=[user.memberships.get().pk])
        actors.signed_in(chief).post(url)
        assert events(kind="membership_ended")[-1].actor_key == chief.actor_key

    @pytest.mark.parametrize("how", ["closed", "deleted"])
    def test_the_end_of_an_account_is_recorded(self, partner, how):
        user = actors.person(Role.EDITOR, partner)
        if how == "deleted":
            user.delete()
        else:
            user.is_active = False
            user.save()
        (event,) = events(kind="account_ended")
        assert event.data["person"] == str(user.actor_key)

    @pytest.mark.parametrize("how", ["closed", "deleted", "ended", "over"])
    def test_whoever_leaves_is_announced(self, partner, how):
        user = actors.person(Role.EDITOR, partner)
        heard = []

        def hear(sender, user, partner, **kwargs):
            heard.append((user, partner))

        person_left.connect(hear)
        try:
            if how == "deleted":
                user.delete()
            elif how == "closed":
                user.is_active = False
                user.save()
            elif how == "ended":
                user.memberships.get().delete()
            else:
                Membership.objects.update(valid_until=dt.date(2026, 1, 1))
                tasks.end_memberships()
        finally:
            person_left.disconnect(hear)
        assert (user, None if how in {"closed", "deleted"} else partner) in heard

    def test_whoever_has_another_role_here_does_not_leave(self, partner):
        user = actors.person(Role.EDITOR, partner)
        add_membership(user=user, role=Role.AUTHOR, partner=partner)
        heard = []

        def hear(**told):
            heard.append(told)

        person_left.connect(hear)
        try:
            user.memberships.get(role=Role.EDITOR).delete()
        finally:
            person_left.disconnect(hear)
        assert heard == []


class TestRules:
    @pytest.mark.parametrize(
        ("role", "more"),
        [
            (Role.TRANSLATOR, {"languages": ""}),
            (Role.TRANSLATOR, {"languages": "tlh"}),
            (Role.TRANSLATION_REVIEWER, {"languages": "es,,fr"}),
            (Role.EDITOR, {"languages": "es"}),
            (Role.SPECIALIST, {"specialism": ""}),
            (Role.EDITOR, {"specialism": "legal"}),
        ],
    )
    def test_a_role_has_what_it_needs_and_nothing_else(self, partner, role, more):
        with pytest.raises(ValidationError):
            actors.person(role, partner, **more)

    def test_languages_are_kept_in_our_spelling(self, partner):
        user = actors.person(Role.TRANSLATOR, partner, languages="ES , zh-Hans")
        assert user.memberships.get().language_codes == ["es", "zh-hans"]

    def test_one_person_is_specialist_of_two_things_also_of_the_whole_hub(self, partner):
        user = UserFactory()
        for where in (partner, None):
            for specialism in ("legal", "accessibility"):
                add_membership(
                    user=user, role=Role.SPECIALIST, partner=where, specialism=specialism
                )
        assert user.memberships.count() == 4
        assert groups(user) == {f"{partner.slug}: specialist", "hub: specialist"}

    @pytest.mark.parametrize("who", ["themselves", "closed", "without an end"])
    def test_a_delegate_is_another_open_account_until_a_day(self, partner, who):
        user = actors.person(Role.APPROVER, partner)
        row = user.memberships.get()
        row.delegate_to = user if who == "themselves" else UserFactory(is_active=who != "closed")
        row.delegate_until = None if who == "without an end" else timezone.localdate()
        with pytest.raises(ValidationError):
            row.full_clean()

    def test_being_hub_admin_is_asked_once_in_a_request(
        self,
    ):
        client = actors.hub_admin()
        client.get(reverse("system:report"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("system:report"))
        asked = [
            q for q in queries if "partners_membership" in q["sql"] and "hub_admin" in q["sql"]
        ]
        assert len(asked) == 1

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
