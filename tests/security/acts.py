"""What people do in the state machine: through the services behind every road, or by form posts."""

import tempfile
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Locale, Page
from wagtail.permissions import policy_registry

from content.hashing import revision_hash
from editorial.factcheck import services as factcheck
from editorial.services.emergency import publish_urgently
from editorial.services.submission import cancel, submit
from editorial.services.takedown import take_down
from editorial.services.votes import claim, vote
from exchange.roads import Options
from exchange.services import run_import
from partners.models import PartnerRole
from partners.standing import forget_standing
from tests.editorial.test_review_rules import form

YES = ("yes", "")
ITEMS = ("who-what-when", "words", "sentences", "pictures", "structure", "media")
ANSWERS = dict.fromkeys(ITEMS, YES)
DOCUMENT = """---
id: {id}
title: {title}
kind: lesson
collection: small
language: en
partner: {{name: city, type: government, jurisdiction: US}}
format: markdown
licence: CC0-1.0
source: {{repo: small/repo, path: x.md}}
---
{body}
"""


def fresh(obj):
    return type(obj).objects.get(pk=obj.pk)


def may_write(obj, user):
    """What the editor asks before it takes a form."""
    forget_standing(user)
    if isinstance(obj, Page):
        may = obj.permissions_for_user(user).can_edit()
    else:
        policy = policy_registry.get(obj)
        may = policy.user_has_permission_for_instance(user, "change", obj)
    lock = obj.get_lock()
    if not may or (lock is not None and lock.for_user(user)):
        raise PermissionDenied("not theirs to write in")


class Services:
    """The services behind the forms."""

    def edit(self, obj, user, values, *, overwrite=False):
        obj = fresh(obj)
        may_write(obj, user)
        draft = obj.get_latest_revision_as_object()
        for name, value in values.items():
            setattr(draft, name, value)
        return draft.save_revision(
            user=user,
            log_action=True,
            clean=False,
            overwrite_revision=obj.latest_revision if overwrite else None,
        )

    def bring_back(self, obj, user, revision):
        """Wagtail's "review this version" puts an old text into a new draft."""
        may_write(fresh(obj), user)
        return revision.as_object().save_revision(
            user=user, log_action=True, clean=False, previous_revision=revision
        )

    def submit(self, obj, user):
        submit(obj, user)

    def cancel(self, obj, user, reason):
        cancel(fresh(obj), user, reason)

    def vote(self, obj, user, decision, comment=""):
        state = fresh(obj).current_workflow_task_state
        if state is None:
            raise PermissionDenied("nothing is asked")
        state.task.specific  # noqa: B018  as the screen does
        vote(state.pk, user, decision, comment=comment, answers=ANSWERS)

    def emergency(self, obj, user, reason):
        publish_urgently(obj, user, reason)

    def take_down(self, obj, user, reason):
        take_down(obj, user, reason)


class Forms(Services):
    """The same by posts to the admin; lessons only, whose forms are small."""

    def __init__(self):
        self.clients = {}

    def post(self, user, url, data):
        if user.pk not in self.clients:
            self.clients[user.pk] = Client()
            self.clients[user.pk].force_login(user)
        response = self.clients[user.pk].post(url, data)
        if response.status_code >= 500:
            raise AssertionError(f"{url}: {response.status_code}")
        return response

    def desk(self, name, obj, user, data):
        app, model = obj._meta.label_lower.split(".")
        self.post(user, reverse(f"desk:{name}", args=[app, model, obj.pk]), data)

    def edit(self, obj, user, values, *, overwrite=False, **buttons):
        obj = fresh(obj)
        before = obj.latest_revision_id
        draft = obj.get_latest_revision_as_object()
        for name, value in values.items():
            setattr(draft, name, value)
        data = form(draft)
        for name in ("go_live_at", "expire_at"):
            moment = getattr(draft, name)
            data[name] = moment.strftime("%Y-%m-%d %H:%M") if moment else ""
        for number, row in enumerate(draft.partner_roles.all()):
            data |= {
                f"partner_roles-{number}-partner": row.partner_id,
                f"partner_roles-{number}-role": row.role,
                f"partner_roles-{number}-ORDER": number + 1,
                "partner_roles-TOTAL_FORMS": number + 1,
            }
        if overwrite:
            data["overwrite_revision_id"] = str(before)
        self.post(user, reverse("wagtailadmin_pages:edit", args=[obj.pk]), data | buttons)
        after = fresh(obj).latest_revision
        if after.pk == before and not overwrite:
            raise PermissionDenied("the editor did not take it")
        return after

    def submit(self, obj, user):
        self.desk("submit", obj, user, {"note": ""})

    def cancel(self, obj, user, reason):
        self.desk("cancel", obj, user, {"reason": reason})

    def vote(self, obj, user, decision, comment=""):
        state = fresh(obj).current_workflow_task_state
        if state is None:
            raise PermissionDenied("nothing is asked")
        data = {"act": decision, "seen_hash": state.specific.content_hash, "comment": comment}
        self.post(user, reverse("desk:review", args=[state.pk]), data)

    def emergency(self, obj, user, reason):
        self.desk("emergency", obj, user, {"reason": reason, "until": ""})

    def take_down(self, obj, user, reason):
        self.desk("take_down", obj, user, {"reason": reason})


