"""Who may do what with courses: each rule once."""

from accounts.models import Person
from accounts.permissions import (
    Viewer,
    can_direct,
    can_view_organisation,
    is_auditor,
    is_author,
    is_hr,
    is_member,
    is_self,
)
from courses.models import Assignment, Lesson, SkillCheck


def can_view_lesson(user: Viewer, lesson: Lesson) -> bool:
    """Read a lesson: anybody who is signed in; what is taught is open to the organisation."""
    return is_member(user)


def can_assign_to_team(user: Viewer, manager: Person) -> bool:
    """Ask the direct reports of a manager: HR, that manager, and whoever stands above."""
    return can_direct(user, manager) or is_self(user, manager)


def can_assign_to_role(user: Viewer, line_of: Person | None = None) -> bool:
    """Ask everybody in a job role: HR all of them, others those in a line that they may ask."""
    return is_hr(user) if line_of is None else can_assign_to_team(user, line_of)


def can_undo_assignment(user: Viewer, assignment: Assignment) -> bool:
    """Take an assignment back: whoever made it, HR, and whoever could make it today."""
    if is_member(user) and user.pk == assignment.assigned_by_id:
        return True
    if assignment.person is not None:
        return can_direct(user, assignment.person)
    if assignment.team_of is not None:
        return can_assign_to_team(user, assignment.team_of)
    return can_assign_to_role(user, assignment.line_of)


def can_view_check_result(user: Viewer, check: SkillCheck) -> bool:
    """Whoever took the check, and auditors: to managers and HR an attempt is nobody's business."""
    return is_self(user, check.person) or is_auditor(user)


def can_see_faults(user: Viewer) -> bool:
    """Read the faults that readers reported: authors, and auditors, who answer none."""
    return is_author(user) or is_auditor(user)


def can_edit_faults(user: Viewer) -> bool:
    """Answer a reported fault: authors."""
    return is_author(user)


def can_assign(user: Viewer) -> bool:
    """Ask somebody for something at all: HR, and whoever leads people."""
    return is_hr(user) or (isinstance(user, Person) and user.is_active and user.leads_people)


def can_see_assignments(user: Viewer) -> bool:
    """Open the list: whoever asks people for something, and auditors, who undo nothing."""
    return can_assign(user) or can_view_organisation(user)


def can_see_all_assignments(user: Viewer) -> bool:
    """See what others asked for too: HR and auditors."""
    return can_view_organisation(user)


def can_view_assignment(user: Viewer, assignment: Assignment) -> bool:
    """See how far those are who were asked: whoever may take it back, and auditors."""
    return can_undo_assignment(user, assignment) or can_view_organisation(user)
