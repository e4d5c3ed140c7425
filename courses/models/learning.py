"""What people did: enrolments, assignments, progress, attempts, fault reports."""

import uuid as uuid_lib
from datetime import date
from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, Q

from accounts.domain.words import words_of
from accounts.models import Person
from courses.enums import EnrolmentOrigin, FaultState
from courses.models.content import Curriculum, Lesson, LessonVersion, Module


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def active(self) -> Self:
        return self.filter(left_at__isnull=True)


class Enrolment(models.Model):
    """A person follows a curriculum. Leaving keeps the row and all progress."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")
    curriculum = models.ForeignKey(Curriculum, models.PROTECT, related_name="enrolments")
    origin = models.CharField(max_length=10, choices=EnrolmentOrigin.choices)
    enrolled_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ("person", "enrolled_at")
        constraints = [
            models.UniqueConstraint(fields=("person", "curriculum"), name="enrolled_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.curriculum_id}"


ON_OFFER = (
    Q(curriculum__is_active=True)
    | Q(lesson__is_active=True, lesson__current__isnull=False, lesson__module__is_active=True)
    & Q(lesson__module__curriculum__is_active=True)
    | Q(check_skill__is_active=True, check_skill__has_check=True)
)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def open(self) -> Self:
        return self.filter(undone_at__isnull=True)

    def on_offer(self) -> Self:
        """Those whose activity can still be done."""
        return self.filter(ON_OFFER)

    def due_before(self, day: date) -> Self:
        return self.filter(due_on__lt=day)

    def due_from(self, day: date) -> Self:
        return self.filter(due_on__gte=day)

    def matching(self, text: str) -> Self:
        """Those in which every word is found: in what is asked, of whom, by whom, or the note."""
        looked_at = (
            *("curriculum__title", "lesson__title", "lesson__slug", "check_skill__name"),
            *("person__name", "team_of__name", "job_role__name", "assigned_by__name", "note"),
        )
        found = self
        for word in words_of(text):
            found = found.filter(
                reduce(or_, (Q((f"{each}__icontains", word)) for each in looked_at))
            )
        return found

    def described(self) -> Self:
        """With whom and what each asks at hand, who made it, and `is_on_offer`."""
        return self.select_related(
            *("person", "team_of", "job_role", "line_of"),
            *("curriculum", "lesson", "check_skill", "assigned_by"),
        ).annotate(is_on_offer=ExpressionWrapper(ON_OFFER, models.BooleanField()))


class Assignment(models.Model):
    """Somebody asks a person, a team or a job role to do something by a day.

    Exactly one of person, team_of (the direct reports of that manager) and job_role is set, and
    exactly one of curriculum, lesson and check_skill. `line_of` narrows a job role to those whose
    reporting line leads to that manager.
    """

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="assignments"
    )
    team_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="team_assignments",
    )
    job_role = models.ForeignKey(
        "accounts.JobRole", models.CASCADE, null=True, blank=True, related_name="assignments"
    )
    line_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="line_assignments",
    )
    curriculum = models.ForeignKey(Curriculum, models.PROTECT, null=True, blank=True)
    lesson = models.ForeignKey(Lesson, models.PROTECT, null=True, blank=True)
    check_skill = models.ForeignKey("skills.Skill", models.PROTECT, null=True, blank=True)
    due_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments_made"
    )
    assigned_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(person__isnull=False, team_of__isnull=True, job_role__isnull=True)
                    | Q(person__isnull=True, team_of__isnull=False, job_role__isnull=True)
                    | Q(person__isnull=True, team_of__isnull=True, job_role__isnull=False)
                ),
                name="assignment_has_one_target",
            ),
            models.CheckConstraint(
                condition=Q(line_of__isnull=True) | Q(job_role__isnull=False),
                name="assignment_narrows_a_role_only",
            ),
            models.CheckConstraint(
                condition=(
                    Q(curriculum__isnull=False, lesson__isnull=True, check_skill__isnull=True)
                    | Q(curriculum__isnull=True, lesson__isnull=False, check_skill__isnull=True)
                    | Q(curriculum__isnull=True, lesson__isnull=True, check_skill__isnull=False)
                ),
                name="assignment_has_one_activity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.curriculum or self.lesson or self.check_skill} by {self.due_on}"

    def is_overdue_on(self, day: date) -> bool:
        return self.due_on < day


class LessonProgress(models.Model):
    """A person opened a lesson, and perhaps finished it; the version read is remembered."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="progress")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="progress")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(
        LessonVersion, models.PROTECT, help_text="the version last opened, or the one completed"
    )

    class Meta:
        verbose_name_plural = "lesson progress"
        ordering = ("person", "-opened_at")
        indexes = [models.Index(fields=("person", "-opened_at"))]
        constraints = [models.UniqueConstraint(fields=("person", "lesson"), name="progress_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.lesson_id}"


class QuizAttempt(models.Model):
    """One go at the practice quiz of a module: questions as asked, answers as given."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="quiz_attempts"
    )
    module = models.ForeignKey(Module, models.PROTECT, related_name="attempts")
    questions = models.JSONField(help_text="[{version, order: [option index, ...]}, ...]")
    answers = models.JSONField(null=True, help_text="[option index or null, ...]")
    right = models.PositiveSmallIntegerField(null=True)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-started_at", "-id")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.module_id}"


class SkillCheckQuerySet(models.QuerySet["SkillCheck"]):
    def of(self, person: Person) -> Self:
        return self.filter(person=person)

    def submitted(self) -> Self:
        return self.filter(submitted_at__isnull=False)

    def begun(self) -> Self:
        """Neither handed in nor closed."""
        return self.filter(submitted_at__isnull=True, closed_at__isnull=True)


class SkillCheck(models.Model):
    """One go at the skill check: items and option order as drawn, answers, outcome, evidence."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="skill_checks"
    )
    skill = models.ForeignKey("skills.Skill", models.PROTECT, related_name="skill_checks")
    questions = models.JSONField(help_text="[{version, order: [option index, ...]}, ...]")
    answers = models.JSONField(null=True, help_text="[option index or null, ...]")
    right = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(null=True)
    pass_mark = models.PositiveSmallIntegerField()
    evidence_uuid = models.UUIDField(null=True, blank=True)
    level_before = models.PositiveSmallIntegerField(null=True)
    level_after = models.PositiveSmallIntegerField(null=True)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="given up unanswered: a new policy asks more questions"
    )

    objects = SkillCheckQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-id")
        indexes = [models.Index(fields=("person", "skill", "-submitted_at"))]
        constraints = [
            models.UniqueConstraint(
                fields=("person", "skill"),
                condition=Q(submitted_at__isnull=True, closed_at__isnull=True),
                name="one_open_check_per_skill",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.skill_id}"


class FaultReport(models.Model):
    """A reader says that something in a lesson is wrong."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="fault_reports")
    version = models.ForeignKey(LessonVersion, models.PROTECT)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="fault_reports"
    )
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=FaultState.choices, default=FaultState.OPEN)
    reported_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(blank=True, max_length=2000)

    class Meta:
        ordering = ("state", "-reported_at")

    def __str__(self) -> str:
        return f"{self.lesson}: {self.text[:60]}"
