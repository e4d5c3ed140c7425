"""Who may do what with competencies and evidence: one predicate a rule."""

from django.utils import timezone

from accounts.models import Person
from accounts.permissions import Viewer, can_view_person, is_hr, is_on_council, is_self
from skills.enums import CREDENTIAL_KINDS, Kind
from skills.models import AssessorAppointment, ClientKindGrant, Evidence, Skill


def can_view_competencies(user: Viewer, person: Person) -> bool:
    """Whoever may see the person's record sees their skills."""
    return can_view_person(user, person)


def can_view_matrix_of(user: Viewer, manager: Person) -> bool:
    """A manager's matrix is for that manager, those above, HR and auditors."""
    return can_view_person(user, manager)


def can_record_claim(user: Viewer, person: Person) -> bool:
    """People make claims about themselves only."""
    return is_self(user, person)


def can_revoke(user: Viewer, evidence: Evidence) -> bool:
    """HR and whoever recorded the row, but nobody a row about themselves; their own claim apart."""
    if not isinstance(user, Person) or not user.is_active:
        return False
    if user.pk == evidence.person_id:
        return evidence.kind.slug == Kind.SELF_REPORT
    return is_hr(user) or evidence.recorded_by_id == user.pk


def can_accept(user: Viewer, evidence: Evidence) -> bool:
    """An assessor of the skill's domain accepts a credential of somebody else."""
    return (
        isinstance(user, Person)
        and user.is_active
        and user.pk != evidence.person_id
        and evidence.kind.slug in CREDENTIAL_KINDS
        and evidence.accepted_by_id is None
        and is_assessor_for(user, evidence.skill)
    )


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


def can_client_record(client_id: int, kind: str) -> bool:
    """An API client records the kinds that it was granted."""
    return ClientKindGrant.objects.filter(client_id=client_id, kind__slug=kind).exists()
