"""Reading framework.yaml and roles.yaml: every id, level and number is checked before loading."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.domain.roles import BASELINE, MOST_INHERITED
from courses.domain.parts import Known
from courses.domain.source import Marked, Problem, Reader, plain
from skills.domain.policy import Params, document_from_framework, policy_from_document
from skills.enums import Kind
from skills.exceptions import PolicyInvalid

FRAMEWORK_FILE, ROLES_FILE = "framework.yaml", "roles.yaml"
SCALE = range(5)
LEVELS = range(1, 5)
FRAMEWORK_KEYS = (
    "meta", "policy", "scale", "evidence_kinds", "domains", "skills", "coherence_index",
    "self_diagnostic",
)  # fmt: skip
SCALE_KEYS = ("level", "name", "descriptor", "autonomy", "reach")
SKILL_KEYS = (
    "id", "name", "domain", "definition", "half_life_months", "decay_class", "keystone", "levels",
    "alignment",
)  # fmt: skip
ROLE_KEYS = (
    "id", "name", "persona", "summary", "why", "reference_occupations", "inherits",
    "requirements",
)  # fmt: skip


@dataclass(frozen=True)
class FrameworkContent:
    """Both files as plain documents of valid content, and the ids that courses may name."""

    framework: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, Any] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    policy_line: int = 1


def parse_framework(
    files: Mapping[str, bytes], *, today: date = date.max
) -> tuple[FrameworkContent, list[Problem]]:
    """Parse and validate both files (name below the content folder -> bytes).

    Returns their documents and every problem, sorted by file and line. With problems the ids in
    `known` are those that could be read, so that the courses can be checked in the same run.
    """
    problems: list[Problem] = []
    framework = _document(files, FRAMEWORK_FILE, problems)
    roles = _document(files, ROLES_FILE, problems)
    skills, kinds, job_roles = (
        _ids(framework, "skills"), _ids(framework, "evidence_kinds"), _ids(roles, "roles"),
    )  # fmt: skip
    if framework:
        _check_framework(Reader(FRAMEWORK_FILE, problems), framework)
    if roles:
        _check_roles(Reader(ROLES_FILE, problems), roles, skills, job_roles)
    known = Known(skills, kinds, job_roles, _min_bank(framework), today)
    line = framework.lines.get("policy", 1)
    return FrameworkContent(plain(framework), plain(roles), known, line), sorted(problems)


def _document(files: Mapping[str, bytes], name: str, problems: list[Problem]) -> Marked:
    if name not in files:
        problems.append(Problem(name, 1, "the file is missing"))
        return Marked()
    reader = Reader(name, problems)
    return reader.load(reader.decode(files[name]))


def _ids(document: Marked, key: str) -> frozenset[str]:
    entries = document.get(key)
    if not isinstance(entries, list):
        return frozenset()
    return frozenset(
        entry["id"]
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    )


def _min_bank(framework: Marked) -> int:
    policy = framework.get("policy")
    least = policy.get("skill_check_min_bank") if isinstance(policy, dict) else None
    return least if isinstance(least, int) else Params().skill_check_min_bank


def _check_framework(reader: Reader, document: Marked) -> None:
    reader.only(document, FRAMEWORK_KEYS)
    policy = reader.part(document, "policy")
    before = len(reader.problems)
    _check_scale(reader, document)
    _check_kinds(reader, document)
    domains = _unique(reader, document, "domains", ("id", "name", "summary"))
    for _, entry in _entries(reader, document, "domains"):
        _texts(reader, entry, name=120, summary=None)
    _check_skills(reader, document, domains)
    if policy and len(reader.problems) == before:
        _check_policy(reader, document, policy)


def _check_policy(reader: Reader, document: Marked, policy: Marked) -> None:
    """Let the policy say for itself whether it can be used; the rest of the file is right."""
    try:
        policy_from_document(document_from_framework(plain(document)))
    except PolicyInvalid as error:
        parameter = error.path.removeprefix("params.").split(".")[0]
        reader.report(reader.line_of(policy, parameter), f"policy, {error}")


def _check_scale(reader: Reader, document: Marked) -> None:
    found = []
    for line, entry in _entries(reader, document, "scale"):
        level = reader.whole(entry, "level", least=0, most=4)
        if level in found:
            reader.report(line, f"level {level} stands in the scale twice")
        found.append(level)
        _texts(reader, entry, name=60, descriptor=None)
    for level in sorted(set(SCALE) - set(found)):
        reader.report(reader.line_of(document, "scale"), f"the scale has no level {level}")


def _check_kinds(reader: Reader, document: Marked) -> None:
    keys = ("id", "name", "max_level", "performance", "validity_factor", "use")
    kinds = _unique(reader, document, "evidence_kinds", keys)
    for _, entry in _entries(reader, document, "evidence_kinds"):
        _texts(reader, entry, name=120, use=None)
        reader.whole(entry, "max_level", least=0, most=4)
        reader.flag(entry, "performance")
        factor = entry.get("validity_factor")
        if "validity_factor" not in entry:
            reader.report(entry.line, "the key 'validity_factor' is missing (null: never valid)")
        elif factor is not None and not (_is_number(factor) and factor > 0):
            line = reader.line_of(entry, "validity_factor")
            reader.report(line, "'validity_factor' must be a number above 0, or null")
    for kind in sorted(set(Kind) - kinds):
        line = reader.line_of(document, "evidence_kinds")
        reader.report(line, f"the evidence kind '{kind}' is missing")


def _check_skills(reader: Reader, document: Marked, domains: frozenset[str]) -> None:
    policy = document.get("policy")
    classes = policy.get("disuse_half_life_months") if isinstance(policy, dict) else None
    classes = classes if isinstance(classes, dict) else {}
    _unique(reader, document, "skills", SKILL_KEYS)
    for _, entry in _entries(reader, document, "skills"):
        _texts(reader, entry, name=160, definition=None)
        reader.known(entry, "domain", domains, "domain")
        reader.whole(entry, "half_life_months", least=1, most=600)
        reader.known(entry, "decay_class", classes, "decay class")
        reader.flag(entry, "keystone")
        _check_levels(reader, entry)
        if entry.get("alignment") is not None:
            reader.part(entry, "alignment")


def _check_levels(reader: Reader, skill: Marked) -> None:
    levels = reader.part(skill, "levels")
    for level in LEVELS:
        if level not in levels:
            line = reader.line_of(skill, "levels")
            reader.report(line, f"the skill '{skill.get('id')}' has no level {level}")
        else:
            _level_text(reader, levels, level)
    for key in levels:
        if key not in LEVELS:
            reader.report(reader.line_of(levels, key), f"there is no level '{key}' (1 to 4)")


def _level_text(reader: Reader, levels: Marked, level: int) -> None:
    if not isinstance(levels[level], str) or not levels[level].strip():
        reader.report(reader.line_of(levels, level), f"level {level} has no text")


def _check_roles(
    reader: Reader, document: Marked, skills: frozenset[str], job_roles: frozenset[str]
) -> None:
    reader.only(document, ("meta", "weights", "inherits", "roles"))
    _unique(reader, document, "roles", ROLE_KEYS)
    parents: dict[str, str] = {}
    for line, entry in _entries(reader, document, "roles"):
        _texts(reader, entry, name=120, summary=None)
        for key, most in (("persona", 120), ("why", 10_000), ("reference_occupations", 255)):
            reader.text(entry, key, most=most, required=False)
        if entry.get("inherits") is not None:
            parents[str(entry.get("id"))] = reader.known(entry, "inherits", job_roles, "job role")
            if _ancestors(str(entry.get("id")), parents) > len(parents):
                reader.report(line, f"the job role '{entry.get('id')}' inherits from itself")
        _check_requirements(reader, entry, skills)
    for line, entry in _entries(reader, document, "roles"):
        if _ancestors(str(entry.get("id")), parents) > MOST_INHERITED:
            reader.report(line, f"a job role inherits over at most {MOST_INHERITED} steps")
    if BASELINE not in job_roles:
        reader.report(reader.line_of(document, "roles"), f"the job role '{BASELINE}' is missing")


def _ancestors(role: str, parents: Mapping[str, str]) -> int:
    """How many roles stand above one; more than there are links where they run in a circle."""
    steps = 0
    while role in parents and steps <= len(parents):
        role, steps = parents[role], steps + 1
    return steps


def _check_requirements(reader: Reader, role: Marked, skills: frozenset[str]) -> None:
    requirements = reader.part(role, "requirements") if role.get("requirements") != {} else Marked()
    for skill in requirements:
        line = reader.line_of(requirements, skill)
        if skill not in skills:
            reader.report(line, f"there is no skill '{skill}'")
        wanted = requirements[skill]
        if not isinstance(wanted, Marked):
            reader.report(line, "a requirement has a 'level' and a 'weight'")
            continue
        reader.only(wanted, ("level", "weight", "grace_until"))
        reader.whole(wanted, "level", least=1, most=4)
        reader.whole(wanted, "weight", least=1, most=3)
        if not isinstance(wanted.get("grace_until"), date | None):
            reader.report(reader.line_of(wanted, "grace_until"), "'grace_until' must be a date")


def _entries(reader: Reader, document: Marked, key: str) -> Iterable[tuple[int, Marked]]:
    """The entries of a list whose form `_unique` has reported on (or the scale's)."""
    if key == "scale":
        return reader.entries(document, key, keys=SCALE_KEYS)
    return Reader(reader.file).entries(document, key)


def _unique(reader: Reader, document: Marked, key: str, allowed: Collection[str]) -> frozenset[str]:
    """The ids of a list; an id that is missing or comes twice is a problem."""
    seen: set[str] = set()
    for _, entry in reader.entries(document, key, keys=allowed):
        name = reader.text(entry, "id", most=60)
        if name and name in seen:
            reader.report(reader.line_of(entry, "id"), f"the id '{name}' stands in '{key}' twice")
        seen.add(name)
    return frozenset(seen)


def _texts(reader: Reader, entry: Marked, **wanted: int | None) -> None:
    for key, most in wanted.items():
        reader.text(entry, key, most=most or 10_000)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
