"""Loading the content folder: framework and policy, then job roles, then courses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import JobRole, Person
from courses.domain.content_files import parse_courses
from courses.domain.parts import CoursesContent
from courses.domain.source import Problem
from courses.enums import ItemPurpose
from courses.models import Curriculum, Item, Lesson
from courses.services.content import load_courses
from jobs.models import Job, JobQuerySet
from jobs.services import Progress, enqueue
from operations.domain.framework_files import (
    FRAMEWORK_FILE,
    ROLES_FILE,
    FrameworkContent,
    parse_framework,
)
from operations.exceptions import ContentInvalid
from operations.permissions import can_load_content
from skills.domain.policy import document_from_framework
from skills.exceptions import ChangeTooEarly, PolicyAlreadyPublished, PolicyInvalid
from skills.models import PolicyVersion, Skill
from skills.services.framework import load_framework
from skills.services.policy_effect import PolicyEffect, policy_effect
from skills.services.role_requirements import load_requirements

Report = Callable[[int, int, str], None]
STEPS = 4
TASK = "operations.load_content"


@dataclass(frozen=True)
class ParsedContent:
    framework: FrameworkContent
    courses: CoursesContent


def read_tree(directory: Path) -> dict[str, bytes]:
    """The files below a folder by relative path; hidden files and folders are left out."""
    found = {}
    for path in sorted(directory.rglob("*")):
        parts = path.relative_to(directory).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            found["/".join(parts)] = path.read_bytes()
    return found


def parse_content(files: Mapping[str, bytes]) -> ParsedContent:
    """Parse and validate everything. Raises ContentInvalid with every problem found."""
    framework, problems = parse_framework(files, today=timezone.localdate())
    courses, course_problems = parse_courses(files, framework.known)
    problems = [*problems, *course_problems]
    if problems:
        raise ContentInvalid(problems)
    return ParsedContent(framework, courses)


def load_content(
    directory: Path,
    *,
    preview: bool = False,
    on: date | None = None,
    report: Report = lambda done, total, message: None,
) -> list[str]:
    """Make the database say what the content folder says; return a readable line per change.

    All or nothing: one transaction, after every file was checked. `on` (default today) is the day
    from which changed requirements hold. With `preview` the same is done and undone again, so that
    the lines are exactly those of a load. `report` takes steps done, steps in all, what is being
    done; it is told of the writing before the transaction begins, since on SQLite nobody else can
    write, a job's progress included, until it ends. Raises ContentInvalid.
    """
    report(0, STEPS, "Reading the files")
    parsed = parse_content(read_tree(directory))
    day = on or timezone.localdate()
    report(1, STEPS, "Writing all in one go: framework and policy")
    with transaction.atomic():
        changes = _load_framework(parsed.framework, day)
        report(2, STEPS, "Writing all in one go: job roles and requirements")
        changes += _load_requirements(parsed.framework, day)
        report(3, STEPS, "Writing all in one go: courses")
        changes += load_courses(parsed.courses)
        if preview:
            transaction.set_rollback(True)
    report(STEPS, STEPS, "Done")
    return changes


def _load_framework(content: FrameworkContent, day: date) -> list[str]:
    try:
        return load_framework(content.framework, on=day)
    except (PolicyAlreadyPublished, PolicyInvalid, ChangeTooEarly) as error:
        raise ContentInvalid([Problem(FRAMEWORK_FILE, content.policy_line, str(error))]) from error


def _load_requirements(content: FrameworkContent, day: date) -> list[str]:
    try:
        return load_requirements(content.roles, on=day)
    except ChangeTooEarly as error:
        raise ContentInvalid([Problem(ROLES_FILE, 1, str(error))]) from error


def effect_of_policy(directory: Path) -> PolicyEffect | None:
    """Whose verified level the folder's policy would change; None where it changes nothing.

    Reads only. The folder must hold valid content (`load_content`).
    """
    framework, _ = parse_framework(read_tree(directory))
    return policy_effect(document_from_framework(framework.framework))


def start_content_load(*, by: Person | None) -> Job:
    """Load the content that ships with this installation as a job with progress.

    While one is waiting or running, no second one is made: that one is returned. Raises
    PermissionDenied.
    """
    if by is not None and not can_load_content(by):
        raise PermissionDenied
    return enqueue(TASK, title="Load the content", by=by, alone=True)


def content_loads() -> JobQuerySet:
    """The jobs that loaded, or are loading, the content; the newest first."""
    return Job.objects.filter(task=TASK).select_related("created_by")


def run_content_load(progress: Progress) -> str:
    """The work of that job; its closing message counts the changes. Raises ContentInvalid."""
    changes = load_content(Path(settings.CONTENT_DIR), report=progress.report)
    counted = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    return counted if changes else "Nothing to change"


@dataclass(frozen=True, slots=True)
class LoadedContent:
    """How much of everything is on offer now. `policy` is None before the first load."""

    policy: PolicyVersion | None
    skills: int
    job_roles: int
    curricula: int
    lessons: int
    coming: int
    banks: int


def loaded_content() -> LoadedContent:
    """Count what was loaded and not withdrawn since; seven queries."""
    items = Item.objects.filter(
        purpose=ItemPurpose.EVIDENCE, is_active=True, current__isnull=False
    ).order_by()
    return LoadedContent(
        PolicyVersion.objects.filter(is_current=True).first(),
        Skill.objects.filter(is_active=True).count(),
        JobRole.objects.filter(is_active=True).count(),
        Curriculum.objects.filter(is_active=True).count(),
        Lesson.objects.published().count(),
        Lesson.objects.coming().count(),
        items.values("skill").distinct().count(),
    )
