"""What is taught, as loaded from `content/`. Content is never deleted, only withdrawn."""

import uuid as uuid_lib
from typing import Self

from django.db import models
from django.db.models import Q

from courses.domain.drawing import LEVEL_SHOWN
from courses.enums import ItemPurpose


class Curriculum(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    job_role = models.ForeignKey(
        "accounts.JobRole", models.PROTECT, related_name="curricula", null=True, blank=True
    )
    title = models.CharField(max_length=160)
    summary = models.TextField(blank=True)
    version = models.CharField(max_length=20)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "curricula"
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class Module(models.Model):
    curriculum = models.ForeignKey(Curriculum, models.PROTECT, related_name="modules")
    slug = models.SlugField(max_length=20, unique=True)
    title = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("curriculum", "position")

    def __str__(self) -> str:
        return f"{self.slug} {self.title}"


class LessonQuerySet(models.QuerySet["Lesson"]):
    def published(self) -> Self:
        """Lessons a reader can open: with a body, not withdrawn."""
        return self.filter(
            is_active=True,
            current__isnull=False,
            module__is_active=True,
            module__curriculum__is_active=True,
        )

    def coming(self) -> Self:
        """Lessons of the syllabus whose body is still to be written."""
        return self.filter(is_active=True, current__isnull=True)

    def in_order(self) -> Self:
        return self.order_by("module__curriculum_id", "module__position", "position")


class Lesson(models.Model):
    """A lesson of the syllabus; what is read is its current version, if it has one."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    module = models.ForeignKey(Module, models.PROTECT, related_name="lessons")
    slug = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=160)
    objective = models.CharField(max_length=300)
    minutes = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    current = models.ForeignKey(
        "courses.LessonVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    builds_on = models.ManyToManyField("self", symmetrical=False, related_name="built_upon")
    is_active = models.BooleanField(default=True)

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ("module", "position")

    def __str__(self) -> str:
        return f"{self.slug} {self.title}"


class LessonVersion(models.Model):
    """One text of a lesson, rendered when it was loaded; never edited.

    A text that comes back is the version it was.
    """

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    markdown = models.TextField()
    html = models.TextField()
    outline = models.JSONField(default=list, help_text="[[anchor, title], ...]")
    try_now_minutes = models.PositiveSmallIntegerField(null=True)
    sources = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("lesson", "number")
        constraints = [
            models.UniqueConstraint(fields=("lesson", "number"), name="lesson_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} v{self.number}"


class LessonPreparation(models.Model):
    """A lesson prepares for a level of a skill."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="preparations")
    skill = models.ForeignKey("skills.Skill", models.PROTECT, related_name="preparations")
    level = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("lesson", "skill")
        constraints = [models.UniqueConstraint(fields=("lesson", "skill"), name="preparation_once")]

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.skill_id} {self.level}"


class LessonImage(models.Model):
    """A picture of a module's lessons, kept with the content so that it needs no file store."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="images")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    data = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("module", "name"), name="image_once")]

    def __str__(self) -> str:
        return self.name


class PracticalTask(models.Model):
    """The task that closes a module: shown with its rubric and with what it assesses."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    module = models.OneToOneField(Module, models.PROTECT, related_name="task")
    title = models.CharField(max_length=160)
    brief = models.TextField()
    kind = models.ForeignKey("skills.EvidenceKind", models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    ai_condition = models.CharField(max_length=10)
    rubric = models.JSONField(help_text="[{criterion, meets}, ...]")
    assesses = models.JSONField(help_text="[{skill, top_level}, ...]")

    class Meta:
        ordering = ("module",)

    def __str__(self) -> str:
        return self.title


class ItemQuerySet(models.QuerySet["Item"]):
    def for_checks(self) -> Self:
        """The evidence items that a skill check may ask."""
        return self.filter(
            purpose=ItemPurpose.EVIDENCE, is_active=True, current__level__lte=LEVEL_SHOWN
        )

    def practice(self) -> Self:
        return self.filter(purpose=ItemPurpose.PRACTICE, is_active=True)


class Item(models.Model):
    """A question. Practice items belong to a module, evidence items to the bank of a skill."""

    slug = models.SlugField(max_length=80, unique=True)
    purpose = models.CharField(max_length=10, choices=ItemPurpose.choices)
    skill = models.ForeignKey("skills.Skill", models.PROTECT, related_name="items")
    module = models.ForeignKey(Module, models.PROTECT, null=True, blank=True, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    current = models.ForeignKey(
        "courses.ItemVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ("module", "position")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="practice", module__isnull=False)
                | Q(purpose="evidence", module__isnull=True),
                name="item_in_module_or_bank",
            )
        ]

    def __str__(self) -> str:
        return self.slug


class ItemVersion(models.Model):
    """One wording of an item; never edited, so that an attempt can be read again as it was."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=80, blank=True)
    stem = models.TextField()
    options = models.JSONField(help_text="[{text, correct, rationale}, ...]")
    rationale = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("item", "number")
        constraints = [models.UniqueConstraint(fields=("item", "number"), name="item_version_once")]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"

    @property
    def key(self) -> int:
        """Index of the right option."""
        return next(i for i, option in enumerate(self.options) if option["correct"])
