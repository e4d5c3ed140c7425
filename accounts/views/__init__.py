"""Pages of this app."""

from accounts.views.invitations import (
    invitation_accept,
    invitation_create,
    invitation_resend,
    invitation_revoke,
)
from accounts.views.looks import access_log
from accounts.views.people import (
    email_address,
    no_such_page,
    person_list,
    profile,
)

__all__ = [
    "access_log",
    "email_address",
    "invitation_accept",
    "invitation_create",
    "invitation_resend",
    "invitation_revoke",
    "no_such_page",
    "person_list",
    "profile",
]
