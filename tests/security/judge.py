"""Says, without the code under test, whether what has happened was allowed.

It reads votes, events, memberships and rows, and knows the rules of the default workflows by itself.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import permutations

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.models import Page, Revision

from content.hashing import content_hash
from content.models import AuditEvent
from editorial.models import ApprovalVote, EmergencyPublication
from guides.models import GuidePage
from hub.models import InfoPage
from lessons.models import CaseStudyPage
from partners.models import Membership, Partner, Service

MODELS = (CaseStudyPage, GuidePage, InfoPage, Service)
OUTCOMES = ("published", "taken_down")


class BrokenRuleError(AssertionError):
    """Something was let through."""


def require(fact, *words):
    if not fact:
        raise BrokenRuleError(" ".join(map(str, words)))


def key_of(obj):
    return (obj._meta.label_lower, str(obj.pk))


def find(key):
    model = {model._meta.label_lower: model for model in MODELS}.get(key[0])
    return model.objects.filter(pk=key[1]).first() if model else None


def words_of(obj):
    """What a text says, as far as the machine writes in it; no hash, which is under test too."""
    rows = getattr(obj, "partner_roles", None)
    roles = sorted((row.partner_id, row.role) for row in rows.all()) if rows is not None else []
    names = ("title", "summary", "email", "slug")
    return [*(str(getattr(obj, name, "")) for name in names), str(getattr(obj, "body", "")), roles]


@dataclass(frozen=True)
class Seat:
    """Whose agreement a step needs: one person of a role at one of these partners."""

    role: str
    partners: frozenset
    specialism: str = ""
    language: str = ""
    by_sector: bool = False


def memberships(user):
    """Rows in force today, of an open account; by the dates alone."""
    today = timezone.localdate()
    if not user.is_active:
        return []
    return [
        row
        for row in Membership.objects.filter(user_id=user.pk)
        if (row.valid_from is None or row.valid_from <= today)
        and (row.valid_until is None or row.valid_until >= today)
    ]


def is_admin(user):
    return user.is_active and (
        user.is_superuser or any(row.role == "hub_admin" for row in memberships(user))
    )


def fits(user, seat):
    if is_admin(user) and not seat.by_sector:
        return True
    return any(
        row.role == seat.role
        and (row.partner_id in seat.partners)
        and (not seat.specialism or row.specialism == seat.specialism)
        and (not seat.language or seat.language in row.languages.replace(" ", "").split(","))
        for row in memberships(user)
    )


def partners_of(versions):
    """Owners and co-authors of these versions: owners first."""
    ids = []
    for version in versions:
        owner = getattr(version, "owner_partner_id", None)
        if owner is None:
            continue
        named = getattr(version, "partner_roles", None)
        rows = list(named.all()) if named is not None else []
        found = [owner, *(row.partner_id for row in rows if row.role == "co_author")]
        ids += [pk for pk in found if pk not in ids]
    return ids


def steps_of(draft, live):
    """Steps with their seats, as the document of the workflow says."""
    partners = partners_of([version for version in (draft, live) if version is not None])
    kinds = dict(Partner.objects.filter(pk__in=partners).values_list("pk", "kind"))
    sides = {
        kind: frozenset(pk for pk in partners if kinds[pk] == kind)
        for kind in ("government", "civil_society")
    }
    owner = frozenset(partners[:1])
    each = [Seat("approver", frozenset([pk])) for pk in partners]
    locale = getattr(draft, "locale", None)
    if isinstance(draft, CaseStudyPage) and locale.language_code != "en":
        code = locale.language_code
        return [[Seat("translation_reviewer", frozenset([pk]), language=code) for pk in partners]]
    if not partners:
        return [[Seat("hub_admin", frozenset())]]
    if all(sides.values()):
        close = Seat("approver", owner)
        return [[close], [Seat("approver", side, by_sector=True) for side in sides.values()]]
    if isinstance(draft, GuidePage) and draft.change_kind != "minor":
        experts = [Seat("specialist", owner, name) for name in ("plain_language", "accessibility")]
        return [[*each, *experts]]
    return [each]


class Judge:
    """Looks at the hub after each act."""

    def __init__(self, watched):
        self.writers = defaultdict(list)
        self.requester = {}
        self.creator = {}
        for obj, user in watched:
            self.creator[key_of(obj)] = user.pk
            self.writers[key_of(obj)].append((obj.latest_revision_id, user.pk))
        self.first_event = self.last_event = _last(AuditEvent, "seq")
        self.first_vote = self.last_vote = _last(ApprovalVote, "pk")
        self.seats = {}
        self.words = {}
        self.review_from = {}
        self.good = defaultdict(set)
        self.approved = defaultdict(set)
        self.rows = _rows()
        for row in self.rows.values():
            row["hash"] = content_hash(row["object"])
        self.people = {row.actor_key: row for row in get_user_model().objects.all()}

    def wrote(self, obj, user, revision):
        """Somebody has saved a version; kept apart from Wagtail's own records."""
        self.writers[key_of(obj)].append((revision.pk, user.pk))
        self.creator.setdefault(key_of(obj), getattr(obj, "owner_id", None) or user.pk)

    def contributors(self, key):
        people = {user for _revision, user in self.writers[key]}
        return people | {self.requester.get(key), self.creator.get(key)}

    # -- after each act --------------------------------------------------------------------------

    def look(self):
        for vote in ApprovalVote.objects.filter(pk__gt=self.last_vote).order_by("pk"):
            self._vote(vote)
            self.last_vote = vote.pk
        events = list(AuditEvent.objects.filter(seq__gt=self.last_event).order_by("seq"))
        for event in events:
            self._event(event)
            self.last_event = event.seq
        self._transitions(events)

    def _vote(self, vote):
        key = (vote.object_type, vote.object_id)
        judges = [self.people[vote.actor_key]]
        if vote.on_behalf_of:
            judges.append(self.people[vote.on_behalf_of])
            today = timezone.localdate()
            require(
                any(
                    row.delegate_to_id == judges[0].pk and row.delegate_until >= today
                    for row in memberships(judges[1])
                ),
                "voted for somebody who is not represented:",
                vote.pk,
            )
        for user in judges:
            require(
                user.pk not in self.contributors(key), f"{user} judged own work {key} ({vote.pk})"
            )
        require(judges[0].is_active, "a closed account voted")
        draft = Revision.objects.get(pk=vote.revision_id).as_object()
        live = self.rows.get(key, {}).get("object")
        seats = {seat for step in steps_of(draft, live) for seat in step}
        self.words[vote.pk] = words_of(draft)
        self.seats[vote.pk] = {seat for seat in seats if fits(judges[-1], seat)}
        require(self.seats[vote.pk], f"{judges[-1]} had no seat in {key}")

    def _event(self, event):
        key = (event.object_type, event.object_id)
        check = getattr(self, f"_{event.kind}", None)
        if check is not None:
            check(event, key)

    def _submitted(self, event, key):
        self.requester[key] = getattr(self.people.get(event.actor_key), "pk", None)
        self.review_from[key] = self._votes_before(event)

    def _votes_before(self, event):
        votes = ApprovalVote.objects.filter(at__lt=event.at)
        return max([self.first_vote, *votes.values_list("pk", flat=True)])

    def _approved(self, event, key):
        draft = Revision.objects.get(pk=event.revision_id).as_object()
        require(content_hash(draft) == event.content_hash, "another text was approved", key)
        votes = ApprovalVote.objects.filter(
            object_type=key[0],
            object_id=key[1],
            content_hash=event.content_hash,
            decision="approve",
            pk__gt=self.review_from.get(key, self.first_vote),
            at__lte=event.at,
        )
        by_step, said = defaultdict(list), words_of(draft)
        for vote in votes:
            require(self.words[vote.pk] == said, "agreed to other words", key)
            by_step[vote.task_state_id].append(vote)
        steps = steps_of(draft, self.rows.get(key, {}).get("object"))
        met = any(
            all(
                self._is_met(step, by_step[state])
                for step, state in zip(steps, states, strict=True)
            )
            for states in permutations(by_step, len(steps))
        )
        require(met, f"{key} was approved without those who had to agree: {steps}")
        self.approved[key].add((event.revision_id, event.content_hash))

    def _is_met(self, step, votes):
        """Whether different people fill all seats of a step."""
        if len(votes) < len(step):
            return False
        return any(
            len({vote.actor_key for vote in chosen}) == len(step)
            and all(seat in self.seats[vote.pk] for seat, vote in zip(step, chosen, strict=True))
            for chosen in permutations(votes, len(step))
        )

    def _scheduled(self, event, key):
        require((event.revision_id, event.content_hash) in self.approved[key], "planned", key)

    def _published(self, event, key):
        if key[0] not in {model._meta.label_lower for model in MODELS}:
            return  # sections of an import
        said = (event.revision_id, event.content_hash)
        road, actor = event.data.get("road"), self.people.get(event.actor_key)
        if road in {"approval", "schedule"}:
            require(said in self.approved[key], f"{key} went live by {road} without approval")
        if road == "schedule":
            day = Revision.objects.get(pk=event.revision_id).content.get("go_live_at")
            require(day and parse_datetime(day) <= timezone.now(), "too early:", key)
        if road == "emergency":
            self._urgent(event, key, actor)
            return
        if road == "import":
            require(actor is not None and is_admin(actor), "imported by", actor)
            require(event.data.get("reason"), "imported without a reason")
        require(road in {"approval", "schedule", "import"}, f"{key} went live by {road}")
        self._settled(event, key)

    def _urgent(self, event, key, actor):
        if event.data.get("reverted"):
            require(event.content_hash in self.good[key], "brought back what nobody approved", key)
            return
        draft = Revision.objects.get(pk=event.revision_id).as_object()
        partners = set(partners_of([draft, self.rows.get(key, {}).get("object")]) or [None])
        may = is_admin(actor) or any(
            row.may_start_emergency and row.partner_id in partners for row in memberships(actor)
        )
        require(may, f"{actor} published urgently")
        require(len(event.data.get("reason", "")) >= 20, "urgent without a reason")
        require(
            EmergencyPublication.objects.filter(
                object_id=key[1], revision_id=event.revision_id, content_hash=event.content_hash
            ).exists(),
            "urgent without its row",
        )

    def _emergency_ratified(self, event, key):
        require((event.revision_id, event.content_hash) in self.approved[key], "ratified", key)
        self._settled(event, key)

    def _settled(self, event, key):
        """What was written up to this version is judged; only later writing counts from here on."""
        self.good[key].add(event.content_hash)
        self.creator[key] = None
        rows = self.writers[key]
        self.writers[key] = [row for row in rows if row[0] > (event.revision_id or 0)]

    def _taken_down(self, event, key):
        actor, road = self.people.get(event.actor_key), event.data.get("road")
        if road == "expiry":
            before = self.rows[key]["object"]
            require(before.expire_at <= timezone.now(), "ended too early", key)
        elif "emergency" not in event.data:
            owner = set(partners_of([self.rows[key]["object"]])[:1])
            may = is_admin(actor) or any(
                row.role in {"approver", "steward"} and row.partner_id in owner
                for row in memberships(actor)
            )
            require(may, f"{actor} took down {key}")
            require(len(event.data.get("reason", "")) >= 10, "taken down without a reason")

    def _transitions(self, events):
        """Readers see what the last event says, and nothing else."""
        rows = _rows()
        latest = {}
        for event in events:
            if event.kind in OUTCOMES:
                latest[(event.object_type, event.object_id)] = event
        for key in self.rows.keys() - rows.keys():
            require(
                key in latest and latest[key].kind == "taken_down", f"{key} vanished unrecorded"
            )
        for key, row in rows.items():
            before = self.rows.get(key)
            if before is not None and before["values"] == row["values"] and key not in latest:
                row["hash"] = before["hash"]
                continue
            said = row["hash"] = content_hash(row["object"])
            if key in latest:
                event = latest[key]
                require(event.kind == "published", f"{key} is live after it was taken down")
                require(event.content_hash == said, f"{key} shows another text than its event says")
                revision = Revision.objects.filter(pk=event.revision_id).first()
                require(
                    revision is None or words_of(revision.as_object()) == words_of(row["object"]),
                    f"{key} shows other words than its version",
                )
            else:
                require(
                    before is not None and before["hash"] == said, f"{key} changed without an event"
                )
        self.rows = rows

    # -- at the end -------------------------------------------------------------------------------

    def roads(self):
        """By which roads that is live now which was not when the sequence began."""
        found = set()
        for key in self.rows:
            event = (
                AuditEvent.objects.filter(
                    object_type=key[0], object_id=key[1], kind="published", seq__gt=self.first_event
                )
                .order_by("-seq")
                .first()
            )
            if event is not None:
                found.add(event.data["road"])
        return found


def _last(model, field):
    return model.objects.order_by(f"-{field}").values_list(field, flat=True).first() or 0


def _rows():
    """All that readers see of the kinds under test: object, columns, and rows below."""
    found = {}
    for model in MODELS:
        for obj in model.objects.filter(live=True):
            values = {field.attname: getattr(obj, field.attname) for field in obj._meta.fields}
            values = {name: str(value) for name, value in values.items()}
            if isinstance(obj, Page) and hasattr(obj, "partner_roles"):
                values["roles"] = sorted(obj.partner_roles.values_list("partner_id", "role"))
            found[key_of(obj)] = {"object": obj, "values": values, "hash": ""}
    return found
