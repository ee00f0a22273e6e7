"""Content that reaches readers through one door only."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from wagtail.actions.unpublish import UnpublishAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, Revision

from content import publication
from content.hashing import STATE, content_hash, revision_hash


class Gated(models.Model):
    """Stands before ``Page`` or ``DraftStateMixin`` in the bases of everything with drafts.

    Not the buttons but the writes are guarded: ``publish()``, ``unpublish()`` and a ``save()`` that
    would show readers something new. Whoever holds which permission makes no difference.
    """

    # Of ``Page`` and ``DraftStateMixin``, which stand behind.
    live: Any
    latest_revision: Any

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save. What readers see changes only inside a release.

        Raises:
            PublicationRefused: the row would become public, a public row would say something else,
                or readers would lose it.
        """
        if self._state.adding and getattr(self, "alias_of_id", None):
            raise publication.PublicationRefused(
                _("An alias would show content that nobody approved there. Make a copy instead.")
            )
        names = kwargs.get("update_fields")
        news, gone = self._is_news(names), self._is_gone(names)
        if news and not publication.is_recorded_act():
            publication.refuse()
        if gone:
            publication.require_down()
        if not (news or gone):
            return super().save(*args, **kwargs)
        with transaction.atomic():
            result = super().save(*args, **kwargs)
            publication.note_live(self) if news else publication.note_down(self)
        return result

    def publish(
        self,
        revision: Revision,
        user: Any = None,
        changed: bool = True,
        log_action: Any = True,
        previous_revision: Revision | None = None,
        skip_permission_checks: bool = False,
    ) -> None:
        """Publish or schedule a revision that the open release names.

        Raises:
            PublicationRefused: no release is open, or it is for other content.
        """
        said = revision_hash(revision)
        publication.require(revision.pk, said)
        with transaction.atomic(), publication.publishing(self):
            super().publish(  # type: ignore[misc]
                revision,
                user=user,
                changed=changed,
                log_action=log_action,
                previous_revision=previous_revision,
                # Who may publish is nobody's right; the release is what counts.
                skip_permission_checks=True,
            )
            publication.note_published(self, revision, said)

    def unpublish(
        self,
        set_expired: bool = False,
        commit: bool = True,
        user: Any = None,
        log_action: Any = True,
    ) -> None:
        """Take down what is live.

        Raises:
            PublicationRefused: no release that takes down is open.
        """
        publication.require_down()
        was_live = self.live
        action = UnpublishPageAction if isinstance(self, Page) else UnpublishAction
        with transaction.atomic(), publication.publishing(self):
            # Asks nobody for a permission: the release is what counts.
            action(
                self, set_expired=set_expired, commit=commit, user=user, log_action=log_action
            ).execute(skip_permission_checks=True)
            if was_live:
                publication.note_down(self)

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Save a draft. A revision that somebody has judged or that readers see is never overwritten."""
        from content.registry import answer

        with transaction.atomic():
            lock(self)
            overwritten = kwargs.get("overwrite_revision")
            if overwritten is not None and answer("is_evidence", self, overwritten):
                kwargs["overwrite_revision"] = None
            before = self.latest_revision
            revision = super().save_revision(*args, **kwargs)  # type: ignore[misc]
            answer("revision_saved", self, before, revision)
        return revision

    def get_workflow(self) -> Any:
        """The workflow that this content goes through, by its kind, partners and situation."""
        from content.registry import answer

        return answer("workflow_of", self)

    def _is_news(self, names: Any) -> bool:
        """Whether this save would show readers something that no publication shows them."""
        if not self.live or publication.is_publishing(self) or _only_state(names):
            return False
        stored = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        return stored is None or not stored.live or content_hash(stored) != content_hash(self)

    def _is_gone(self, names: Any) -> bool:
        """Whether this save would take from readers what nobody takes down."""
        if self.live or not self.pk or publication.is_publishing(self) or _only_state(names):
            return False
        return bool(type(self).objects.filter(pk=self.pk, live=True).exists())


def _only_state(names: Any) -> bool:
    """Whether a save writes none of the columns that readers see."""
    return names is not None and set(names) <= STATE - {"live"}


def lock(obj: Any) -> None:
    """Make whoever saves, judges or publishes an object wait for the end of this transaction."""
    model = Page if isinstance(obj, Page) else type(obj)
    if obj.pk is not None:
        list(model.objects.select_for_update().filter(pk=obj.pk).values_list("pk"))
