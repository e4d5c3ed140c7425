"""Second steps of signing in: apps for codes, keys and recovery codes."""

from allauth.mfa.models import Authenticator
from django.db import transaction


@transaction.atomic
def remove_second_step(step: Authenticator) -> None:
    """Remove one second step; recovery codes that no other step needs any more go with it."""
    step.delete()
    left = Authenticator.objects.filter(user_id=step.user_id)
    if not left.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        left.delete()
