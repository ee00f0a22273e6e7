"""Random sequences of everything that people do to content, in random order and by random people."""

from collections import Counter
from datetime import timedelta

import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from wagtail.models import Page, Revision

from content import scheduling
from content.jobs import registry
from content.verification import verify
from editorial.factcheck.services import LinkEndedError
from editorial.models import FactCheckTask
from editorial.queries.reviewers import eligible_reviewers
from editorial.services.emergency import escalate_late
from partners.models import Membership
from tests.security import acts
from tests.security.judge import Judge
from tests.security.world import PEOPLE, SUBJECTS

GOALS = ("approval", "approval", "approval", "schedule", "schedule", "emergency", "import", "none")
TITLES = ("One", "Two", "Three", "Four")
REASON = "The river is over its banks."
# One sequence in so many acts by form posts.
POSTS_EACH = 10

names = st.sampled_from(sorted(PEOPLE))
writers = st.sampled_from(["author", "editor", "writing approver", "their editor", "translator"])
deciders = st.sampled_from(
    [
        "approver", "second", "writing approver", "plain", "accessibility", "reviewer",
        "their approver", "of both", "delegate", "admin", "other admin",
    ]
)  # fmt: skip
titles = st.sampled_from(TITLES)


class Counts(Counter):
    """What became of the sequences of this process."""


