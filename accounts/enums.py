"""Closed lists of this app."""

from enum import StrEnum


class Group(StrEnum):
    """What a person may do beyond their own record and their reporting line."""

    HR = "hr"
    AUTHOR = "author"
    ASSESSOR = "assessor"
    AUDITOR = "auditor"
    COUNCIL = "governance-council"


class InvitationState(StrEnum):
    """Where an invitation stands; only an open one lets a person set a password."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class ScopeKind(StrEnum):
    """Whom a look at many people covered."""

    ORGANISATION = "organisation"
    LINE = "line"  # everybody whose reporting line leads to one manager
    REPORTS = "reports"  # the people who report to one manager directly
    UNIT = "unit"  # the people of one unit and of the units below it
    JOB_ROLE = "job_role"  # the people in one job role or in one that inherits from it
    OTHER = "other"  # a choice that only its text describes
