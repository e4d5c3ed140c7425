"""Closed lists of this app."""

from enum import StrEnum


class Group(StrEnum):
    """What a person may do beyond their own record and their reporting line."""

    HR = "hr"
    AUTHOR = "author"
    ASSESSOR = "assessor"
    AUDITOR = "auditor"
    COUNCIL = "governance-council"
