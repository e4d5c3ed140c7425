"""Which competencies changed, in an order that a reader can follow without missing any.

    changed at = updated_at, or the beginning of today where the stored row no longer holds

A row falls due at midnight, before the nightly job has stored it; it takes its place there every
day until it is stored. Rows are in the order of (changed at, id). A transaction that began
earlier may commit after a reader has passed its time, on any page of a run. So `resume_at` never
lies less than SETTLE before the run began: rows of that minute and of the run come twice rather
than never. A row gets its `updated_at` when it is written (`save_competencies`), and what writes it
commits within SETTLE.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from skills.models import Competency
from skills.services.reading import StandingRow, current_rows

SETTLE = timedelta(seconds=60)


class Position(NamedTuple):
    """After which change to go on: the moment and the row's id."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Change:
    """A person's standing in a skill as it is now, and when it last changed."""

    person: UUID
    external_id: str | None
    standing: StandingRow
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes. `next_after` is None on the last; `resume_at` is where to poll then.

    `began` is when the first page of the run was read, which the next page wants to know.
    """

    rows: tuple[Change, ...]
    next_after: Position | None
    resume_at: Position
    began: datetime


def competency_changes(after: Position, *, limit: int, began: datetime | None = None) -> Changes:
    """The changes after a position, oldest first; three queries, and one where rows are due.

    `began` is that of the page before, None for the first page of a run.

    Skills that were withdrawn are left out: nobody stands anywhere in them.
    Source: the reading rule of docs/skill-policy.md.
    """
    began = began or timezone.now()
    today = timezone.localdate()
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    # the first condition follows from the second, and lets the index begin there
    late = Q(updated_at__gte=after.at) & (
        Q(updated_at__gt=after.at) | Q(updated_at=after.at, pk__gt=after.id)
    )
    listed = Competency.objects.filter(skill__is_active=True)
    holds = listed.filter(Q(next_change_on__isnull=True) | Q(next_change_on__gt=today))
    stored = holds.filter(late).order_by("updated_at", "pk").values_list("updated_at", "pk")
    found = [Position(*each) for each in stored[: limit + 1]]
    if midnight >= after.at:
        due = listed.due_by(today).order_by("pk").values_list("pk", flat=True)
        if midnight == after.at:
            due = due.filter(pk__gt=after.id)
        found = sorted([*found, *(Position(midnight, pk) for pk in due[: limit + 1])])
    page = found[:limit]
    last = page[-1] if page else after
    resume_at = min(last, Position(began - SETTLE, 0))
    return Changes(_changes(page), last if len(found) > limit else None, resume_at, began)


def _changes(page: list[Position]) -> tuple[Change, ...]:
    rows = Competency.objects.filter(pk__in=[each.id for each in page])
    whose = rows.order_by().values_list(
        "pk", "person_id", "skill_id", "person__uuid", "person__external_id"
    )
    people: dict[int, list[Any]] = {pk: rest for pk, *rest in whose} if page else {}
    standing = current_rows(rows) if page else {}
    return tuple(
        Change(uuid, external_id, standing[person_id, skill_id], position.at)
        for position in page
        if position.id in people  # a row may go between two queries when a person is erased
        for person_id, skill_id, uuid, external_id in (people[position.id],)
    )
