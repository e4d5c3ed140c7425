"""The record of who looked at whose record.

People read it, each about themselves. So it says which page, and of whom; never what was typed into
a search, which would tell everybody for whom somebody looked.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.utils import timezone

from accounts.enums import ScopeKind
from accounts.models import JobRole, LinePeriod, OrgUnit, Person, RecordAccess

SAME_LOOK = timedelta(minutes=10)
"""Whoever sees the same people on the same page again within this time took one look."""


@dataclass(frozen=True)
class Scope:
    """Whom a wide look covered: in words, and so that each of them can be shown the look."""

    text: str
    kind: ScopeKind = ScopeKind.OTHER
    uuid: UUID | None = None
    on: date | None = None

    def narrowed(self, by: str) -> "Scope":
        """Return the scope with the name of a filter added; whom it may have covered stays."""
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
) -> None:
    """Log one look at a matrix, list or export of many people, with its scope.

    Seen again within SAME_LOOK it is the same look, as in `record_looks`.
    """
    record_looks([scope], what=what, viewer=viewer, client=client)


def record_looks(
    seen: Iterable[Person | Scope], *, what: str, viewer: Person | None = None, client: str = ""
) -> None:
    """Log one look each at the people and groups that a page showed together; two queries.

    What the page showed twice is logged once, and a look at oneself is not. Nor is one at whom the
    same viewer saw on the same page within SAME_LOOK: turning pages, another order and loading
    again are one look.
    """
    looks = [_look(each, what, viewer, client) for each in dict.fromkeys(seen) if each != viewer]
    known = _seen_just_now(looks)
    RecordAccess.objects.bulk_create(look for look in looks if _whom(look) not in known)


def _seen_just_now(looks: Sequence[RecordAccess]) -> set[Hashable]:
    """Whom the viewer of these looks saw on their page just now.

    A look at many is shown to who belonged to them at its moment, so an earlier one stands for this
    only if nobody can have come to belong to them since: nobody's reporting line has begun or
    moved, and no day has begun, for positions are held by the day.
    """
    if not looks:
        return set()
    now = timezone.localtime()
    since = max(now - SAME_LOOK, now.replace(hour=0, minute=0, second=0, microsecond=0))
    taken = _looks_taken().taken_by(looks[0].actor, client=looks[0].client, since=since)
    return {
        subject or tuple(group)
        for subject, *group, at, last_move in taken.filter(what=looks[0].what)
        if subject or last_move is None or at > last_move
    }


@cache
def _looks_taken() -> Any:
    """All looks as values, to be filtered; kept, since building it costs more than running it.

    Each is whom it was at, as `_whom` says it, when it was, and when a reporting line last moved.
    """
    last_move = LinePeriod.objects.order_by("-starts_at").values("starts_at")[:1]
    looks = RecordAccess.objects.order_by().annotate(last_move=Subquery(last_move))
    group = ("scope", "scope_kind", "scope_uuid", "scope_on")
    return looks.values_list("subject_id", *group, "at", "last_move")


def _whom(look: RecordAccess) -> Hashable:
    group = (look.scope, look.scope_kind, look.scope_uuid, look.scope_on)
    return look.subject_id or group


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
