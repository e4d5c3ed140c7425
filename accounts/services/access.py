"""The record of who looked at whose record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from accounts.enums import ScopeKind
from accounts.models import JobRole, OrgUnit, Person, RecordAccess


@dataclass(frozen=True)
class Scope:
    """Whom a wide look covered: in words, and so that each of them can be shown the look."""

    text: str
    kind: ScopeKind = ScopeKind.OTHER
    uuid: UUID | None = None
    on: date | None = None

    def narrowed(self, by: str) -> "Scope":
        """Return the scope with a filter added to its words; whom it may have covered stays."""
        return replace(self, text=f"{self.text}, {by}" if by else self.text)

    def as_of(self, day: date) -> "Scope":
        """Return the scope as of a day: units and job roles covered who held a position then."""
        return replace(self, text=f"{self.text}, as of {day.isoformat()}", on=day)


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
    look = _look(subject, what, viewer, client)
    if viewer is not None and viewer.pk == subject.pk:
        return None
    look.save()
    return look


def record_wide_look(
    *, scope: Scope, what: str, viewer: Person | None = None, client: str = ""
) -> RecordAccess:
    """Log one look at a matrix, list or export of many people, once, with its scope."""
    look = _look(scope, what, viewer, client)
    look.save()
    return look


def record_looks(seen: Iterable[Person | Scope], *, what: str, viewer: Person) -> None:
    """Log one look each at the people and groups that a page showed together; one query.

    What the page showed twice is logged once, and a look at oneself is not.
    """
    looks = [_look(each, what, viewer, "") for each in dict.fromkeys(seen) if each != viewer]
    RecordAccess.objects.bulk_create(looks)


def _look(seen: Person | Scope, what: str, viewer: Person | None, client: str) -> RecordAccess:
    """A look at one person, who is its subject, or at many, whom its scope describes; not saved."""
    if (viewer is None) == (not client):
        raise TypeError("a look is taken by a person or by an API client")
    look = RecordAccess(actor=viewer, client=client[:120], what=what[:60])
    if isinstance(seen, Person):
        look.subject = seen
    else:
        look.scope, look.scope_kind, look.scope_uuid = seen.text[:255], seen.kind, seen.uuid
        look.scope_on = seen.on
    return look
