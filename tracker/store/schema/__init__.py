"""Every table, one module a subject. Columns only: what they mean is decided elsewhere."""

from tracker.store.schema.alerting import (
    Alert,
    AlertEvent,
    Digest,
    OutboxAttempt,
    OutboxMessage,
    Receipt,
)
from tracker.store.schema.api import ApiAnswer, ApiToken
from tracker.store.schema.asking import AccountRequest, ExportRequest
from tracker.store.schema.base import Base, is_id, new_id, owner_of, purpose_of
from tracker.store.schema.cases import (
    EVERYBODY,
    Case,
    CaseCount,
    Consent,
    ConsularAction,
    Enquirer,
    FamilyMessage,
    Note,
    Share,
)
from tracker.store.schema.imports import ImportedRow
from tracker.store.schema.inbound import Inbound
from tracker.store.schema.keeping import (
    AuditHead,
    AuditRow,
    DataKeyRow,
    Draft,
    DraftPicture,
    Flag,
    Pulse,
    TokenBucket,
    WebSession,
)
from tracker.store.schema.merging import Merge, PossibleSame
from tracker.store.schema.people import (
    ConsularPost,
    ContactPoint,
    OpenPgpKey,
    Passkey,
    Person,
    PersonRole,
    PostMember,
    RecoveryCode,
    SignInLink,
)
from tracker.store.schema.policies import PolicyRow, PolicyVersion
from tracker.store.schema.record import Attachment, ContactReport, PersonName, Statement
from tracker.store.schema.views import SavedView

__all__ = [
    "EVERYBODY",
    "AccountRequest",
    "Alert",
    "AlertEvent",
    "ApiAnswer",
    "ApiToken",
    "Attachment",
    "AuditHead",
    "AuditRow",
    "Base",
    "Case",
    "CaseCount",
    "Consent",
    "ConsularAction",
    "ConsularPost",
    "ContactPoint",
    "ContactReport",
    "DataKeyRow",
    "Digest",
    "Draft",
    "DraftPicture",
    "Enquirer",
    "ExportRequest",
    "FamilyMessage",
    "Flag",
    "ImportedRow",
    "Inbound",
    "Merge",
    "Note",
    "OpenPgpKey",
    "OutboxAttempt",
    "OutboxMessage",
    "Passkey",
    "Person",
    "PersonName",
    "PersonRole",
    "PolicyRow",
    "PolicyVersion",
    "PossibleSame",
    "PostMember",
    "Pulse",
    "Receipt",
    "RecoveryCode",
    "SavedView",
    "Share",
    "SignInLink",
    "Statement",
    "TokenBucket",
    "WebSession",
    "is_id",
    "new_id",
    "owner_of",
    "purpose_of",
]
