"""Who: people, the reporting line, the tree of units, job roles and positions."""

from accounts.models.access import Invitation, RecordAccess
from accounts.models.organisation import JobRole, OrgUnit, Position
from accounts.models.people import Identity, Person

__all__ = [
    "Identity",
    "Invitation",
    "JobRole",
    "OrgUnit",
    "Person",
    "Position",
    "RecordAccess",
]
