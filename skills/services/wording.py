"""The policy's words for people: one sentence for each rule, reason and state."""

from collections.abc import Mapping

from skills.domain.explain import Need
from skills.domain.policy import HIGHEST_LEVEL
from skills.enums import (
    AiCondition,
    CeilingReason,
    CellStatus,
    EndReason,
    Lack,
    Phase,
    Rule,
    State,
)

RULES: Mapping[Rule, str] = {
    Rule.NO_EVIDENCE: "Nothing on record contributes a level.",
    Rule.STEP_1: "Level 1 needs one piece of evidence that contributes at least 1.",
    Rule.STEP_2: "Level 2 needs a contribution of at least 2; for a keystone skill it must come "
    "from work that was seen: a task, a drill, the workplace, a panel or a hands-on exam.",
    Rule.STEP_3: "Level 3 needs performance evidence that contributes at least 3, and another "
    "contribution of at least 2 of a different kind and from a different source.",
    Rule.STEP_4: "Level 4 needs a panel that contributes 4 and workplace evidence that "
    "contributes at least 3.",
    Rule.CONTRADICTION: "Two pieces of evidence contradict each other. Until a review settles "
    "it, the level is at most the lower one.",
}
LACKS: Mapping[Lack, str] = {
    Lack.ANY_EVIDENCE: "any evidence that contributes at least 1",
    Lack.LEVEL_2: "a contribution of at least 2",
    Lack.PERFORMANCE_2: "performance evidence that contributes at least 2",
    Lack.PERFORMANCE_3: "performance evidence that contributes at least 3",
    Lack.CORROBORATION: "a second contribution of at least 2, of another kind and source",
    Lack.PANEL_4: "a panel that contributes 4",
    Lack.WORKPLACE_3: "workplace evidence that contributes at least 3",
    Lack.REVIEW_SETTLED: "a reviewer's decision on the contradiction",
}
ENDS: Mapping[EndReason, str] = {
    EndReason.REPLACED: "Replaced by a newer result of the same kind from the same source",
    EndReason.SET_ASIDE: "Set aside by a reviewer",
    EndReason.LAPSED: "Lapsed: too long ago to count",
    EndReason.ISSUER_EXPIRED: "The issuer's validity ended",
    EndReason.NEVER_COUNTS: "Kept as a record; this kind carries no level",
}
CEILINGS: Mapping[str, str] = {
    CeilingReason.ASSESSOR_REACH: "an assessor could stand for no more than this level",
    CeilingReason.NO_DATED_EXAMPLE: "no dated example was given",
    CeilingReason.MANAGER_BELOW_LEVEL_2: "the manager held less than level 2 in the skill and is "
    "no trained assessor",
    CeilingReason.AWAITS_ACCEPTANCE: "an assessor has not accepted it yet",
    CeilingReason.NO_PERSON_DECIDED: "no person's decision stands behind it",
}
PHASES: Mapping[Phase, str] = {
    Phase.FRESH: "Current",
    Phase.AGEING: "Ageing: a refresh is due",
    Phase.STALE: "Stale: counts one level lower",
    Phase.ENDED: "No longer counts",
}
STATES: Mapping[State, str] = {
    State.UNDER_REVIEW: "Under review",
    State.NOT_EVIDENCED: "No evidence",
    State.LAPSED: "Lapsed",
    State.CURRENT: "Current",
    State.AGEING: "Ageing",
    State.STALE: "Stale",
}
STATUSES: Mapping[CellStatus, str] = {
    CellStatus.EXEMPT: "Exempt",
    CellStatus.IN_GRACE: "In grace",
    CellStatus.UNDER_REVIEW: "Under review",
    CellStatus.NOT_REQUIRED: "Not required",
    CellStatus.BLOCKING: "Blocking",
    CellStatus.BELOW: "Below",
    CellStatus.LAPSED: STATES[State.LAPSED],
    CellStatus.NO_EVIDENCE: STATES[State.NOT_EVIDENCED],
    CellStatus.STALE: "Stale",
    CellStatus.DUE_SOON: "Due soon",
    CellStatus.MET: "Met",
}
AI_CONDITIONS: Mapping[str, str] = {
    "": "AI condition not recorded",
    AiCondition.UNAIDED: "Without AI",
    AiCondition.AIDED: "With AI",
    AiCondition.BOTH: "With and without AI",
}


def next_level_sentence(verified_level: int, state: State) -> str:
    """What the level after the verified one takes, by the rule of the ladder."""
    if state is State.UNDER_REVIEW:
        return RULES[Rule.CONTRADICTION]
    return RULES[_STEPS[min(verified_level, len(_STEPS) - 1)]]


_STEPS = (Rule.STEP_1, Rule.STEP_2, Rule.STEP_3, Rule.STEP_4)


def ceiling_sentence(ceiling: int | None, reason: str) -> str:
    """Why a row carries at most its ceiling; empty where it was not lowered."""
    if ceiling is None:
        return ""
    return f"Counts as level {ceiling} at most: {CEILINGS.get(reason, reason)}."


def need_sentence(need: Need, kind_name: str, *, first: bool = True) -> str:
    """One thing that would raise a level, concretely; `first` opens the sentence.

    The kind's name says who judges ("Practical task, two blind assessors"), so this adds only what
    the name cannot: level, number, distance, routine, effect.
    """
    name = kind_name if first else _mid_sentence(kind_name)
    aside = "," if "," in name else ""
    words = f"{name}{aside} at level {need.level}"
    if need.level < HIGHEST_LEVEL:
        words += " or above"
    if need.artefacts > 1:
        number = _NUMBERS.get(need.artefacts, str(need.artefacts))
        words += f": {number} pieces at least {need.apart_days} days apart"
    if need.not_routine:
        words += ", one of them not routine" if need.artefacts > 1 else ", not routine"
    if need.effect_beyond_team:
        words += ", with an effect beyond your own team"
    return words


_NUMBERS = {2: "two", 3: "three"}


def _mid_sentence(name: str) -> str:
    """A name inside a sentence: a small first letter, unless it opens an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
