"""Knowledge pages, and how they come to be published and stay right."""

from .evidence import ApprovalVote, ChecklistAnswer
from .factcheck import FactCheckRequest, GuestAnswer
from .notifications import Delivery, Notification, NotificationPreference
from .page import KnowledgePage, knowledge_panels
from .reviews import ReviewAnswer, ReviewRung, ReviewSchedule
from .tasks import (
    ApprovalTask,
    Ask,
    AutomatedChecksTask,
    FactCheckTask,
    ReviewState,
    TranslationReviewTask,
)
from .unapproved import Unapproved
from .workflow import (
    Checklist,
    ChecklistItem,
    EmergencyPublication,
    Requirement,
    WorkflowRule,
)

__all__ = [
    "ApprovalTask",
    "ApprovalVote",
    "Ask",
    "AutomatedChecksTask",
    "Checklist",
    "ChecklistAnswer",
    "ChecklistItem",
    "Delivery",
    "EmergencyPublication",
    "FactCheckRequest",
    "FactCheckTask",
    "GuestAnswer",
    "KnowledgePage",
    "Notification",
    "NotificationPreference",
    "Requirement",
    "ReviewAnswer",
    "ReviewRung",
    "ReviewSchedule",
    "ReviewState",
    "TranslationReviewTask",
    "Unapproved",
    "WorkflowRule",
    "knowledge_panels",
]
