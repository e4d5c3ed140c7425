"""Long work: one row a job. The row is the truth; the message to a worker is only a nudge."""

import uuid as uuid_lib
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from jobs.enums import JobState


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> Self:
        return self.filter(state__in=(JobState.QUEUED, JobState.RUNNING))

    def to_send_again(self, now: datetime, *, silent_since: datetime) -> Self:
        """Open jobs whose next try has come, and those whose message or worker was lost."""
        return self.open().filter(
            Q(next_try_at__lte=now) | Q(next_try_at__isnull=True, heartbeat_at__lt=silent_since)
        )

    def that_can_be_tried_again(self) -> Self:
        return self.filter(state=JobState.FAILED, forgets=False)

    def visible_to(self, viewer_id: int, *, everything: bool) -> Self:
        return self if everything else self.filter(created_by_id=viewer_id)


class Job(models.Model):
    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    task = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=200, unique=True, null=True)
    runs_alone = models.BooleanField(
        default=False, help_text="while it is open no other job of its task is made"
    )
    forgets = models.BooleanField(
        default=False, help_text="its arguments go with its end, so it is not tried again after it"
    )
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=255, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField(
        null=True, blank=True, help_text="after an error: not run again before"
    )
    heartbeat_at = models.DateTimeField(help_text="last sign of life: made, sent, or worked on")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("task",),
                name="job_runs_alone",
                condition=Q(runs_alone=True, state__in=("queued", "running")),
            )
        ]
        indexes = [
            models.Index(
                fields=("heartbeat_at",),
                name="job_open_heartbeat",
                condition=Q(state__in=("queued", "running")),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int | None:
        """Share done in per cent; None while the total is not known."""
        return min(100, round(100 * self.done / self.total)) if self.total else None

    @property
    def can_be_tried_again(self) -> bool:
        return self.state == JobState.FAILED and not self.forgets

    @property
    def is_open(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)
