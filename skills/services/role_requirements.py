"""Loading job roles and their requirements from the parsed roles file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from accounts.domain.roles import MOST_INHERITED
from accounts.models import JobRole
from accounts.services.job_roles import save_job_role
from skills.models import Requirement, Skill
from skills.services.change_lines import ChangeLog, close_requirement, describe, refuse_hindsight

TEXTS = ("name", "persona", "summary", "why", "reference_occupations")


def load_requirements(data: Mapping[str, Any], *, on: date) -> list[str]:
    """Bring job roles and requirements to what roles.yaml says, from the day `on`.

    `data` is the parsed and validated file; the framework is loaded first. A changed requirement
    closes its row on `on` and opens a new one, so that what was required earlier stays known; a
    change on the day a row began edits it. What is gone is closed or deactivated. Returns one
    readable line a change. Raises ValueError for a role that
    inherits over more than two steps, ChangeTooEarly where what changes began after the day.
    """
    log = ChangeLog()
    entries = {each["id"]: each for each in data["roles"]}
    _refuse_long_chains(entries)
    with transaction.atomic():
        roles = _load_roles(entries, log)
        _load_all(entries, roles, on, log)
        _retire_roles(set(entries), on, log)
    return log.lines


def _refuse_long_chains(entries: Mapping[str, Mapping[str, Any]]) -> None:
    for slug in entries:
        above, steps = entries[slug].get("inherits"), 0
        while above is not None:
            steps += 1
            if steps > MOST_INHERITED:
                raise ValueError(f"role {slug} inherits over more than {MOST_INHERITED} steps")
            above = entries[above].get("inherits") if above in entries else None


def _load_roles(entries: Mapping[str, Mapping[str, Any]], log: ChangeLog) -> dict[str, JobRole]:
    """Write the roles, those that others inherit first."""
    roles = {row.slug: row for row in JobRole.objects.select_related("inherits")}

    def depth(slug: str) -> int:
        above: str | None = entries[slug].get("inherits")
        return 1 + depth(above) if above is not None and above in entries else 0

    for slug in sorted(entries, key=depth):
        _load_role(slug, entries[slug], roles, log)
    return roles


def _load_role(
    slug: str, entry: Mapping[str, Any], roles: dict[str, JobRole], log: ChangeLog
) -> None:
    above = entry.get("inherits")
    row = roles.get(slug)
    wanted: dict[str, Any] = {name: entry.get(name) or "" for name in TEXTS}
    if row is None:
        changes = [f"job role {slug}: added"]
    else:
        changes = [
            f"job role {slug}: {describe(name, getattr(row, name), value)}"
            for name, value in (wanted | {"is_active": True}).items()
            if getattr(row, name) != value
        ]
        inherited = row.inherits.slug if row.inherits else None
        if inherited != above:
            changes.append(f"job role {slug}: {describe('inherits', inherited, above)}")
    for line in changes:
        log.add(line)
    if changes:
        inherits = roles[above] if above else None
        roles[slug] = save_job_role(slug, inherits=inherits, is_active=True, **wanted)


def _load_all(
    entries: Mapping[str, Mapping[str, Any]], roles: Mapping[str, JobRole], on: date, log: ChangeLog
) -> None:
    skills = {row.slug: row for row in Skill.objects.all()}
    standing: dict[str, dict[str, Requirement]] = {}
    for row in Requirement.objects.filter(valid_to=None).select_related("job_role", "skill"):
        standing.setdefault(row.job_role.slug, {})[row.skill.slug] = row
    for slug, entry in entries.items():
        rows = standing.get(slug, {})
        for skill, asked in entry["requirements"].items():
            _load_one(roles[slug], skills[skill], asked, rows.get(skill), on, log)
        for skill in rows.keys() - entry["requirements"].keys():
            close_requirement(rows[skill], on, log)


def _wanted(asked: Mapping[str, Any]) -> dict[str, Any]:
    grace = asked.get("grace_until")
    return {
        "level": asked["level"],
        "weight": asked["weight"],
        "grace_until": date.fromisoformat(grace) if isinstance(grace, str) else grace,
    }


def _words(wanted: Mapping[str, Any]) -> str:
    words = f"level {wanted['level']}, weight {wanted['weight']}"
    return f"{words}, grace until {wanted['grace_until']}" if wanted["grace_until"] else words


def _load_one(
    role: JobRole,
    skill: Skill,
    asked: Mapping[str, Any],
    row: Requirement | None,
    on: date,
    log: ChangeLog,
) -> None:
    wanted = _wanted(asked)
    what = f"requirement {role.slug} {skill.slug}"
    fresh = Requirement(job_role=role, skill=skill, valid_from=on, **wanted)
    if row is None:
        log.add(f"{what}: added, {_words(wanted)}", fresh.save)
        return
    changes = [
        describe(name, getattr(row, name), value)
        for name, value in wanted.items()
        if getattr(row, name) != value
    ]
    if not changes:
        return
    refuse_hindsight(row, on)
    log.add(f"{what}: {', '.join(changes)}")
    if row.valid_from >= on:
        Requirement.objects.filter(pk=row.pk).update(valid_from=on, **wanted)
    else:
        Requirement.objects.filter(pk=row.pk).update(valid_to=on)
        fresh.save()


def _retire_roles(kept: set[str], on: date, log: ChangeLog) -> None:
    gone = JobRole.objects.filter(is_active=True).exclude(slug__in=kept)
    for role in gone.select_related("inherits"):
        for row in Requirement.objects.filter(job_role=role, valid_to=None).select_related("skill"):
            close_requirement(row, on, log)
        texts = {name: getattr(role, name) for name in TEXTS}
        log.add(f"job role {role.slug}: is_active True -> False")
        save_job_role(role.slug, inherits=role.inherits, is_active=False, **texts)
