"""Whom an assignment reaches, today.

One person; the direct reports of a manager; or whoever holds a job role or one that inherits from
it, everywhere or in one reporting line. The same rule is asked from three sides: the people of an
assignment, the assignments of a person, and within a query over enrolments.
"""

from functools import reduce
from operator import or_

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.domain.roles import BASELINE, ROLE_CHAIN
from accounts.models import Person, Position
from accounts.models.people import PersonQuerySet
from accounts.services.access import (
    WHOLE_ORGANISATION,
    Scope,
    job_role_scope,
    line_scope,
    reports_scope,
)
from courses.models import Assignment, Curriculum


def group_asked(assignment: Assignment) -> Person | Scope:
    """At whom one looks with an assignment: a person, a team, or who holds a job role."""
    if assignment.person is not None:
        return assignment.person
    if assignment.team_of is not None:
        return reports_scope(assignment.team_of)
    role = assignment.job_role
    assert role is not None  # the database holds exactly one target
    if assignment.line_of is not None:
        return line_scope(assignment.line_of).narrowed(f"the job role {role}")
    return WHOLE_ORGANISATION if role.slug == BASELINE else job_role_scope(role)


def people_reached(assignment: Assignment) -> PersonQuerySet:
    """The active people an assignment reaches today; the assignment's target is at hand."""
    people: PersonQuerySet = Person.objects.active()
    if assignment.person_id:
        return people.filter(pk=assignment.person_id)
    if assignment.team_of_id:
        return people.filter(manager_id=assignment.team_of_id)
    if assignment.line_of is not None:
        people = people.in_line_of(assignment.line_of)
    assert assignment.job_role is not None  # the database holds exactly one target
    if assignment.job_role.slug == BASELINE:
        return people
    target = reduce(or_, (Q((step, assignment.job_role_id)) for step in ROLE_CHAIN))
    held = Position.objects.current_on(timezone.localdate()).filter(target)
    return people.filter(pk__in=held.values("person_id"))


def assignments_for(person: Person) -> QuerySet[Assignment]:
    """What reaches a person today and is on offer, whoever asked for it; the next due first."""
    held = Position.objects.current_on(timezone.localdate()).filter(person=person)
    role = Q(job_role__slug=BASELINE)
    for step in ROLE_CHAIN:
        role |= Q(job_role_id__in=held.order_by().values(step))
    anywhere, in_line = Q(line_of__isnull=True), Q(line_of__in=person.line_ids[:-1])
    target = Q(person=person) | role & (anywhere | in_line)
    if person.manager_id:
        target |= Q(team_of_id=person.manager_id)
    return Assignment.objects.open().on_offer().described().filter(target)


def asked_for(curriculum: Curriculum) -> Q:
    """Of a query over enrolments: whether an open assignment asks the person for a curriculum."""
    asking = Assignment.objects.open().filter(curriculum=curriculum)
    of_role = asking.annotate(
        line=ExpressionWrapper(OuterRef("person__line_path"), output_field=CharField())
    ).filter(
        Q(line_of__isnull=True)
        | Q(line__startswith=F("line_of__line_path")) & ~Q(line_of=OuterRef("person")),
        job_role__isnull=False,
    )
    held = Position.objects.current_on(timezone.localdate()).filter(
        reduce(or_, (Q((step, OuterRef("job_role_id"))) for step in ROLE_CHAIN)),
        person=OuterRef(OuterRef("person")),
    )
    return (
        Q(Exists(asking.filter(person=OuterRef("person"))))
        | Q(Exists(asking.filter(team_of=OuterRef("person__manager"))))
        | Q(Exists(of_role.filter(Q(job_role__slug=BASELINE) | Q(Exists(held)))))
    )
