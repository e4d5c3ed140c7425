"""Every write of this app."""

from accounts.services.access import (
    WHOLE_ORGANISATION,
    Scope,
    job_role_scope,
    line_scope,
    record_look,
    record_looks,
    record_wide_look,
    reports_scope,
    unit_scope,
)
from accounts.services.importing import ImportReport, apply_people_file, uninvited_people
from accounts.services.invitations import (
    accept_invitation,
    find_invitation,
    invitation_link,
    invite_person,
    resend_invitation,
    revoke_invitation,
    send_invitation,
)
from accounts.services.lines import parts_of_line
from accounts.services.offices import give_office, take_office
from accounts.services.password_resets import ask_for_password_reset, send_password_reset
from accounts.services.people import (
    create_person,
    deactivate_person,
    move_person,
    reactivate_person,
    update_person,
)
from accounts.services.positions import add_position, end_position, save_positions, set_positions
from accounts.services.units import unit_at_path

__all__ = [
    "WHOLE_ORGANISATION",
    "ImportReport",
    "Scope",
    "accept_invitation",
    "add_position",
    "apply_people_file",
    "ask_for_password_reset",
    "create_person",
    "deactivate_person",
    "end_position",
    "find_invitation",
    "give_office",
    "invitation_link",
    "invite_person",
    "job_role_scope",
    "line_scope",
    "move_person",
    "parts_of_line",
    "reactivate_person",
    "record_look",
    "record_looks",
    "record_wide_look",
    "reports_scope",
    "resend_invitation",
    "revoke_invitation",
    "save_positions",
    "send_invitation",
    "send_password_reset",
    "set_positions",
    "take_office",
    "uninvited_people",
    "unit_at_path",
    "unit_scope",
    "update_person",
]
