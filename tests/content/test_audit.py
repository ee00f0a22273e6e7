"""The book of what happened: a chain that nobody changes unseen."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import transaction

from content import audit
from content.models import ActorName, AppendOnlyError, AuditEvent, AuditHead
from content.verification import verify
from partners.models import Membership
from tests import actors
from tests.evidence import vote
from tests.factories.content import UserFactory

pytestmark = pytest.mark.django_db


class TestAnEvent:
    def test_names_the_one_before(self):
        first, second = audit.record("one"), audit.record("two", reason="why")
        assert (first.seq, second.seq) == (1, 2)
        assert first.prev_hash == audit.GENESIS
        assert second.prev_hash == first.hash
        stored = AuditEvent.objects.get(seq=2)
        assert stored.data == {"reason": "why"}
        assert audit.hash_of(stored) == stored.hash
        head = AuditHead.objects.get()
        assert (head.seq, head.hash) == (2, second.hash)
        assert audit.is_sealed(head)

    def test_costs_few_queries(self, django_assert_max_num_queries):
        user = UserFactory()
        audit.record("warm", actor=user)
        with django_assert_max_num_queries(4):
            audit.record("approved", actor=user, reason="")

    @pytest.mark.parametrize(
        "value",
        [
            1e22,
            0.1,
            "NUL \0",
            "half \ud83d",
            "😀",
            {2: {"a": (1, 2)}},
            datetime(2026, 1, 1, tzinfo=UTC),
        ],
    )
    def test_has_the_same_hash_when_it_is_read_again(self, value):
        audit.record("odd", value=value)
        assert verify().is_sound

    def test_goes_with_its_transaction(self):
        with suppress(ZeroDivisionError), transaction.atomic():
            audit.record("one")
            raise ZeroDivisionError
        assert audit.record("two").seq == 1
        assert verify().is_sound

    def test_of_a_person_in_its_data_keeps_the_key(self):
        person = UserFactory(first_name="Ana", last_name="Diaz")
        event = audit.record("voted", on_behalf_of=person)
        assert event.data == {"on_behalf_of": str(person.actor_key)}
        assert audit.name_of(person.actor_key) == "Ana Diaz"


class TestNames:
    def test_name_and_organisation_are_those_of_the_first_act(self):
        person = actors.person(Membership.Role.HUB_ADMIN)
        audit.record("one", actor=person)
        person.first_name = "Other"
        person.save()
        audit.record("two", actor=person)
        assert audit.name_of(person.actor_key) == person.username

    def test_a_blanked_name_stays_blank_and_hurts_no_evidence(self):
        person, admin = UserFactory(), UserFactory()
        audit.record("one", actor=person)
        audit.blank_name(person.actor_key, by=admin)
        audit.record("two", actor=person)
        assert audit.name_of(person.actor_key) == ""
        assert ActorName.objects.get(actor_key=person.actor_key).organisation == ""
        assert [event.kind for event in AuditEvent.objects.order_by("seq")] == [
            "one", "name_blanked", "two",
        ]  # fmt: skip
        assert verify().is_sound

    def test_names_outlive_accounts(self):
        person = UserFactory(first_name="Ana")
        audit.record("one", actor=person)
        key = person.actor_key
        person.delete()
        assert audit.name_of(key) == "Ana"
        assert verify().is_sound

    def test_nobody_has_no_name(self):
        assert audit.name_of(None) == ""


class TestThroughDjango:
    """What a developer could call by mistake."""

    def test_rows_are_not_changed_or_deleted(self):
        row = vote(1)
        rows = type(row).objects
        row.comment = "Other"
        attempts = [
            row.save,
            row.delete,
            rows.all().delete,
            lambda: rows.update(comment="x"),
            lambda: rows.all()._raw_delete("default"),
            lambda: rows.bulk_update([row], ["comment"]),
            lambda: rows.update_or_create(pk=row.pk, defaults={"comment": "x"}),
            lambda: rows.bulk_create([row], ignore_conflicts=True),
            lambda: rows.bulk_create(
                [row], update_conflicts=True, update_fields=["comment"], unique_fields=["id"]
            ),
            lambda: row.save_base(raw=True),
        ]
        for attempt in attempts:
            with pytest.raises(AppendOnlyError), transaction.atomic():
                attempt()
        assert verify().is_sound

    def test_a_copy_with_the_same_key_replaces_nothing(self):
        from django.db import IntegrityError

        row = vote(1)
        copy = type(row)(
            **{field.attname: getattr(row, field.attname) for field in row._meta.fields}
        )
        copy.comment = "Other"
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()
        assert verify().is_sound


class TestTheSeal:
    def test_a_replaced_key_among_the_fallbacks_breaks_nothing(self, settings):
        audit.record("one")
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"
        assert verify().is_sound
        audit.record("two")
        settings.SECRET_KEY_FALLBACKS = []
        assert verify().is_sound

    def test_a_broken_seal_is_not_healed_by_the_next_event(self):
        audit.record("one")
        audit.record("two")
        AuditHead.objects.update(seal="0" * 64)
        assert not verify().is_sound
        audit.record("three")
        found = verify()
        assert [damage.key for damage in found.damages] == ["3"]
        assert "seal" in found.damages[0].what

    def test_somebody_accepts_it_with_a_reason(self, settings):
        admin = actors.person(Membership.Role.HUB_ADMIN)
        audit.record("one")
        settings.SECRET_KEY = "another"
        assert not verify().is_sound
        audit.accept_seal("The key was replaced.", by=admin)
        assert verify().is_sound
        accepted = AuditEvent.objects.get(kind=audit.SEAL_ACCEPTED)
        assert accepted.actor_key == admin.actor_key
