"""What the ladder says of each person and skill: a cache of the ledger, kept with it."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from skills.enums import State
from skills.models.framework import PolicyVersion, Skill


class CompetencyQuerySet(models.QuerySet["Competency"]):
    def due_by(self, day: date) -> Self:
        """Rows of skills in use whose stored answer no longer holds on that day."""
        return self.filter(next_change_on__lte=day, skill__is_active=True)


class Competency(models.Model):
    """One person's standing in one skill as of `computed_on`, valid until `next_change_on`."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="competencies"
    )
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="competencies")
    verified_level = models.PositiveSmallIntegerField(default=0)
    claimed_level = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in State])
    strength = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    next_change_on = models.DateField(null=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="competencies")
    computed_on = models.DateField()
    updated_at = models.DateTimeField()

    objects = CompetencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "competencies"
        ordering = ("person", "skill")
        constraints = [
            models.UniqueConstraint(fields=("person", "skill"), name="one_competency_per_skill"),
            models.CheckConstraint(
                condition=Q(next_change_on__isnull=True) | Q(next_change_on__gt=F("computed_on")),
                name="competency_changes_later",
            ),
        ]
        indexes = [
            models.Index(fields=("next_change_on",)),
            models.Index(fields=("updated_at", "id")),
            models.Index(fields=("skill", "verified_level")),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.skill_id} {self.verified_level}"
