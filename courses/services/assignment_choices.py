"""Whom somebody can ask, and for what: the choices of the page that assigns."""

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.domain.roles import BASELINE, ROLE_CHAIN
from accounts.models import JobRole, Person, Position
from accounts.models.people import PersonQuerySet
from accounts.permissions import is_hr
from courses.domain.next_step import StepKind
from courses.models import Curriculum, Lesson, LessonPreparation
from courses.permissions import can_assign_to_role
from courses.services.check_facts import check_facts
from courses.services.outline import LessonLine, lesson_lines
from courses.services.steps import NextStep, step_towards
from skills.models import Skill
from skills.services.gaps import GapRow
from skills.services.policy import current_policy

ADDRESS = re.compile(r"\(([^()\s]+@[^()\s]+)\)\s*$")  # "Asha Rao (asha@example.org)"
Group = tuple[str, list[tuple[str, str]]]


class PersonUnclear(LookupError):
    """The text names nobody, or more than one; the message says what to write instead."""


def people_to_assign(by: Person) -> PersonQuerySet:
    """The active people somebody may ask: HR anybody, others their own line."""
    people: PersonQuerySet = Person.objects.active()
    return people if is_hr(by) else people.in_line_of(by)


def teams_to_assign(by: Person) -> PersonQuerySet:
    """The managers whose direct reports somebody may ask: HR all, others their line and own."""
    reports = Person.objects.active().filter(manager=OuterRef("pk"))
    leaders: PersonQuerySet = Person.objects.active().filter(Exists(reports))
    if is_hr(by):
        return leaders
    return leaders.filter(pk=by.pk) | leaders.in_line_of(by)


def roles_to_assign(by: Person) -> QuerySet[JobRole]:
    """The job roles somebody may ask: all in use for HR, for others those held in their line.

    A role is held by whoever has it or one that inherits from it; `employee` by everybody.
    """
    roles = JobRole.objects.filter(is_active=True)
    if can_assign_to_role(by):
        return roles
    line = Person.objects.active().in_line_of(by)
    held = Position.objects.current_on(timezone.localdate()).filter(person__in=line).order_by()
    of_line = (Q(pk__in=held.values(step)) for step in ROLE_CHAIN)
    return roles.filter(reduce(or_, of_line, Q(slug=BASELINE)))


def line_to_assign(by: Person) -> Person | None:
    """In whose line somebody asks a job role: HR anywhere, others in their own."""
    return None if can_assign_to_role(by) else by


def written_as(person: Person) -> str:
    """A person as the page writes them: "Asha Rao (asha@example.org)"."""
    return f"{person.name} ({person.email})"


def person_named(text: str, people: PersonQuerySet, *, nobody: str) -> Person:
    """The one of `people` meant by a name, an address or `written_as`.

    Raises PersonUnclear, where none fits with the words of `nobody`.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        raise PersonUnclear("Write a name or an e-mail address.")
    address = ADDRESS.search(text)
    exact = people.filter(email=(address[1] if address else text).lower()).first()
    if exact is not None:
        return exact
    found = list(people.matching(text)[:4]) if not address else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise PersonUnclear(nobody)
    some = "; ".join(written_as(person) for person in found[:3])
    more = "" if len(found) <= 3 else "; and others"
    raise PersonUnclear(f"More than one person fits: {some}{more}. Write the address.")


@dataclass(frozen=True, slots=True)
class ActivityChoices:
    """Activities in groups for a select, as ("curriculum:employee", title); `first` is offered.

    `row` and `step` are the gap that brought somebody here and what serves it, where the link to
    the page named a person and a skill.
    """

    groups: list[Group]
    first: str
    row: GapRow | None = None
    step: NextStep | None = None


def activity_choices(
    by: Person, *, person: Person | None = None, skill: Skill | None = None
) -> ActivityChoices:
    """Every activity that can be asked for; what prepares for `skill` stands in a group of its own.

    With a `person` the activity that serves their gap in the skill next is offered first, by the
    rule of their own path. A fixed number of queries.
    """
    lines = [line for line in lesson_lines(by) if line.is_written]
    facts = check_facts(by, current_policy().params).values()
    checks = [(f"check:{each.skill}", f"Check: {each.skill_name}") for each in facts if each.exists]
    groups: list[Group] = []
    near: list[tuple[str, str]] = []
    if skill is not None:
        prepares = LessonPreparation.objects.filter(skill=skill).order_by()
        ids = set(prepares.values_list("lesson_id", flat=True))
        near = [_choice(line) for line in lines if line.id in ids]
        near += [each for each in checks if each[0] == f"check:{skill.slug}"]
        groups += [(f"For {skill.name}", near)] if near else []
    readable = dict.fromkeys((line.curriculum, line.curriculum_title) for line in lines)
    groups.append(("Curricula", [(f"curriculum:{slug}", title) for slug, title in readable]))
    groups.append(("Skill checks", [each for each in checks if each not in near]))
    for title in dict.fromkeys(line.curriculum_title for line in lines):
        own = [_choice(line) for line in lines if line.curriculum_title == title]
        groups.append((f"Lessons of {title}", [each for each in own if each not in near]))
    offered = [group for group in groups if group[1]]
    if person is None or skill is None:
        return ActivityChoices(offered, near[0][0] if near else "")
    row, step = step_towards(person, skill.slug)
    return ActivityChoices(offered, _first(step), row, step)


def _first(step: NextStep) -> str:
    if step.lesson is not None:
        return f"lesson:{step.lesson.slug}"
    return f"check:{step.row.skill.slug}" if step.kind is StepKind.CHECK and step.row else ""


def _choice(line: LessonLine) -> tuple[str, str]:
    return f"lesson:{line.slug}", f"{line.slug} {line.title}"


def activity_named(value: str) -> dict[str, Curriculum | Lesson | Skill | None]:
    """What `assign_activity` takes for a choice of `activity_choices`."""
    kind, _, slug = value.partition(":")
    return {
        "curriculum": Curriculum.objects.filter(slug=slug).first()
        if kind == "curriculum"
        else None,
        "lesson": Lesson.objects.filter(slug=slug).first() if kind == "lesson" else None,
        "check_skill": Skill.objects.filter(slug=slug).first() if kind == "check" else None,
    }
