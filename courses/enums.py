"""Closed lists of this app."""

from django.db.models import TextChoices


class EnrolmentOrigin(TextChoices):
    JOB_ROLE = "job_role", "by job role"
    CHOSEN = "chosen", "chosen"
    ASSIGNED = "assigned", "assigned"


class ItemPurpose(TextChoices):
    PRACTICE = "practice", "practice"
    EVIDENCE = "evidence", "evidence"


class FaultState(TextChoices):
    OPEN = "open", "open"
    RESOLVED = "resolved", "resolved"
    DISMISSED = "dismissed", "dismissed"
