"""What courses does when an app below it says that something happened, or asks."""

from collections.abc import Collection, Mapping
from typing import Any

from django.dispatch import receiver

from accounts.models import Position
from accounts.signals import positions_changed
from courses.services.asks import asks_towards
from courses.services.enrolment import follow_job_roles_of
from skills.services.matrix_parts import MatrixLine
from skills.signals import work_listed


@receiver(positions_changed)
def follow_positions(sender: type[Position], *, person_ids: Collection[int], **_: Any) -> None:
    """Enrol people in what their job roles and their team now bring, in the same transaction."""
    follow_job_roles_of(person_ids)


@receiver(work_listed)
def tell_what_was_asked(
    sender: type[MatrixLine], *, people: Collection[int], skills: Collection[str], **_: Any
) -> Mapping[tuple[int, str], str]:
    """For a manager's worklist: who was asked for what by when."""
    return {key: ask.sentence for key, ask in asks_towards(skills, people).items()}
