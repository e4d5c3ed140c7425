"""The events of this app that travel upward, sent inside the transaction they belong to."""

from django.dispatch import Signal

# sender: Invitation; invitation_id: int, by: Person | None (who invited)
invitation_made = Signal()

# sender: Person; email: str (in small letters; whether it is anybody's is not known yet)
password_reset_asked = Signal()

# sender: Position; person_ids: list[int] (people whose place changed: their positions or their
# manager; people who are active again; and new people)
positions_changed = Signal()
