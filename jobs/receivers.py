"""What jobs does when an app below it says that something happened."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Invitation, Person
from accounts.signals import invitation_made, password_reset_asked
from jobs.services import enqueue


@receiver(invitation_made)
def send_invitation(
    sender: type[Invitation], *, invitation_id: int, by: Person | None, **_: Any
) -> None:
    """Mail the invitation in the background."""
    enqueue(
        "jobs.send_invitation",
        title="Send an invitation",
        by=by,
        invitation_id=invitation_id,
    )


@receiver(password_reset_asked)
def send_password_reset(sender: type[Person], *, email: str, **_: Any) -> None:
    """Mail what leads to a new password in the background."""
    enqueue(
        "jobs.send_password_reset",
        title="Send a mail about a new password",
        forgets=True,
        email=email,
    )
