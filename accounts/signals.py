"""The events of this app that travel upward, sent inside the transaction they belong to."""

from django.dispatch import Signal

# sender: Invitation; invitation_id: int
invitation_made = Signal()
