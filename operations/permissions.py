"""Who may do what across the rooms."""

from accounts.models import Person
from accounts.permissions import Viewer, is_auditor, is_author


def can_load_content(user: Viewer) -> bool:
    """Load the content from its files: authors, whose work it is, and administrators."""
    return is_author(user) or (isinstance(user, Person) and user.is_active and user.is_staff)


def can_view_content(user: Viewer) -> bool:
    """See what is loaded and how the last load went: those, and auditors."""
    return can_load_content(user) or is_auditor(user)
