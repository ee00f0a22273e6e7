"""The floor: what every app builds on."""

from .base import BasePage, BasePageTag
from .evidence import ActorName, AppendOnly, AppendOnlyError, AuditEvent, AuditHead
from .facts import PageAudience, PageFacts, PageTopic
from .gated import Gated
from .jobs import Dependency, Job, Milestone, OutgoingMail, Runner
from .labels import LocaleText, LocalisedLabel
from .media import HubDocument, HubImage, HubRendition
from .shared import SharedText, SharedTextBody
from .topics import Audience, AudienceLabel, Topic, TopicLabel
from .users import User

__all__ = [
    "ActorName",
    "AppendOnly",
    "AppendOnlyError",
    "Audience",
    "AudienceLabel",
    "AuditEvent",
    "AuditHead",
    "BasePage",
    "BasePageTag",
    "Dependency",
    "Gated",
    "HubDocument",
    "HubImage",
    "HubRendition",
    "Job",
    "LocaleText",
    "LocalisedLabel",
    "Milestone",
    "OutgoingMail",
    "PageAudience",
    "PageFacts",
    "PageTopic",
    "Runner",
    "SharedText",
    "SharedTextBody",
    "Topic",
    "TopicLabel",
    "User",
]
