"""Who may see what is reported across people."""

from accounts.permissions import Viewer
from accounts.permissions import can_view_organisation as can_view_everybody


def can_view_organisation(user: Viewer) -> bool:
    """The organisation page and its export: HR and auditors."""
    return can_view_everybody(user)
