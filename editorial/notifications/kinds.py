"""What people can be told of: in which words, and when if they have not said otherwise."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from editorial.models import Delivery


@dataclass(frozen=True)
class Kind:
    """One kind of news.

    Args:
        label: in the settings of a person.
        sentence: what has happened, in mails and lists.
        is_fixed: cannot be changed or switched off.
        is_about_step: pointless once the step is decided.
        is_public: told to people who see only what readers see, once it is published.
        gather_minutes: how long a mail waits for more of the same, as of somebody who goes on writing.
    """

    name: str
    label: Any
    sentence: Any
    default: Delivery
    is_fixed: bool = False
    is_about_step: bool = False
    is_public: bool = False
    gather_minutes: int = 0


_ALL = [
    Kind(
        "step_opened",
        _("Something waits for my review"),
        _("Waits for your review."),
        Delivery.IMMEDIATE,
        is_about_step=True,
    ),
    Kind(
        "content_changed",
        _("Something that I review has been changed"),
        _("Was changed during review. Votes on the earlier text no longer count."),
        Delivery.IMMEDIATE,
        is_about_step=True,
        gather_minutes=5,
    ),
    Kind(
        "rejected",
        _("Changes to my work are requested"),
        _("Comes back to you: a reviewer asks for changes."),
        Delivery.IMMEDIATE,
    ),
    Kind(
        "approved",
        _("My work is approved"),
        _("Has been approved."),
        Delivery.IMMEDIATE,
        is_public=True,
    ),
    Kind(
        "called_off",
        _("The planned publication of my work is called off"),
        _("Will not go live as planned: the publication was called off."),
        Delivery.IMMEDIATE,
    ),
    Kind(
        "published",
        _("My work is published"),
        _("Is published."),
        Delivery.IMMEDIATE,
        is_public=True,
    ),
    Kind(
        "commented",
        _("Comments on pages that I follow"),
        _("Has new or changed comments."),
        Delivery.DAILY,
        gather_minutes=5,
    ),
    Kind(
        "due_soon",
        _("A review of mine is due soon"),
        _("Your review is due soon."),
        Delivery.DAILY,
        is_about_step=True,
    ),
    Kind(
        "overdue",
        _("A review of mine is overdue"),
        _("Your review is overdue."),
        Delivery.DAILY,
        is_about_step=True,
    ),
    Kind(
        "escalated",
        _("A review is stuck and comes to me"),
        _("The review is stuck. Please see that somebody decides."),
        Delivery.DAILY,
        is_about_step=True,
    ),
    Kind(
        "emergency_published",
        _("Something was published urgently, before its approval"),
        _("Was published urgently. The approval still has to follow."),
        Delivery.IMMEDIATE,
        is_fixed=True,
        is_public=True,
    ),
    Kind(
        "emergency_ratified",
        _("An urgent publication was approved afterwards"),
        _("Was published urgently and is approved now."),
        Delivery.IMMEDIATE,
        is_fixed=True,
        is_public=True,
    ),
    Kind(
        "emergency_late",
        _("An urgent publication is still not approved"),
        _("Was published urgently and is still not approved."),
        Delivery.IMMEDIATE,
        is_fixed=True,
        is_public=True,
    ),
    Kind(
        "guest_answered",
        _("A guest has answered my questions"),
        _("A guest has answered your questions."),
        Delivery.DAILY,
    ),
    Kind(
        "review_due",
        _("Content that I look after is due for a check"),
        _("Is due for a check: is it still correct?"),
        Delivery.DAILY,
        is_public=True,
    ),
    Kind(
        "review_escalated",
        _("Content that nobody has checked comes to me"),
        _("Its check is overdue, and nobody has answered."),
        Delivery.DAILY,
        is_public=True,
    ),
    Kind(
        "invitation_accepted",
        _("Somebody has accepted my invitation"),
        _("Your invitation was accepted."),
        Delivery.DAILY,
    ),
]
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
