"""What courses does when an app below it says that something happened."""

from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from accounts.models import Position
from accounts.signals import positions_changed
from courses.services.enrolment import follow_job_roles_of


@receiver(positions_changed)
def follow_positions(sender: type[Position], *, person_ids: Collection[int], **_: Any) -> None:
    """Enrol people in what their job roles and their team now bring, in the same transaction."""
    follow_job_roles_of(person_ids)
