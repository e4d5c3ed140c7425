"""Appointments and exceptions that concern one person, and what an API client may write."""

import uuid as uuid_lib
from datetime import date
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from skills.models.framework import Domain, EvidenceKind, Skill


class AppointmentQuerySet(models.QuerySet["AssessorAppointment"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class AssessorAppointment(models.Model):
    """A trained (or founding) assessor of one domain, up to a level, from a day to a day."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="assessor_appointments"
    )
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="assessor_appointments")
    highest_level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    is_founding = models.BooleanField("founding assessor", default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=255)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="appointments_made"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ("person", "domain", "starts_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_start",
                violation_error_message="An appointment cannot end before it begins.",
            ),
            models.CheckConstraint(
                condition=Q(highest_level__gte=1, highest_level__lte=4),
                name="appointment_in_scale",
                violation_error_message="The highest level must be 1 to 4.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.domain} to level {self.highest_level}"


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Exemption(models.Model):
    """One requirement that does not bind one person for a time (both days included)."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exemptions")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="exemptions")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=255)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="exemptions_approved"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        ordering = ("person", "skill", "starts_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="exemption_ends_after_start",
                violation_error_message="An exemption cannot end before it begins.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.skill} until {self.ends_on}"


class ClientKindGrant(models.Model):
    """An evidence kind that an API client may record."""

    client = models.ForeignKey(
        "oauth2_provider.Application", models.CASCADE, related_name="kind_grants"
    )
    kind = models.ForeignKey(EvidenceKind, models.PROTECT, related_name="client_grants")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("client", "kind"), name="grant_once_per_client")
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.kind}"
