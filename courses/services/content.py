"""Loading what is taught: curricula, modules, lessons, tasks, questions.

What changed gets a new version; what vanished is withdrawn and never deleted, so that every
attempt and completion can still be read as it was.
"""

from django.db import transaction

from accounts.models import JobRole
from courses.domain.parts import CoursesContent
from courses.models import Curriculum, Module
from courses.services.check_facts import skills_with_checks
from courses.services.content_changes import Change, apply, withdraw
from courses.services.content_items import load_items
from courses.services.content_lessons import load_lessons, load_tasks
from courses.services.enrolment import follow_job_roles_of
from skills.services.framework import note_checks
from skills.services.policy import current_policy


def load_courses(parsed: CoursesContent) -> list[str]:
    """Make the database say what the content says, and return a readable line for each change.

    `parsed` comes from `parse_courses` without problems; skills, kinds and job roles it names must
    be loaded. Loading the same content twice changes nothing and writes nothing. A
    curriculum that appears, or belongs to another job role than before, enrols the people
    concerned.
    """
    with transaction.atomic():
        changes, follow = _load_curricula(parsed)
        changes += load_lessons(parsed)
        changes += load_tasks(parsed)
        changes += load_items(parsed)
        note_checks(skills_with_checks(current_policy().params))
        if follow:
            enrolled = follow_job_roles_of()
            changes += [f"{enrolled} enrolments by job role"] if enrolled else []
    return changes


def _load_curricula(parsed: CoursesContent) -> tuple[list[Change], bool]:
    roles = {role.slug: role for role in JobRole.objects.all()}
    stored = {curriculum.slug: curriculum for curriculum in Curriculum.objects.all()}
    changes: list[Change] = []
    follow = False
    for text in parsed.curricula:
        row = stored.pop(text.id, None) or Curriculum(slug=text.id)
        values = {
            "job_role": roles[text.job_role] if text.job_role else None,
            "title": text.title,
            "summary": text.summary,
            "version": text.version,
            "is_active": True,
        }
        before = None if row.pk is None else (row.job_role_id, row.is_active)
        changes += apply(row, f"curriculum {text.id}", values)
        follow = follow or before != (row.job_role_id, row.is_active)
        changes += _load_modules(row, text.id, parsed)
    changes += withdraw("curriculum", stored)
    kept = {module.id for text in parsed.curricula for module in text.modules}
    gone = {module.slug: module for module in Module.objects.exclude(slug__in=kept)}
    return changes + withdraw("module", gone), follow


def _load_modules(curriculum: Curriculum, slug: str, parsed: CoursesContent) -> list[Change]:
    text = next(each for each in parsed.curricula if each.id == slug)
    names = [module.id for module in text.modules]
    stored = {module.slug: module for module in Module.objects.filter(slug__in=names)}
    changes: list[Change] = []
    for position, module in enumerate(text.modules, start=1):
        values = {
            "curriculum": curriculum,
            "title": module.title,
            "position": position,
            "is_active": True,
        }
        row = stored.get(module.id) or Module(slug=module.id)
        changes += apply(row, f"module {module.id}", values)
    return changes
