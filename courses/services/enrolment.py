"""Who follows which curriculum: automatically by job role, by choice, or because it was assigned.

A job role brings its own curriculum and those of the roles it inherits from; everybody has the one
of `employee`. A change of role takes nothing away: the old enrolment stays, with all progress, and
is shown as no longer for a current role.
"""

from collections import defaultdict
from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.domain.lines import line_ids
from accounts.domain.roles import BASELINE, ROLE_CHAIN
from accounts.models import JobRole, Person, Position
from courses.enums import EnrolmentOrigin
from courses.exceptions import EnrolmentRefused, NotOffered
from courses.models import Assignment, Curriculum, Enrolment

CHUNK = 500  # people looked at together

Wanted = dict[int, dict[int, EnrolmentOrigin]]


def follow_job_roles_of(person_ids: Collection[int] | None = None) -> int:
    """Enrol people in the curricula of their current job roles and in those assigned to them.

    `person_ids` None means everybody active. An enrolment that was left is resumed when a role
    asks for it again, not because of an assignment. Returns how many enrolments were made or
    resumed; calling it again makes none. The number of queries does not grow within a chunk of
    500 people.
    """
    if person_ids is None:
        person_ids = list(Person.objects.active().values_list("pk", flat=True))
    ids = sorted(person_ids)
    return sum(_follow(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def _follow(person_ids: list[int]) -> int:
    with transaction.atomic():
        wanted = _wanted(person_ids)
        stored = {
            (enrolment.person_id, enrolment.curriculum_id): enrolment
            for enrolment in Enrolment.objects.filter(person_id__in=wanted)
        }
        made, resumed = [], []
        for person_id, curricula in wanted.items():
            for curriculum_id, origin in curricula.items():
                enrolment = stored.get((person_id, curriculum_id))
                if enrolment is None:
                    made.append(
                        Enrolment(person_id=person_id, curriculum_id=curriculum_id, origin=origin)
                    )
                elif enrolment.left_at and origin == EnrolmentOrigin.JOB_ROLE:
                    resumed.append(enrolment.pk)
        Enrolment.objects.bulk_create(made, ignore_conflicts=True)
        if resumed:
            Enrolment.objects.filter(pk__in=resumed).update(
                left_at=None, origin=EnrolmentOrigin.JOB_ROLE
            )
    return len(made) + len(resumed)


def _wanted(person_ids: list[int]) -> Wanted:
    people = dict(Person.objects.active().filter(pk__in=person_ids).values_list("pk", "line_path"))
    by_role: dict[int, list[int]] = defaultdict(list)
    offered = Curriculum.objects.filter(is_active=True, job_role__isnull=False)
    for pk, role_id in offered.values_list("pk", "job_role_id"):
        by_role[role_id].append(pk)
    roles = _roles_of(people)
    wanted: Wanted = {}
    for person_id in people:
        held = [pk for role_id in roles[person_id] for pk in by_role[role_id]]
        wanted[person_id] = dict.fromkeys(held, EnrolmentOrigin.JOB_ROLE)
    _add_assigned(wanted, people, roles)
    return wanted


def _roles_of(people: Collection[int]) -> dict[int, set[int]]:
    """Current job roles by person, with the roles they inherit from and that of everybody."""
    everybody = set(JobRole.objects.filter(slug=BASELINE).values_list("pk", flat=True))
    roles = {person_id: set(everybody) for person_id in people}
    rows = Position.objects.current_on(timezone.localdate()).filter(person_id__in=people)
    for person_id, *held in rows.values_list("person_id", *ROLE_CHAIN):
        roles[person_id].update(role_id for role_id in held if role_id)
    return roles


def _add_assigned(wanted: Wanted, people: dict[int, str], roles: dict[int, set[int]]) -> None:
    """Add what is assigned; `people` are the line paths by id."""
    rows = Assignment.objects.open().filter(curriculum__is_active=True)
    targets: dict[tuple[str, int, int | None], list[int]] = defaultdict(list)
    for curriculum_id, person, team, role, line in rows.values_list(
        "curriculum_id", "person_id", "team_of_id", "job_role_id", "line_of_id"
    ):
        kind = "person" if person else "team" if team else "role"
        targets[kind, person or team or role, line].append(curriculum_id)
    for person_id, line_path in people.items():
        *above, _ = line_ids(line_path)
        keys: list[tuple[str, int, int | None]] = [("person", person_id, None)]
        keys += [("team", manager, None) for manager in above[-1:]]
        keys += [("role", role, line) for role in roles[person_id] for line in (None, *above)]
        for key in keys:
            for curriculum_id in targets.get(key, ()):
                wanted[person_id].setdefault(curriculum_id, EnrolmentOrigin.ASSIGNED)


def with_role_held(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Add `role_held`: whether a current job role of the person brings the curriculum."""
    held = Position.objects.current_on(timezone.localdate()).filter(
        reduce(or_, (Q((step, OuterRef("curriculum__job_role_id"))) for step in ROLE_CHAIN)),
        person=OuterRef("person"),
    )
    return enrolments.annotate(role_held=Exists(held) | Q(curriculum__job_role__slug=BASELINE))


def enrol(person: Person, curriculum: Curriculum) -> Enrolment:
    """Enrol a person by their own choice; a curriculum left before is taken up again.

    Enrolling twice changes nothing. Raises NotOffered for a withdrawn curriculum.
    """
    if not curriculum.is_active:
        raise NotOffered("This curriculum is no longer offered.")
    with transaction.atomic():
        enrolment, made = Enrolment.objects.get_or_create(
            person=person, curriculum=curriculum, defaults={"origin": EnrolmentOrigin.CHOSEN}
        )
        if not made and enrolment.left_at:
            enrolment.left_at, enrolment.origin = None, EnrolmentOrigin.CHOSEN
            enrolment.save(update_fields=["left_at", "origin"])
    return enrolment


def leave(person: Person, curriculum: Curriculum) -> Enrolment:
    """Leave a curriculum; progress is kept and counts again if it is taken up again.

    Raises EnrolmentRefused while a current job role brings it, and where there is nothing to leave.
    """
    with transaction.atomic():
        mine = Enrolment.objects.active().filter(person=person, curriculum=curriculum)
        enrolment = with_role_held(mine).first()
        if enrolment is None:
            raise EnrolmentRefused("You do not follow this curriculum.")
        if enrolment.role_held:  # type: ignore[attr-defined]
            raise EnrolmentRefused(
                "This curriculum belongs to your job role. You follow it while you hold the role."
            )
        enrolment.left_at = timezone.now()
        enrolment.save(update_fields=["left_at"])
    return enrolment
