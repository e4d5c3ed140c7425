"""A policy version as the calculations use it.

    days(months) = floor(months x 30.4375 + 0.5)
    1 / H' = 1 / H + (1 - u) / H_disuse        u = assumed_use, months throughout
    ageing = min(days(H'/2), stale)   stale = days(min(H', f x H'))   lapse = days(2 H')

Arithmetic on the written decimals is exact (fractions), so that a date never hangs on rounding.
Source: `docs/skill-policy.md`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

from skills.enums import Kind
from skills.exceptions import PolicyInvalid, UnknownInPolicy

DAYS_PER_MONTH = Fraction("30.4375")
HIGHEST_LEVEL = 4

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class KindRule:
    """One evidence kind: its ceiling and its life. `validity_factor` None: worth 0 at once."""

    id: str
    max_level: int
    performance: bool
    validity_factor: Fraction | None


@dataclass(frozen=True, slots=True)
class SkillRule:
    """One skill. `half_life_months` is H' (after `assumed_use`), `written_half_life` is H."""

    id: str
    half_life_months: Fraction
    written_half_life: Fraction
    decay_class: str
    keystone: bool


class Span(NamedTuple):
    """How long a row of one kind in one skill lasts, counted from the day observed."""

    ageing: timedelta
    stale: timedelta
    lapse: timedelta


@dataclass(frozen=True, slots=True)
class Params:
    """The numbers of a policy version (the `params` of its document)."""

    assumed_use: float = 1.0
    min_group_size: int = 5
    contradiction_days: int = 60
    contradiction_growth_days: int = 14
    contradiction_levels: int = 2
    workplace_artefacts_apart_days: int = 60
    adaptive_max_standard_error: float = 0.4
    new_starter_grace_days: int = 90
    skill_check_items: int = 8
    skill_check_pass: int = 6
    skill_check_min_bank: int = 16
    retake_cooldown_hours: int = 24


@dataclass(frozen=True, slots=True)
class Policy:
    """A published policy version; build it with `policy_from_document`."""

    version: str
    params: Params
    kinds: Mapping[str, KindRule]
    skills: Mapping[str, SkillRule]
    spans: Mapping[tuple[str, str], Span] = field(repr=False)

    def kind(self, kind_id: str) -> KindRule:
        """The rule of a kind; raises UnknownInPolicy."""
        try:
            return self.kinds[kind_id]
        except KeyError:
            raise UnknownInPolicy("evidence kind", kind_id, self.version) from None

    def skill(self, skill_id: str) -> SkillRule:
        """The rule of a skill; raises UnknownInPolicy."""
        try:
            return self.skills[skill_id]
        except KeyError:
            raise UnknownInPolicy("skill", skill_id, self.version) from None

    def span(self, skill_id: str, kind_id: str) -> Span:
        """How long a row of this kind lasts in this skill; raises UnknownInPolicy."""
        try:
            return self.spans[skill_id, kind_id]
        except KeyError:
            self.skill(skill_id)
            raise UnknownInPolicy("evidence kind", kind_id, self.version) from None


def days(months: Fraction | int) -> int:
    """Whole days in a number of months: floor(months x 30.4375 + 0.5)."""
    return math.floor(months * DAYS_PER_MONTH + Fraction(1, 2))


def shortened_half_life(written: Fraction, use: Fraction, disuse: Fraction) -> Fraction:
    """H' in months from 1/H' = 1/H + (1 - u)/H_disuse; `use` 1 leaves H as it is."""
    return 1 / (1 / written + (1 - use) / disuse)


def span_of(half_life: Fraction, factor: Fraction | None) -> Span:
    """Days until a row ages, turns stale and lapses, for H' in months and a validity factor."""
    if factor is None:
        return Span(timedelta(0), timedelta(0), timedelta(0))
    stale = days(min(half_life, factor * half_life))
    ageing = min(days(half_life / 2), stale)
    return Span(timedelta(ageing), timedelta(stale), timedelta(days(2 * half_life)))


def document_from_framework(framework: Document) -> dict[str, object]:
    """The policy document that a parsed `content/framework.yaml` stands for (JSON types only).

    Raises PolicyInvalid where the framework lacks a part.
    """
    params = dict(_mapping(framework, "policy", ""))
    version = params.pop("version", None)
    return {
        "version": version,
        "params": params,
        "kinds": _by_id(framework, "evidence_kinds", _KIND_FIELDS),
        "skills": _by_id(framework, "skills", _SKILL_FIELDS),
    }


