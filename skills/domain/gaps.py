"""What a person must be able to do, and how far they are from it.

    required_s = max over binding requirements of level,  weight_s = max of weight
    gap = sum_s weight_s * max(0, required_s - verified_s) / sum_s weight_s * required_s
    blocking: verified_s < highest level that a binding requirement sets with weight 3

Exempt requirements and those in grace are in neither sum; with none left there is no figure.
Source: `docs/skill-policy.md`, "Requirements and gaps".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from typing import NamedTuple

from skills.enums import RequirementState

CRITICAL_WEIGHT = 3


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one job role (or `employee`) asks for in one skill. `grace_until` is the last day of
    grace, already the later of the requirement's own and of the new position's (None: binding).
    """

    job_role: str
    skill: str
    level: int
    weight: int
    grace_until: date | None = None


@dataclass(frozen=True, slots=True)
class Required:
    """The merged requirement of one person in one skill.

    `job_role` sets the level. `blocking_level` is 0 where nothing has weight 3. `grace_until` is
    set where every requirement is in grace (level, weight and role then say what will be asked,
    and it is the last day before the first of them binds); `in_grace` lists each one still in
    grace, by its role.
    """

    skill: str
    job_role: str
    level: int
    weight: int
    blocking_level: int
    grace_until: date | None = None
    in_grace: tuple[Requirement, ...] = ()

    @property
    def to_come(self) -> tuple[Requirement, ...]:
        """Where something binds: those in grace that will ask for more."""
        return tuple(
            each for each in self.in_grace if each.level > self.level or each.weight > self.weight
        )


class Gap(NamedTuple):
    """One requirement of one person against the verified level. `until` is the last day of the
    exemption or of grace; `missing` is the number of levels short, 0 where it does not bind.
    """

    required: Required
    verified: int
    state: RequirementState
    missing: int
    until: date | None = None


def held_since(terms: Iterable[tuple[date, date | None]], *, on: date) -> date | None:
    """The first day of the unbroken time, up to and with `on`, that is covered by these terms.

    A term is a first and a last day (None: open). One that begins the day after another ended goes
    on from it. None: no term covers `on`.
    """
    since = until = None
    for first, last in sorted(terms, key=itemgetter(0)):
        if first > on:
            break
        if since is None or (until is not None and (first - until).days > 1):
            since, until = first, last
        elif until is not None:
            until = max(until, last) if last is not None else None
    return since if until is None or until >= on else None


def last_day_of_grace(
    requirement_until: date | None, role_since: date | None, new_starter_days: int
) -> date | None:
    """The later of a requirement's own last day and of the first `new_starter_days` in a job role.

    `role_since`: since when the role has been held without a break; None: `employee`, or a role
    whose grace is over.
    """
    days = [requirement_until] if requirement_until else []
    if role_since is not None and new_starter_days > 0:
        days.append(role_since + timedelta(days=new_starter_days - 1))
    return max(days, default=None)


def merge(requirements: Iterable[Requirement], *, as_of: date) -> dict[str, Required]:
    """Merge the requirements of all current positions and `employee`: one entry per skill.

    A requirement in grace (as_of <= grace_until) leaves those that bind as they are: a new
    position never lifts what already applied. Source: `docs/skill-policy.md`.
    """
    by_skill: dict[str, list[Requirement]] = {}
    for each in requirements:
        by_skill.setdefault(each.skill, []).append(each)
    return {skill: _merged(skill, each, as_of) for skill, each in sorted(by_skill.items())}


def _merged(skill: str, requirements: list[Requirement], as_of: date) -> Required:
    in_grace = [each for each in requirements if each.grace_until and as_of <= each.grace_until]
    binding = [each for each in requirements if each not in in_grace]
    deciding = binding or in_grace
    role = min(deciding, key=lambda each: (-each.level, -each.weight, each.job_role))
    return Required(
        skill,
        role.job_role,
        role.level,
        max(each.weight for each in deciding),
        max((each.level for each in deciding if each.weight >= CRITICAL_WEIGHT), default=0),
        None if binding else min(each.grace_until for each in in_grace if each.grace_until),
        tuple(sorted(in_grace, key=lambda each: each.job_role)),
    )


def gaps_of(
    required: Mapping[str, Required],
    verified: Mapping[str, int],
    exempt_until: Mapping[str, date],
    *,
    as_of: date,
) -> list[Gap]:
    """One Gap per required skill, in order of skill. A skill absent from `verified` is at 0.

    `exempt_until` gives the last day of each exemption; a past one is ignored, and an exemption
    is named before grace.
    """
    return [
        _gap(each, verified.get(skill, 0), exempt_until.get(skill), as_of)
        for skill, each in sorted(required.items())
    ]


def _gap(required: Required, verified: int, exempt_until: date | None, as_of: date) -> Gap:
    if exempt_until is not None and as_of <= exempt_until:
        return Gap(required, verified, RequirementState.EXEMPT, 0, exempt_until)
    if required.grace_until is not None:
        return Gap(required, verified, RequirementState.IN_GRACE, 0, required.grace_until)
    missing = max(0, required.level - verified)
    if verified < required.blocking_level:
        state = RequirementState.BLOCKING
    else:
        state = RequirementState.SHORT if missing else RequirementState.MET
    return Gap(required, verified, state, missing)


def gap_figure(gaps: Iterable[Gap]) -> float | None:
    """The weighted share of what is required that is missing: 0 all met, 1 nothing evidenced.

    None where no requirement binds: the person is then in no denominator.
    """
    short = asked = 0
    for gap in gaps:
        if gap.state not in (RequirementState.EXEMPT, RequirementState.IN_GRACE):
            short += gap.required.weight * gap.missing
            asked += gap.required.weight * gap.required.level
    return short / asked if asked else None
