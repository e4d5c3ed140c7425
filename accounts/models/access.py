"""Invitations, and the record of who looked at whose record."""

import uuid as uuid_lib
from datetime import date, datetime, time, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.domain.roles import ROLE_CHAIN
from accounts.enums import InvitationState, ScopeKind
from accounts.models.organisation import Position, unit_trails
from accounts.models.people import Person


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, moment: datetime) -> Self:
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=moment)


class Invitation(models.Model):
    """A single-use link with which a person sets their first password.

    The link carries a signature over this row's uuid, so the database alone cannot sign anybody in.
    """

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, related_name="invitations_made"
    )
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"Invitation of {self.person}"

    def state_at(self, moment: datetime) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.OPEN if moment < self.expires_at else InvitationState.EXPIRED


class RecordAccessQuerySet(models.QuerySet["RecordAccess"]):
    def taken_by(self, actor: Person | None, *, client: str, since: datetime) -> Self:
        return self.filter(actor=actor, client=client, at__gt=since)

    def covering(self, person: Person, *, since: datetime) -> Self:
        """Looks by others at this person, or at many of whom the person was one.

        Whether a look at many covered the person is judged by where the person stood at the moment
        of the look: on the reporting line by its periods, in units and job roles by positions, to
        the day; for a look at units or job roles as of another day, by the positions on that day.
        How units and job roles lie above each other is judged as it is today. Four queries find
        out, however often the person moved.
        """
        everybody = Q(scope_kind=ScopeKind.ORGANISATION, at__gte=person.date_joined)
        wide = everybody | _at_lines_of(person, since) | _at_places_of(person, since)
        seen = self.filter(Q(subject=person) | Q(subject__isnull=True) & wide, at__gte=since)
        return seen.exclude(actor=person)


def _at_lines_of(person: Person, since: datetime) -> Q:
    """Looks at a line in which the person stood, or at the reports of who was their manager."""
    periods = list(person.line_periods.since(since))
    above = {pk for period in periods for pk in period.above_ids}
    uuids = dict(Person.objects.filter(pk__in=above).values_list("pk", "uuid"))
    found = Q(pk__in=())
    for period in periods:
        managers = [uuids.get(pk) for pk in period.above_ids]
        line = Q(scope_kind=ScopeKind.LINE, scope_uuid__in=managers)
        reports = Q(scope_kind=ScopeKind.REPORTS, scope_uuid__in=managers[-1:])
        found |= (line | reports) & _between(period.starts_at, period.ends_at)
    return found


def _at_places_of(person: Person, since: datetime) -> Q:
    """Looks at a unit or a job role in which the person held a position on that day."""
    first, today = timezone.localdate(since), timezone.localdate()
    places = Position.objects.filter(person=person)
    held = list(places.select_related("unit", ROLE_CHAIN[-1].removesuffix("_id")))
    trails = unit_trails(place.unit for place in held)
    found = Q(pk__in=())
    for place in held:
        units = [unit.uuid for unit in trails[place.unit_id]]
        roles = [role.uuid for role in place.job_role.lineage]
        unit = Q(scope_kind=ScopeKind.UNIT, scope_uuid__in=units)
        job_role = Q(scope_kind=ScopeKind.JOB_ROLE, scope_uuid__in=roles)
        start = _midnight(place.starts_on) if place.starts_on > first else since
        gone = place.ends_on is not None and place.ends_on < today
        end = _midnight(place.ends_on + timedelta(days=1)) if place.ends_on and gone else None
        on_day = Q(scope_on__gte=place.starts_on)
        if place.ends_on is not None:
            on_day &= Q(scope_on__lte=place.ends_on)
        found |= (unit | job_role) & (Q(scope_on__isnull=True) & _between(start, end) | on_day)
    return found


def _between(start: datetime, end: datetime | None) -> Q:
    return Q(at__gte=start) if end is None else Q(at__gte=start, at__lt=end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


class RecordAccess(models.Model):
    """One look at another person's record, or at a matrix or export of many.

    A look at one person names the person; a look at many has no subject and says its scope.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        "accounts.Person",
        models.SET_NULL,
        null=True,
        related_name="looks_taken",
        db_index=False,  # the first column of an index below
    )
    client = models.CharField("API client", max_length=120, blank=True)
    subject = models.ForeignKey(
        "accounts.Person", models.CASCADE, null=True, related_name="looks_received"
    )
    what = models.CharField(max_length=60)
    scope = models.CharField(max_length=255, blank=True)
    scope_kind = models.CharField(
        max_length=20, blank=True, choices=[(kind.value, kind.value) for kind in ScopeKind]
    )
    scope_uuid = models.UUIDField(
        null=True, blank=True, help_text="the manager, unit or job role that was looked at"
    )
    scope_on = models.DateField(
        null=True, blank=True, help_text="the day as of which it was looked at; none: that day"
    )

    objects = RecordAccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "record accesses"
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=("subject", "-at")),
            models.Index(fields=("actor", "client", "-at"), name="record_access_by_viewer"),
            models.Index(
                fields=("scope_kind", "scope_uuid", "-at"),
                name="record_access_wide",
                condition=Q(subject__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__isnull=False) | ~Q(scope=""), name="record_access_says_whom"
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor or self.client}: {self.what}"