def policy_from_document(document: Document) -> Policy:
    """Build a Policy from `{"version", "params", "kinds": {id: ...}, "skills": {id: ...}}`.

    A kind has max_level (0-4), performance, validity_factor (a number above 0, or null); a skill
    has half_life_months (above 0), decay_class, keystone. Missing params take their default, an
    unknown one is refused. Raises PolicyInvalid, naming the entry. Source: `docs/skill-policy.md`.
    """
    version = document.get("version")
    if not isinstance(version, str) or not version:
        raise PolicyInvalid("version", "must be a text that is not empty")
    written = dict(_mapping(document, "params", ""))
    disuse = written.pop("disuse_half_life_months", {})
    params = _params(written)
    kinds = {id_: _kind(id_, raw) for id_, raw in _entries(document, "kinds")}
    use = _number(written.get("assumed_use", 1), "params.assumed_use")
    skills = {id_: _skill(id_, raw, use, disuse) for id_, raw in _entries(document, "skills")}
    spans = {
        (skill.id, kind.id): span_of(skill.half_life_months, kind.validity_factor)
        for skill in skills.values()
        for kind in kinds.values()
    }
    return Policy(version, params, kinds, skills, spans)


_KIND_FIELDS = ("max_level", "performance", "validity_factor")
_SKILL_FIELDS = ("half_life_months", "decay_class", "keystone")


def _params(written: Document) -> Params:
    types: dict[str, Callable[[Fraction], int | float]] = {
        each.name: float if each.type is float else int for each in fields(Params)
    }
    values: dict[str, int | float] = {}
    for name, raw in written.items():
        path = f"params.{name}"
        if name not in types:
            raise PolicyInvalid(path, "is not a parameter of the policy")
        number = _number(raw, path)
        if number < 0 or (types[name] is int and number.denominator != 1):
            raise PolicyInvalid(path, "must not be negative, and whole where it counts something")
        values[name] = types[name](number)
    if not 0 <= values.get("assumed_use", 1) <= 1:
        raise PolicyInvalid("params.assumed_use", "must lie between 0 and 1")
    if values.get("contradiction_levels", 2) < 1:
        raise PolicyInvalid("params.contradiction_levels", "must be at least 1")
    return Params(**values)  # type: ignore[arg-type]


def _kind(id_: str, raw: Document) -> KindRule:
    path = f"kinds.{id_}"
    level = _number(raw.get("max_level"), f"{path}.max_level")
    if level not in range(HIGHEST_LEVEL + 1):
        raise PolicyInvalid(f"{path}.max_level", "must be a level from 0 to 4")
    if id_ == Kind.SELF_REPORT and level:
        raise PolicyInvalid(f"{path}.max_level", "a self-report never verifies anything: must be 0")
    factor = raw.get("validity_factor")
    number = None if factor is None else _positive(factor, f"{path}.validity_factor")
    return KindRule(id_, int(level), _flag(raw, "performance", path), number)


def _skill(id_: str, raw: Document, use: Fraction, disuse: object) -> SkillRule:
    path = f"skills.{id_}"
    written = _positive(raw.get("half_life_months"), f"{path}.half_life_months")
    decay_class = str(raw.get("decay_class", ""))
    half_life = written
    if use < 1:
        table = disuse if isinstance(disuse, Mapping) else {}
        idle = _positive(
            table.get(decay_class), f"params.disuse_half_life_months.{decay_class or '?'}"
        )
        half_life = shortened_half_life(written, use, idle)
    return SkillRule(id_, half_life, written, decay_class, _flag(raw, "keystone", path))


def _entries(document: Document, name: str) -> list[tuple[str, Document]]:
    part = _mapping(document, name, "")
    return [(id_, _mapping(part, id_, f"{name}.")) for id_ in part]


def _mapping(document: Document, name: str, prefix: str) -> Document:
    part = document.get(name)
    if not isinstance(part, Mapping):
        raise PolicyInvalid(f"{prefix}{name}", "must be a mapping")
    return part


def _by_id(framework: Document, name: str, wanted: tuple[str, ...]) -> dict[str, object]:
    part = framework.get(name)
    if not isinstance(part, list):
        raise PolicyInvalid(name, "must be a list")
    return {str(entry["id"]): {key: entry[key] for key in wanted} for entry in part}


def _flag(raw: Document, name: str, path: str) -> bool:
    value = raw.get(name)
    if not isinstance(value, bool):
        raise PolicyInvalid(f"{path}.{name}", "must be true or false")
    return value


def _number(value: object, path: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PolicyInvalid(path, "must be a number")
    if not math.isfinite(value):
        raise PolicyInvalid(path, "must be a number")
    return Fraction(str(value))


def _positive(value: object, path: str) -> Fraction:
    number = _number(value, path)
    if number <= 0:
        raise PolicyInvalid(path, "must be above 0")
    return number
