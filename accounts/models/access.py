"""Invitations, and the record of who looked at whose record."""

import uuid as uuid_lib
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, moment: datetime) -> Self:
        return self.filter(
            accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=moment
        )


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

    class Meta:
        verbose_name_plural = "record accesses"
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=("subject", "-at"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__isnull=False) | ~Q(scope=""), name="record_access_says_whom"
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor or self.client}: {self.what}"
