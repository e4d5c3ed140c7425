"""The framework as published: domains, skills, levels, requirements and policy versions."""

import hashlib
import json
from datetime import date
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q


def document_digest(document: Any) -> str:
    """The same for the same content, so that what was parsed once can be used again."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


class PolicyVersion(models.Model):
    """A published set of the policy's parameters; never edited, replaced by the next version.

    `document` is what `skills.domain.policy.policy_from_document` reads: params, kinds, skills.
    """

    version = models.CharField(max_length=20, unique=True)
    document = models.JSONField()
    digest = models.CharField(max_length=64, editable=False, default="")
    published_at = models.DateTimeField(auto_now_add=True)
    is_current = models.BooleanField(default=False)

    class Meta:
        ordering = ("-published_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("is_current",), condition=Q(is_current=True), name="one_current_policy"
            )
        ]

    def __str__(self) -> str:
        return f"Policy {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.digest = document_digest(self.document)
        super().save(*args, **kwargs)


class ScaleLevel(models.Model):
    """One of the levels 0-4, in words."""

    level = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=60)
    descriptor = models.TextField()
    autonomy = models.CharField(max_length=120, blank=True)
    reach = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("level",)

    def __str__(self) -> str:
        return f"{self.level} {self.name}"


class EvidenceKind(models.Model):
    """A kind of evidence, in words; what it is worth stands in the policy version."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    use = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """A skill of the framework. Its half-life and keystone flag stand in the policy version too."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="skills")
    definition = models.TextField()
    half_life_months = models.PositiveSmallIntegerField()
    decay_class = models.CharField(max_length=20)
    keystone = models.BooleanField(default=False)
    alignment = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    has_check = models.BooleanField(
        default=False, editable=False, help_text="there is a bank to draw a skill check from"
    )

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class SkillLevel(models.Model):
    """What a person at one level of one skill does."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField()
    descriptor = models.TextField()

    class Meta:
        ordering = ("skill", "level")
        constraints = [models.UniqueConstraint(fields=("skill", "level"), name="skill_level_once")]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class RequirementQuerySet(models.QuerySet["Requirement"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class Requirement(models.Model):
    """The level a job role needs in a skill, from a day up to (not including) a day."""

    job_role = models.ForeignKey("accounts.JobRole", models.PROTECT, related_name="requirements")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="requirements")
    level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    weight = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    grace_until = models.DateField(null=True, blank=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ("job_role", "skill", "valid_from")
        indexes = [models.Index(fields=("job_role", "valid_from"))]
        constraints = [
            models.UniqueConstraint(
                fields=("job_role", "skill"),
                condition=Q(valid_to__isnull=True),
                name="one_open_requirement",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=4, weight__gte=1, weight__lte=3),
                name="requirement_in_scale",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="requirement_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_role}: {self.skill} {self.level}"
