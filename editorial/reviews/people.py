"""Whom a check is asked of, and who may answer: for many schedules in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from content.languages import parse_languages
from content.models import User
from editorial.models import ReviewSchedule
from partners.models import Membership, Partner, PartnerRole

Role = Membership.Role


class Crew:
    """The people around some schedules, by what they are today."""

    def __init__(self, schedules: Iterable[ReviewSchedule]) -> None:
        rows = list(schedules)
        self._partners = _partners_of(rows)
        partner_ids = {pk for ids in self._partners.values() for pk in ids}
        named = {pk for row in rows for pk in (row.owner_id, row.deputy_id) if pk}
        self._people = User.objects.select_related("wagtail_userprofile").in_bulk(named)
        self._memberships = list(
            Membership.objects.current()
            .filter(
                Q(user_id__in=named)
                | Q(role=Role.HUB_ADMIN)
                | Q(
                    partner_id__in=partner_ids,
                    role__in=[Role.STEWARD, Role.TRANSLATION_REVIEWER],
                )
            )
            .select_related("user__wagtail_userprofile")
            .order_by("pk")
        )
        self._at: dict[int, set[int | None]] = defaultdict(set)
        for row in self._memberships:
            self._at[row.user_id].add(row.partner_id)
        self._named_stewards = {
            partner.pk: partner.steward
            for partner in Partner.objects.filter(
                pk__in=partner_ids, steward__is_active=True
            ).select_related("steward__wagtail_userprofile")
        }

    def owner(self, schedule: ReviewSchedule) -> Any:
        """The owner, as long as the account and a membership at one of the partners last."""
        return self._present(schedule, schedule.owner_id)

    def deputy(self, schedule: ReviewSchedule) -> Any:
        return self._present(schedule, schedule.deputy_id)

    def stewards(self, schedule: ReviewSchedule) -> list[Any]:
        """Stewards of the partner that owns the content."""
        found = [
            row.user
            for row in self._memberships
            if row.role == Role.STEWARD and row.partner_id == schedule.partner_id
        ]
        named = self._named_stewards.get(schedule.partner_id or 0)
        return _each_once([*([named] if named else []), *found])

    def admins(self) -> list[Any]:
        return _each_once(row.user for row in self._memberships if row.role == Role.HUB_ADMIN)

    def reviewers(self, schedule: ReviewSchedule) -> list[Any]:
        """Who reviews translations into the language, at one of the partners."""
        return _each_once(
            row.user
            for row in self._memberships
            if row.role == Role.TRANSLATION_REVIEWER
            and row.partner_id in self._partners[schedule.pk]
            and schedule.locale in codes(row.languages)
        )

    def asked(self, schedule: ReviewSchedule) -> list[Any]:
        """Whom the check is asked of: reviewers of a translation, else the owner."""
        reviewers = self.reviewers(schedule) if schedule.is_translation else []
        owner = self.owner(schedule)
        return reviewers or ([owner] if owner else [])

    def may_answer(self, schedule: ReviewSchedule, user: Any) -> bool:
        """Whether somebody may answer today, whatever mail they hold."""
        if not user.is_active:
            return False
        deputy = self.deputy(schedule)
        people = [
            *self.asked(schedule),
            *([deputy] if deputy else []),
            *self.stewards(schedule),
            *self.admins(),
        ]
        return user.is_superuser or user.pk in {person.pk for person in people}

    def partners(self, schedule: ReviewSchedule) -> set[int]:
        """The partners whose people may look after the content."""
        return self._partners[schedule.pk]

    def _present(self, schedule: ReviewSchedule, user_id: int | None) -> Any:
        user = self._people.get(user_id or 0)
        if user is None or not user.is_active:
            return None
        places = self._at.get(user.pk, set())
        belongs = None in places or places & self._partners[schedule.pk]
        return user if user.is_superuser or belongs else None


def _partners_of(rows: list[ReviewSchedule]) -> dict[int, set[int]]:
    """The owner and the partners named on the page, by schedule."""
    by_page: dict[str, set[int]] = defaultdict(set)
    page_ids = [int(row.object_id) for row in rows if row.page_key]
    roles = PartnerRole.objects.filter(page_id__in=page_ids)
    for page_id, partner_id in roles.values_list("page_id", "partner_id"):
        by_page[str(page_id)].add(partner_id)
    found: dict[int, set[int]] = {}
    for row in rows:
        found[row.pk] = set(by_page[row.object_id]) if row.page_key else set()
        if row.partner_id is not None:
            found[row.pk].add(row.partner_id)
    return found


def codes(languages: str) -> set[str]:
    try:
        return {code.lower() for code in parse_languages(languages)} if languages else set()
    except ValueError:
        return set()


def _each_once(people: Iterable[Any]) -> list[Any]:
    return list({person.pk: person for person in people}.values())
