"""A small framework and a small syllabus, loaded the way the real ones are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from accounts.enums import Group
from accounts.models import JobRole, Person
from courses.domain.parts import (
    BankText,
    CoursesContent,
    CurriculumText,
    ImageData,
    ItemText,
    LessonText,
    ModuleText,
    OptionText,
    TaskText,
)
from courses.models import Curriculum, SkillCheck
from courses.services.check_facts import skills_with_checks
from courses.services.content import load_courses
from courses.services.enrolment import follow_job_roles_of
from courses.services.papers import versions_of
from skills.enums import Kind
from skills.models import Domain, EvidenceKind, Requirement, Skill
from skills.services.framework import note_checks
from skills.services.policy import current_policy, publish_policy
from tests.rows import once

SKILLS = ("reading", "writing", "mixing")
LONG_AGO = date(2020, 1, 1)
TASK = TaskText(
    "Do it", "Show it.", "practical_task", 30, "unaided", (("Right", "It is"),), (("writing", 2),)
)


@pytest.fixture
def framework(db: None) -> dict[str, Skill]:
    """Three skills, every evidence kind and a published policy; skills by slug."""
    once("framework of the courses", _make_framework)
    return {skill.slug: skill for skill in Skill.objects.order_by("position")}


def _make_framework() -> None:
    domain = Domain.objects.create(slug="core", name="Core")
    for position, slug in enumerate(SKILLS):
        Skill.objects.create(
            slug=slug,
            name=slug.title(),
            domain=domain,
            definition=slug,
            half_life_months=24,
            decay_class="mixed",
            position=position,
        )
    for kind in Kind:
        EvidenceKind.objects.create(slug=kind.value, name=kind.value)
    quick = {"max_level": 1, "performance": False, "validity_factor": 0.5}
    task = {"max_level": 2, "performance": True, "validity_factor": 0.75}
    kinds = {kind.value: task if kind is Kind.PRACTICAL_TASK else quick for kind in Kind}
    kinds[Kind.SELF_REPORT.value] = {**quick, "max_level": 0}
    rule = {"half_life_months": 24, "decay_class": "mixed", "keystone": False}
    publish_policy(
        {"version": "1", "params": {}, "kinds": kinds, "skills": dict.fromkeys(SKILLS, rule)}
    )


@pytest.fixture
def roles(framework: dict[str, Skill]) -> dict[str, JobRole]:
    """`employee` requires reading 1 (blocking) and writing 2; `mixer` adds mixing 2."""
    once("job roles of the courses", lambda: _make_roles(framework))
    return {role.slug: role for role in JobRole.objects.all()}


def _make_roles(framework: dict[str, Skill]) -> None:
    employee = JobRole.objects.create(slug="employee", name="Employee")
    mixer = JobRole.objects.create(slug="mixer", name="Mixer", inherits=employee)
    for role, skill, level, weight in (
        (employee, "reading", 1, 3),
        (employee, "writing", 2, 2),
        (mixer, "mixing", 2, 2),
    ):
        Requirement.objects.create(
            job_role=role, skill=framework[skill], level=level, weight=weight, valid_from=LONG_AGO
        )


def lesson(id_: str, skill: str, level: int, body: str = "## Start\n\nA text.") -> LessonText:
    return LessonText(id_, f"Lesson {id_}", f"Learn {id_}", 20, ((skill, level),), (), (), 5, body)


def item(id_: str, skill: str, topic: str = "") -> ItemText:
    options = tuple(
        OptionText(f"{id_} option {index}", index == 1, f"Why {index} of {id_}")
        for index in range(4)
    )
    return ItemText(id_, skill, 1, f"Which of {id_}?", options, topic, f"Rationale of {id_}")


def bank(skill: str, items: int = 16) -> BankText:
    topics = tuple((f"t{n}", f"Topic {n}") for n in range(4))
    texts = tuple(item(f"{skill}-{n:02}", skill, f"Topic {n % 4}") for n in range(items))
    return BankText(skill, "1", topics, texts, f"banks/{skill}.yaml")


@pytest.fixture
def content() -> CoursesContent:
    """`employee`: E1 (two lessons, one coming) and E2 (one lesson); `mixer`: M1 (one lesson).

    Banks for reading and writing.
    """
    picture = ImageData("plan.svg", "image/svg+xml", b"<svg/>")
    linked = "## Start\n\nSee [on](lesson:E1.2).\n\n![A plan](images/plan.svg)\n\n## End\n\nDone."
    first = ModuleText(
        "E1",
        "First",
        (
            lesson("E1.1", "reading", 1, linked),
            lesson("E1.2", "writing", 1),
            lesson("E1.3", "writing", 2, ""),
        ),
        TASK,
        (item("E1-i1", "reading"), item("E1-i2", "writing")),
        (picture,),
    )
    second = ModuleText(
        "E2", "Second", (lesson("E2.1", "writing", 2),), TASK, (item("E2-i1", "reading"),)
    )
    mixing = ModuleText(
        "M1", "Mixing", (lesson("M1.1", "mixing", 1),), TASK, (item("M1-i1", "mixing"),)
    )
    return CoursesContent(
        (
            CurriculumText("employee", "employee", "Everybody", "For all.", "1", (first, second)),
            CurriculumText("mixer", "mixer", "Mixers", "For those who mix.", "1", (mixing,)),
        ),
        (bank("reading"), bank("writing")),
    )


@pytest.fixture
def syllabus(roles: dict[str, JobRole], content: CoursesContent) -> CoursesContent:
    """The content above, loaded."""
    once("syllabus of the courses", lambda: load_courses(content))
    note_checks(skills_with_checks(current_policy().params))  # a change of rows that stood before
    return content


@pytest.fixture
def with_lesson() -> Callable[..., CoursesContent]:
    """The content with one lesson replaced: `with_lesson(content, "E1.1", body=...)`."""

    def changed(content: CoursesContent, id_: str, **fields: object) -> CoursesContent:
        curricula = tuple(
            replace(
                curriculum,
                modules=tuple(
                    replace(
                        module,
                        lessons=tuple(
                            replace(each, **fields) if each.id == id_ else each  # type: ignore[arg-type]
                            for each in module.lessons
                        ),
                    )
                    for module in curriculum.modules
                ),
            )
            for curriculum in content.curricula
        )
        return replace(content, curricula=curricula)

    return changed


@pytest.fixture
def answers_with() -> Callable[[SkillCheck, int], list[int | None]]:
    """Positions that answer a check with exactly so many right; the last ones are wrong."""

    def positions(check: SkillCheck, right: int) -> list[int | None]:
        found: list[int | None] = []
        versions = versions_of(check.questions)
        for number, (question, version) in enumerate(zip(check.questions, versions, strict=True)):
            place = question["order"].index(version.key)
            found.append(place if number < right else (place + 1) % 4)
        return found

    return positions


@pytest.fixture
def asha(make_person: Callable[..., Person], syllabus: CoursesContent) -> Person:
    """Somebody with a manager, enrolled as everybody is, without a position."""
    once("Asha Rao", lambda: _make_asha(make_person))
    return Person.objects.select_related("manager").get(name="Asha Rao")


def _make_asha(make_person: Callable[..., Person]) -> None:
    follow_job_roles_of([make_person("Asha Rao", manager=make_person("Mo Lind")).pk])


@pytest.fixture
def people(asha: Person, make_person: Callable[..., Person]) -> dict[str, Person]:
    """Asha and Bo report to Mo; Head leads somebody else."""
    head = make_person("Head Hardy")
    manager = asha.manager
    assert manager is not None
    return {
        "owner": asha,
        "manager": manager,
        "colleague": make_person("Bo Berg", manager=manager),
        "head": head,
        "hr": make_person("Hanna Resources", groups=[Group.HR]),
        "auditor": make_person("Audra Auditor", groups=[Group.AUDITOR]),
        "author": make_person("Aude Author", groups=[Group.AUTHOR]),
        "stranger": make_person("Nobody Near", manager=head),
    }


@pytest.fixture
def manager(asha: Person) -> Person:
    """The manager of Asha."""
    assert asha.manager is not None
    return asha.manager


@pytest.fixture
def hr(asha: Person, make_person: Callable[..., Person]) -> Person:
    return make_person("Hana", groups=[Group.HR])


@pytest.fixture
def mixer(asha: Person) -> Curriculum:
    """The curriculum of the job role mixer, which Asha does not hold."""
    return Curriculum.objects.get(slug="mixer")
