"""Who may do what with competencies and evidence: one predicate a rule."""

from django.utils import timezone

from accounts.models import Person
from accounts.permissions import Viewer, can_view_person, is_on_council, is_self
from skills.models import AssessorAppointment, Evidence, Skill


def can_view_competencies(user: Viewer, person: Person) -> bool:
    """Whoever may see the person's record sees their skills."""
    return can_view_person(user, person)


def can_view_matrix_of(user: Viewer, manager: Person) -> bool:
    """A manager's matrix is for that manager, those above, HR and auditors."""
    return can_view_person(user, manager)


def can_record_claim(user: Viewer, person: Person) -> bool:
    """People make claims about themselves only."""
    return is_self(user, person)


def can_settle(user: Viewer, set_aside: Evidence, kept: Evidence) -> bool:
    """A reviewer: an assessor of the domain or the governance council, who vouched for neither."""
    if not isinstance(user, Person) or not user.is_active:
        return False
    if user.pk == set_aside.person_id:
        return False
    if any(vouched_for(user, each) for each in (set_aside, kept)):
        return False
    return is_assessor_for(user, set_aside.skill) or is_on_council(user)


def vouched_for(user: Person, evidence: Evidence) -> bool:
    """Whether the person stands behind a row: in its source, or as who accepted it."""
    return f"person:{user.uuid}" in evidence.source or evidence.accepted_by_id == user.pk


def is_assessor_for(user: Person, skill: Skill) -> bool:
    """Whether the person is appointed in the skill's domain today."""
    appointments = AssessorAppointment.objects.valid_on(timezone.localdate())
    return appointments.filter(person=user, domain_id=skill.domain_id).exists()
