"""Who owns content, and the records of facts that pages show."""

from .drafts import DraftPartner
from .invitation import Invitation
from .membership import Membership
from .pages import NoticeConcern, NoticePage, PartnerContent, PartnerPage, PartnerRole
from .partner import Partner, PartnerPhone, PartnerText, PartnerTheme
from .place import (
    Jurisdiction,
    JurisdictionLabel,
    Location,
    LocationPhone,
    LocationSchedule,
    LocationText,
    ServiceAtLocation,
)
from .records import Record, RecordText
from .service import (
    Channel,
    Contact,
    ContactPhone,
    ContactText,
    CostOption,
    Deadline,
    RequiredDocument,
    Service,
    ServicePhone,
    ServiceSchedule,
    ServiceText,
    ServiceUrl,
)

__all__ = [
    "Channel",
    "Contact",
    "ContactPhone",
    "ContactText",
    "CostOption",
    "Deadline",
    "DraftPartner",
    "Invitation",
    "Jurisdiction",
    "JurisdictionLabel",
    "Location",
    "LocationPhone",
    "LocationSchedule",
    "LocationText",
    "Membership",
    "NoticeConcern",
    "NoticePage",
    "Partner",
    "PartnerContent",
    "PartnerPage",
    "PartnerPhone",
    "PartnerRole",
    "PartnerText",
    "PartnerTheme",
    "Record",
    "RecordText",
    "RequiredDocument",
    "Service",
    "ServiceAtLocation",
    "ServicePhone",
    "ServiceSchedule",
    "ServiceText",
    "ServiceUrl",
]