class Hub(RuleBasedStateMachine):
    """One sequence. ``world`` is made once; what a sequence does is taken back."""

    world = None
    counts = Counts()
    # Whether people act by real form posts; the test says so, for one sequence in ``POSTS_EACH``.
    by_posts = False

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.clock = time_machine.travel(timezone.now(), tick=True)
        self.clock.start()
        type(self).counts["begun"] += 1
        self.imports = 0
        self.failed = False
        self.did = 0
        self.obj = None

    @initialize(
        subject=st.sampled_from(SUBJECTS),
        goal=st.sampled_from(GOALS),
        past=st.lists(st.sampled_from(acts.WAYS), min_size=1, max_size=2, unique=True),
    )
    def begin(self, subject, goal, past):
        world = self.world
        self.past = past
        self.acts = acts.Forms() if self.by_posts else acts.Services()
        subject = "lesson" if self.by_posts and subject != "joint" else subject
        self.subject, self.goal = subject, goal
        self.obj = acts.fresh(world.subjects[subject])
        self.judge = Judge(
            [
                (acts.fresh(obj), world.people[world.written_by[name]])
                for name, obj in world.subjects.items()
            ]
        )
        self.users = {
            name: type(user).objects.get(pk=user.pk) for name, user in world.people.items()
        }

    # -- acting ----------------------------------------------------------------------------------

    def try_to(self, what, *args, **kwargs):
        """Do something that may be refused; anything else that it raises is a failure."""
        self.did += 1
        try:
            with transaction.atomic():
                return what(*args, **kwargs)
        except (PermissionDenied, ValidationError, LinkEndedError):
            type(self).counts["refused"] += 1
            return None
        except BaseException:
            self.failed = True
            raise

    def after(self):
        try:
            self.judge.look()
        except BaseException:
            self.failed = True
            raise

    def write(self, name, values, **more):
        revision = self.try_to(self.acts.edit, self.obj, self.users[name], values, **more)
        if revision is not None:
            self.judge.wrote(self.obj, self.users[name], revision)
        return revision

    def text(self, title):
        return {"title": title} if isinstance(self.obj, Page) else {"email": f"{title}@example.org"}

    @property
    def author(self):
        return {"info": "admin", "service": "editor", "translation": "translator"}.get(
            self.subject, "author"
        )

    # -- what brings it forward ------------------------------------------------------------------

    @rule()
    def forward(self):
        self._forward()
        self.after()

    @rule()
    def forward_again(self):
        self._forward()
        self.after()

    @rule(title=titles)
    def forward_twice(self, title):
        self._forward()
        self.after()
        self._forward()
        self.after()

    def _forward(self):
        obj = acts.fresh(self.obj)
        if self.goal == "import" and not self.imports:
            return self._import("admin", "One", publish=True)
        if self.goal == "emergency" and not obj.live:
            name = "other admin" if self.subject == "info" else "starter"
            return self.try_to(self.acts.emergency, obj, self.users[name], REASON)
        if obj.scheduled_revision is not None:
            return self._pass(4)
        state = obj.current_workflow_task_state
        running = obj.current_workflow_state
        if running is not None and running.status == "in_progress" and state is not None:
            return self._agree(state.specific)
        if obj.live and not obj.has_unpublished_changes:
            return self.write(self.author, {**self.text("Two"), **self._note()})
        if running is not None:
            self.write(self.author, self.text("Four"))
        if self.goal == "schedule" and isinstance(obj, Page) and not obj.live:
            self.write(self.author, {"go_live_at": timezone.now() + timedelta(days=3)})
        return self.try_to(self.acts.submit, obj, self.users[self.author])

    def _note(self):
        return {"change_note": "Other words."} if hasattr(self.obj, "change_note") else {}

    def _agree(self, state):
        if isinstance(state.task.specific, FactCheckTask):
            self.try_to(acts.check_facts, self.obj, self.users["lawyer"])
        people = list(eligible_reviewers(state).order_by("pk"))
        if people:
            person = people[self.did % len(people)]
            self.try_to(self.acts.vote, self.obj, person, "approve")

    # -- what people do --------------------------------------------------------------------------

    @rule(name=writers, title=titles)
    def edit(self, name, title):
        self.write(name, {**self.text(title), **self._note()})
        self.after()

    @rule(name=writers, title=titles)
    def autosave(self, name, title):
        """The editor writes over the version that it wrote before."""
        self.write(name, self.text(title), overwrite=True)
        self.after()

    @rule(name=writers)
    def save_without_change(self, name):
        self.write(name, {})
        self.after()

    @rule(name=writers, kind=st.sampled_from(["minor", "major", "critical"]))
    def call_it(self, name, kind):
        if hasattr(self.obj, "change_kind"):
            self.write(name, {"change_kind": kind})
        self.after()

    @rule(name=writers, partners=st.sampled_from([(), ("union",), ("bank",), ("union", "bank")]))
    def name_partners(self, name, partners):
        if hasattr(self.obj, "partner_roles"):
            self.write(name, {"partner_roles": acts.roles_of(self.world, partners)})
        self.after()

    @rule(name=writers, days=st.integers(-2, 5), end=st.booleans())
    def plan(self, name, days, end):
        if isinstance(self.obj, Page):
            field = "expire_at" if end else "go_live_at"
            self.write(name, {field: timezone.now() + timedelta(days=days)})
        self.after()

    @rule(name=writers, place=st.integers(0, 5))
    def bring_back(self, name, place):
        revisions = Revision.objects.for_instance(self.obj).order_by("pk")
        revision = revisions[min(place, revisions.count() - 1)]
        user = self.users[name]
        found = self.try_to(self.acts.bring_back, self.obj, user, revision)
        if found is not None:
            self.judge.wrote(self.obj, user, found)
        self.after()

    @rule(name=names)
    def submit(self, name):
        self.try_to(self.acts.submit, self.obj, self.users[name])
        self.after()

    @rule(name=names, reason=st.sampled_from(["", "The fee changes."]))
    def take_back(self, name, reason):
        self.try_to(self.acts.cancel, self.obj, self.users[name], reason)
        self.after()

    @rule(name=deciders)
    def approve(self, name):
        self.try_to(self.acts.vote, self.obj, self.users[name], "approve")
        self.after()

    @rule(name=names)
    def approve_as_another(self, name):
        self.try_to(self.acts.vote, self.obj, self.users[name], "approve", "Fine.")
        self.after()

    @rule(name=names, comment=st.sampled_from(["", "Say where."]))
    def reject(self, name, comment):
        self.try_to(self.acts.vote, self.obj, self.users[name], "reject", comment)
        self.after()

    @rule(name=names)
    def claim(self, name):
        state = acts.fresh(self.obj).current_workflow_task_state
        if state is not None:
            self.try_to(acts.claim, state.pk, self.users[name])
        self.after()

    @rule(name=names, locked=st.booleans())
    def lock(self, name, locked):
        obj = acts.fresh(self.obj)
        obj.locked, obj.locked_by = locked, self.users[name] if locked else None
        self.try_to(obj.save, update_fields=["locked", "locked_by"])
        self.after()

    @rule(name=names, reason=st.sampled_from([REASON, "soon"]))
    def emergency(self, name, reason):
        self.try_to(self.acts.emergency, self.obj, self.users[name], reason)
        self.after()

    @rule(name=names, reason=st.sampled_from(["It has ended for good.", "no"]))
    def take_down(self, name, reason):
        self.try_to(self.acts.take_down, self.obj, self.users[name], reason)
        self.after()

    @rule(way=st.sampled_from(acts.WAYS), name=names)
    def go_past_everybody(self, way, name):
        self._go_past(way, name)

    @rule(ways=st.lists(st.sampled_from(acts.WAYS), min_size=2, max_size=4, unique=True))
    def go_past_in_many_ways(self, ways):
        for way in ways:
            self._go_past(way, "superuser")

    def _go_past(self, way, name):
        before = set(self.judge.rows)
        self.try_to(way, acts.fresh(self.obj), self.users[name])
        self.after()
        assert set(self.judge.rows) == before, way.__name__
        type(self).counts["ways past tried"] += 1

    @rule(name=st.sampled_from(["admin", "editor"]), title=titles, publish=st.booleans())
    def bring_in(self, name, title, publish):
        self._import(name, title, publish=publish)
        self.after()

    def _import(self, name, title, *, publish):
        from exchange.services import NotAllowedError

        self.imports += 1
        try:
            with transaction.atomic():
                acts.import_lesson(self.users[name], 1, title, publish=publish)
        except NotAllowedError:
            type(self).counts["refused"] += 1

    @rule(name=writers)
    def translate(self, name):
        from wagtail.models import Locale

        if isinstance(self.obj, Page):
            locale, obj = Locale.objects.get(language_code="fr"), acts.fresh(self.obj)
            if not obj.has_translation(locale):
                self.try_to(obj.copy_for_translation, locale, copy_parents=True)
        self.after()

    @rule(name=writers)
    def copy(self, name):
        if isinstance(self.obj, Page):
            slug = {"slug": f"{self.obj.slug}-copy"}
            user = self.users[name]
            self.try_to(acts.fresh(self.obj).copy, update_attrs=slug, keep_live=False, user=user)
        self.after()

    @rule(name=st.sampled_from(["admin", "editor"]))
    def move(self, name):
        obj = acts.fresh(self.obj)
        if isinstance(obj, Page):
            parent = obj.get_parent()
            self.try_to(obj.move, parent, pos="first-child", user=self.users[name])
        self.after()

    @rule(name=names)
    def leave(self, name):
        self.leave_now(name)
        self.after()

    def leave_now(self, name):
        day = timezone.localdate() - timedelta(days=1)
        Membership.objects.filter(user=self.users[name]).update(valid_until=day)

    @rule(name=deciders)
    def decide_after_leaving(self, name):
        """With the review open in a tab. Some have another membership that lasts."""
        self.leave_now(name)
        self.try_to(self.acts.vote, self.obj, self.users[name], "approve")
        self.after()

    @rule(name=names)
    def come_back(self, name):
        Membership.objects.filter(user=self.users[name]).update(valid_until=None)
        self.after()

    @rule(name=names, delegate=names)
    def delegate(self, name, delegate):
        if name != delegate:
            Membership.objects.filter(user=self.users[name]).update(
                delegate_to=self.users[delegate],
                delegate_until=timezone.localdate() + timedelta(days=2),
            )
        self.after()

    @rule(days=st.sampled_from([1, 4, 20]))
    def time_passes(self, days):
        self._pass(days)
        self.after()

    def _pass(self, days):
        self.clock.stop()
        self.clock = time_machine.travel(timezone.now() + timedelta(days=days), tick=True)
        self.clock.start()
        scheduling.enqueue_due()
        escalate_late()
        _run("content.go_live", "content.expire")

    # -- the end ---------------------------------------------------------------------------------

    def teardown(self):
        try:
            if self.obj is not None and not self.failed:
                self._close()
        finally:
            self.clock.stop()
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _close(self):
        for way in self.past:
            self._go_past(way, "superuser")
        found = verify()
        assert found.is_sound, found.damages
        roads = self.judge.roads()
        counts = type(self).counts
        counts["sequences"] += 1
        counts["acts"] += self.did
        counts["by posts"] += self.by_posts
        counts["live"] += bool(roads)
        counts.update(roads)


def _run(*kinds):
    """Run the waiting jobs of these kinds; others are none of this."""
    from content.models import Job

    for job in Job.objects.filter(kind__in=kinds, state=Job.State.WAITING):
        handler = registry.get(job.kind)
        try:
            with transaction.atomic():
                handler.call(**job.payload)
        except Exception as error:
            from content.jobs.errors import PermanentError

            if not isinstance(error, PermanentError):
                raise
        job.delete()
