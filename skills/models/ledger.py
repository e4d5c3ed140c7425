"""The evidence ledger: rows are added, never changed and never deleted.

Model, QuerySet, bulk calls and admin refuse it here; on PostgreSQL a trigger refuses it too.
"""

import uuid as uuid_lib
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from skills.enums import AiCondition
from skills.exceptions import LedgerIsAppendOnly
from skills.models.framework import EvidenceKind, PolicyVersion, Skill


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A QuerySet that adds and reads; every call that changes or deletes is refused."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(self.model.__name__)

    def delete(self) -> NoReturn:
        raise LedgerIsAppendOnly(self.model.__name__)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(self.model.__name__)

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(self.model.__name__)

    def bulk_create(
        self,
        objs: Any,
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> list[Any]:
        if update_conflicts:
            raise LedgerIsAppendOnly(self.model.__name__)
        return super().bulk_create(objs, batch_size, ignore_conflicts, **kwargs)

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise LedgerIsAppendOnly(self.model.__name__)


class AppendOnlyModel(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding or kwargs.get("force_update"):
            raise LedgerIsAppendOnly(type(self).__name__)
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(type(self).__name__)


class Evidence(AppendOnlyModel):
    """One row of the ledger (docs/skill-policy.md, "Evidence")."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="evidence")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="evidence")
    kind = models.ForeignKey(EvidenceKind, models.PROTECT, related_name="evidence")
    level = models.PositiveSmallIntegerField("demonstrated level")
    top_level = models.PositiveSmallIntegerField(default=4)
    observed_on = models.DateField()
    source = models.JSONField(help_text="sorted members person:<uuid>, bank:<slug>, issuer:<slug>")
    ai_condition = models.CharField(
        max_length=10, choices=[(c.value, c.value) for c in AiCondition], blank=True
    )
    expires_on = models.DateField(null=True, blank=True)
    ceiling = models.PositiveSmallIntegerField(null=True, blank=True)
    ceiling_reason = models.CharField(max_length=255, blank=True)
    routine = models.BooleanField(default=True)
    effect_beyond_team = models.BooleanField(default=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="accepted"
    )
    detail = models.JSONField(
        default=dict, help_text="what the kind needs: marks, item_count, standard_error, example"
    )
    origin_type = models.CharField(max_length=60, blank=True, help_text="<app>.<noun>")
    origin_uuid = models.UUIDField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="recorded"
    )
    recorded_by_client = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=255, null=True, blank=True, unique=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name_plural = "evidence"
        ordering = ("observed_on", "recorded_at", "id")
        indexes = [models.Index(fields=("person", "skill", "observed_on"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    level__gte=0, level__lte=4, top_level__gte=F("level"), top_level__lte=4
                ),
                name="evidence_in_scale",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("observed_on")),
                name="evidence_expires_after_observed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.level}, {self.observed_on:%d %b %Y}"


class EvidenceDates(models.Model):
    """The derived dates of a row under one policy version: a cache that can be made again."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="dates")
    policy = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="dates")
    ageing_on = models.DateField(db_index=True)
    stale_on = models.DateField(db_index=True)
    lapses_on = models.DateField(db_index=True)

    class Meta:
        verbose_name_plural = "evidence dates"
        constraints = [
            models.UniqueConstraint(fields=("evidence", "policy"), name="dates_once_per_policy")
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id}: {self.ageing_on}, {self.stale_on}, {self.lapses_on}"


class Revocation(AppendOnlyModel):
    """A row was a mistake: from `recorded_at` on it counts as if it had never been."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="revocation")
    revoked_on = models.DateField()
    reason = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by_client = models.CharField(max_length=120, blank=True)

    class Meta(AppendOnlyModel.Meta):
        ordering = ("recorded_at", "id")

    def __str__(self) -> str:
        return f"Revocation of {self.evidence_id}"


class Settlement(AppendOnlyModel):
    """A reviewer's decision on a contradiction: `set_aside` stops counting on `decided_on`."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    set_aside = models.OneToOneField(Evidence, models.PROTECT, related_name="settlement")
    kept = models.ForeignKey(Evidence, models.PROTECT, related_name="settlements_won")
    decided_on = models.DateField()
    reason = models.CharField(max_length=500)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="settled")
    recorded_at = models.DateTimeField()

    class Meta(AppendOnlyModel.Meta):
        ordering = ("recorded_at", "id")

    def __str__(self) -> str:
        return f"Settlement: {self.set_aside_id} set aside"
