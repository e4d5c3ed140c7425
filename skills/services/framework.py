"""Loading scale, kinds, domains, skills and the policy from the parsed framework file.

Nothing is ever deleted: what vanishes from the files is deactivated.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from skills.domain.policy import document_from_framework
from skills.models import Domain, EvidenceKind, Requirement, ScaleLevel, Skill, SkillLevel
from skills.services.change_lines import ChangeLog, close_requirement
from skills.services.policy import policy_change, publish_policy
from skills.services.scale import forget_level_names


def load_framework(data: Mapping[str, Any], *, on: date) -> list[str]:
    """Bring scale, evidence kinds, domains, skills and the policy to what framework.yaml says.

    `data` is the parsed and validated file. Returns one readable line a change; none where nothing
    changes. A skill that is gone is deactivated and its open requirements close on `on`. Raises
    PolicyInvalid, and PolicyAlreadyPublished where the policy's parameters, kinds or skills changed
    without a new policy version.
    """
    log = ChangeLog()
    with transaction.atomic():
        _load_scale(data["scale"], log)
        transaction.on_commit(forget_level_names)
        _load_kinds(data["evidence_kinds"], log)
        _load_domains(data["domains"], log)
        _load_skills(data["skills"], log)
        _retire_skills({each["id"] for each in data["skills"]}, on, log)
        document = document_from_framework(data)
        line = policy_change(document)
        if line is not None:
            log.add(line, lambda: publish_policy(document))
    return log.lines


def note_checks(skill_ids: Collection[int]) -> None:
    """Remember which skills there is a skill check for, so that pages lead to no other.

    Called by whoever keeps the banks; writes only what differs.
    """
    noted = set(Skill.objects.filter(has_check=True).values_list("pk", flat=True))
    for ids, has_check in ((set(skill_ids) - noted, True), (noted - set(skill_ids), False)):
        if ids:
            Skill.objects.filter(pk__in=ids).update(has_check=has_check)


def _load_scale(entries: Iterable[Mapping[str, Any]], log: ChangeLog) -> None:
    known = {row.level: row for row in ScaleLevel.objects.all()}
    for each in entries:
        row = known.get(each["level"]) or ScaleLevel(level=each["level"])
        texts = ("name", "descriptor", "autonomy", "reach")
        log.save(f"scale {row.level}", row, {name: each.get(name) or "" for name in texts})


def _load_kinds(entries: Iterable[Mapping[str, Any]], log: ChangeLog) -> None:
    known = {row.slug: row for row in EvidenceKind.objects.all()}
    for position, each in enumerate(entries):
        row = known.get(each["id"]) or EvidenceKind(slug=each["id"])
        wanted = {"name": each["name"], "use": each.get("use") or "", "position": position}
        log.save(f"evidence kind {row.slug}", row, wanted)


def _load_domains(entries: Iterable[Mapping[str, Any]], log: ChangeLog) -> None:
    known = {row.slug: row for row in Domain.objects.all()}
    for position, each in enumerate(entries):
        row = known.get(each["id"]) or Domain(slug=each["id"])
        wanted = {"name": each["name"], "summary": each.get("summary") or "", "position": position}
        log.save(f"domain {row.slug}", row, wanted)


def _load_skills(entries: Iterable[Mapping[str, Any]], log: ChangeLog) -> None:
    known = {row.slug: row for row in Skill.objects.select_related("domain")}
    domains = {row.slug: row for row in Domain.objects.all()}
    levels = {(row.skill_id, row.level): row for row in SkillLevel.objects.all()}
    for position, each in enumerate(entries):
        row = known.get(each["id"]) or Skill(slug=each["id"])
        wanted = {
            "name": each["name"],
            "domain": domains[each["domain"]],
            "definition": each["definition"],
            "half_life_months": each["half_life_months"],
            "decay_class": each["decay_class"],
            "keystone": each["keystone"],
            "alignment": each.get("alignment") or {},
            "position": position,
            "is_active": True,
        }
        is_new = row.pk is None
        log.save(f"skill {row.slug}", row, wanted)
        _load_levels(row, each["levels"], levels, log, quiet=is_new)


def _load_levels(
    skill: Skill,
    texts: Mapping[Any, str],
    known: Mapping[tuple[int, int], SkillLevel],
    log: ChangeLog,
    *,
    quiet: bool,
) -> None:
    """A new skill is one line; its levels say nothing of their own then."""
    into = ChangeLog() if quiet else log
    for key, text in texts.items():
        level = int(key)
        row = known.get((skill.pk, level)) or SkillLevel(skill=skill, level=level)
        into.save(f"skill {skill.slug} level {level}", row, {"descriptor": text})


def _retire_skills(kept: set[str], on: date, log: ChangeLog) -> None:
    for skill in Skill.objects.filter(is_active=True).exclude(slug__in=kept):
        for row in Requirement.objects.filter(skill=skill, valid_to=None).select_related(
            "job_role"
        ):
            close_requirement(row, on, log)
        log.save(f"skill {skill.slug}", skill, {"is_active": False})
