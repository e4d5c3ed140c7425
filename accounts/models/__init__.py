"""Who: people, the reporting line, the tree of units, job roles and positions."""

from accounts.models.access import Invitation, RecordAccess
from accounts.models.clients import ApiClient, EndedClient
from accounts.models.organisation import JobRole, OrgUnit, Position, unit_trails
from accounts.models.people import Identity, LinePeriod, Person

__all__ = [
    "ApiClient",
    "EndedClient",
    "Identity",
    "Invitation",
    "JobRole",
    "LinePeriod",
    "OrgUnit",
    "Person",
    "Position",
    "RecordAccess",
    "unit_trails",
]