def check_facts(obj, lawyer):
    """Somebody answers the fact check; that closes nothing."""
    obj = fresh(obj)
    said = factcheck.Said("correct")
    factcheck.answer_as_specialist(obj, lawyer, said, revision_hash(obj.get_latest_revision()))


def import_lesson(admin, number, title, *, publish, reason="Agreed in May"):
    """One document by the command's own service; return nothing, as the command does."""
    options = Options(publish=publish, reason=reason)
    options.approved_by = admin if publish else None
    options.submitted_by = None if publish else admin
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"lesson-{number}.md"
        text = DOCUMENT.format(id=f"lesson-{number}", title=title, body=f"{title} words.")
        path.write_text(text, encoding="utf-8")
        return run_import(Path(folder), options=options)


# Ways past the approval: each has to be refused.


def by_model(obj, user):
    obj.latest_revision.publish(user=user)


def by_model_without_asking(obj, user):
    obj.latest_revision.publish(user=user, skip_permission_checks=True)


def by_action(obj, user):
    kind = PublishPageRevisionAction if isinstance(obj, Page) else PublishRevisionAction
    kind(obj.latest_revision, user=user).execute(skip_permission_checks=True)


def by_saving(obj, user):
    draft = obj.get_latest_revision_as_object()
    draft.live = True
    draft.save()


def by_editing_the_row(obj, user):
    obj.live = True
    if isinstance(obj, Page):
        obj.title = "Past everybody"
    else:
        obj.email = "past@example.org"
    obj.save()


def by_the_plain_page(obj, user):
    if not isinstance(obj, Page):
        raise PermissionDenied
    plain = Page.objects.get(pk=obj.pk)
    plain.live, plain.title = True, "Past everybody"
    plain.save()


def by_a_live_copy(obj, user):
    if not isinstance(obj, Page):
        raise PermissionDenied
    obj.copy(update_attrs={"slug": f"{obj.slug}-copy"}, keep_live=True, user=user)


def by_an_alias(obj, user):
    if not isinstance(obj, Page):
        raise PermissionDenied
    obj.create_alias(update_slug=f"{obj.slug}-alias", user=user)


def by_an_alias_in_another_language(obj, user):
    locale = Locale.objects.get(language_code="vi")
    if not isinstance(obj, Page) or obj.has_translation(locale):
        raise PermissionDenied
    obj.copy_for_translation(locale, copy_parents=True, alias=True)


def down_by_model(obj, user):
    obj.unpublish(user=user)


def down_by_action(obj, user):
    kind = UnpublishPageAction if isinstance(obj, Page) else UnpublishAction
    kind(obj, user=None).execute(skip_permission_checks=True)


def down_by_the_plain_page(obj, user):
    if not isinstance(obj, Page):
        raise PermissionDenied
    Page.objects.get(pk=obj.pk).unpublish()


def down_by_saving(obj, user):
    obj.live = False
    obj.save()


def by_the_old_command(obj, user):
    from django.core.management import call_command

    call_command("publish_scheduled", verbosity=0)


WAYS = [
    by_model, by_model_without_asking, by_action, by_saving, by_editing_the_row, by_the_plain_page,
    by_a_live_copy, by_an_alias, by_an_alias_in_another_language, down_by_model, down_by_action,
    down_by_the_plain_page, down_by_saving, by_the_old_command,
]  # fmt: skip


def roles_of(world, names):
    """Rows of co-authors for a draft."""
    return [
        PartnerRole(partner=world.partners[name], role=PartnerRole.Role.CO_AUTHOR) for name in names
    ]


__all__ = ["claim"]
