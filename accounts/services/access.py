"""The record of who looked at whose record."""

from dataclasses import dataclass
from uuid import UUID

from accounts.enums import ScopeKind
from accounts.models import JobRole, OrgUnit, Person, RecordAccess


@dataclass(frozen=True)
class Scope:
    """Whom a wide look covered: in words, and so that each of them can be shown the look."""

    text: str
    kind: ScopeKind = ScopeKind.OTHER
    uuid: UUID | None = None

    def narrowed(self, by: str) -> "Scope":
        """Return the scope with a filter added to its words; whom it may have covered stays."""
        return Scope(f"{self.text}, {by}" if by else self.text, self.kind, self.uuid)


WHOLE_ORGANISATION = Scope("the whole organisation", ScopeKind.ORGANISATION)


def line_scope(manager: Person) -> Scope:
    """Return the scope of everybody whose reporting line leads to the manager."""
    return Scope(f"the whole line of {manager}", ScopeKind.LINE, manager.uuid)


def reports_scope(manager: Person) -> Scope:
    """Return the scope of the people who report to the manager directly."""
    return Scope(f"the direct reports of {manager}", ScopeKind.REPORTS, manager.uuid)


def unit_scope(unit: OrgUnit) -> Scope:
    """Return the scope of the people of a unit and of the units below it."""
    return Scope(f"the unit {unit}", ScopeKind.UNIT, unit.uuid)


def job_role_scope(job_role: JobRole) -> Scope:
    """Return the scope of the people in a job role or in one that inherits from it."""
    return Scope(f"the job role {job_role}", ScopeKind.JOB_ROLE, job_role.uuid)


def record_look(
    *, subject: Person, what: str, viewer: Person | None = None, client: str = ""
) -> RecordAccess | None:
    """Log one look of a person, or of an API client by its name, at another person's record.

    `what` says which page or data, in words for the person looked at ("Profile"). A look at
    oneself is not logged and returns None.
    """
    _check_looker(viewer, client)
    if viewer is not None and viewer.pk == subject.pk:
        return None
    return RecordAccess.objects.create(
        actor=viewer, client=client[:120], subject=subject, what=what[:60]
    )


def record_wide_look(
    *, scope: Scope, what: str, viewer: Person | None = None, client: str = ""
) -> RecordAccess:
    """Log one look at a matrix, list or export of many people, once, with its scope."""
    _check_looker(viewer, client)
    return RecordAccess.objects.create(
        actor=viewer,
        client=client[:120],
        what=what[:60],
        scope=scope.text[:255],
        scope_kind=scope.kind,
        scope_uuid=scope.uuid,
    )


def _check_looker(viewer: Person | None, client: str) -> None:
    if (viewer is None) == (not client):
        raise TypeError("a look is taken by a person or by an API client")
