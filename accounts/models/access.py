"""Invitations, and the record of who looked at whose record."""

import uuid as uuid_lib
from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Q

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
    def covering(self, person: Person, *, day: date) -> Self:
        """Looks by others at this person, or at many of whom the person is one.

        Whether a look at a line or a unit covered the person is judged by where the person
        stands on `day`.
        """
        *above, _ = person.line_ids
        managers = Person.objects.filter(pk__in=above).values("uuid")
        boss = Person.objects.filter(pk=person.manager_id).values("uuid")
        places = Position.objects.current_on(day).filter(person=person).select_related("unit")
        trails = unit_trails(place.unit for place in places)
        units = {unit.uuid for trail in trails.values() for unit in trail}
        wide = (
            Q(scope_kind=ScopeKind.ORGANISATION)
            | Q(scope_kind=ScopeKind.LINE, scope_uuid__in=managers)
            | Q(scope_kind=ScopeKind.REPORTS, scope_uuid__in=boss)
            | Q(scope_kind=ScopeKind.UNIT, scope_uuid__in=units)
        )
        seen = self.filter(Q(subject=person) | Q(subject__isnull=True) & wide)
        return seen.exclude(actor=person)

    def since(self, moment: datetime) -> Self:
        return self.filter(at__gte=moment)


class RecordAccess(models.Model):
    """One look at another person's record, or at a matrix or export of many.

    A look at one person names the person; a look at many has no subject and says its scope.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        "accounts.Person", models.SET_NULL, null=True, related_name="looks_taken"
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
        null=True, blank=True, help_text="the manager or the unit that was looked at"
    )

    objects = RecordAccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "record accesses"
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=("subject", "-at")),
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
