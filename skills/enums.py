"""The fixed vocabulary of the skill policy (`docs/skill-policy.md`). Plain Python: no Django.

Evidence kinds are data of a policy version; `Kind` holds those ids the policy's *shape* names.
"""

from enum import StrEnum


class State(StrEnum):
    """State of one person's skill, in the order in which they are tried."""

    UNDER_REVIEW = "under_review"
    NOT_EVIDENCED = "not_evidenced"
    LAPSED = "lapsed"
    CURRENT = "current"
    AGEING = "ageing"
    STALE = "stale"


class Kind(StrEnum):
    """Ids of evidence kinds."""

    COMPLETION = "completion"
    SELF_REPORT = "self_report"
    QUIZ = "quiz"
    ADAPTIVE_ASSESSMENT = "adaptive_assessment"
    PRACTICAL_TASK = "practical_task"
    PRACTICAL_TASK_DOUBLE = "practical_task_double"
    DRILL = "drill"
    WORKPLACE_EVIDENCE = "workplace_evidence"
    PEER_VALIDATION = "peer_validation"
    MANAGER_VALIDATION = "manager_validation"
    CREDENTIAL_UNPROCTORED = "credential_unproctored"
    CREDENTIAL_KNOWLEDGE = "credential_knowledge"
    CREDENTIAL_PERFORMANCE = "credential_performance"
    PANEL = "panel"


CREDENTIAL_KINDS: frozenset[str] = frozenset(
    {Kind.CREDENTIAL_UNPROCTORED, Kind.CREDENTIAL_KNOWLEDGE, Kind.CREDENTIAL_PERFORMANCE}
)
"""Kinds an outside issuer stands behind; an assessor accepts them."""

ASSESSED_KINDS: frozenset[str] = frozenset(
    {
        Kind.PRACTICAL_TASK,
        Kind.PRACTICAL_TASK_DOUBLE,
        Kind.DRILL,
        Kind.WORKPLACE_EVIDENCE,
        Kind.PANEL,
    }
)
"""Kinds in which each person in the source is an assessor, with a reach."""


PASSED_KINDS: frozenset[str] = frozenset(
    {Kind.QUIZ, Kind.PRACTICAL_TASK, Kind.PRACTICAL_TASK_DOUBLE}
)
"""Kinds that are passed or failed: a failed one is no evidence of what the person cannot do."""


class AiCondition(StrEnum):
    """Whether AI was at hand when the evidence was made."""

    UNAIDED = "unaided"
    AIDED = "aided"
    BOTH = "both"


class RequirementState(StrEnum):
    """How one requirement of one person stands."""

    MET = "met"
    SHORT = "short"
    BLOCKING = "blocking"
    EXEMPT = "exempt"
    IN_GRACE = "in_grace"


class Rule(StrEnum):
    """The rule that decided a verified level."""

    NO_EVIDENCE = "no_evidence"
    STEP_1 = "step_1"
    STEP_2 = "step_2"
    STEP_3 = "step_3"
    STEP_4 = "step_4"
    CONTRADICTION = "contradiction"


class Lack(StrEnum):
    """What the next step of the ladder still lacks."""

    ANY_EVIDENCE = "any_evidence"
    LEVEL_2 = "level_2"
    PERFORMANCE_2 = "performance_2"
    PERFORMANCE_3 = "performance_3"
    CORROBORATION = "corroboration"
    PANEL_4 = "panel_4"
    WORKPLACE_3 = "workplace_3"
    REVIEW_SETTLED = "review_settled"


class Phase(StrEnum):
    """Where a row stands in its life."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a row no longer carries anything."""

    REPLACED = "replaced"
    SET_ASIDE = "set_aside"
    LAPSED = "lapsed"
    ISSUER_EXPIRED = "issuer_expired"
    NEVER_COUNTS = "never_counts"


class CeilingReason(StrEnum):
    """Why a row's ceiling was lowered when it was recorded."""

    ASSESSOR_REACH = "assessor_reach"
    NO_DATED_EXAMPLE = "no_dated_example"
    MANAGER_BELOW_LEVEL_2 = "manager_below_level_2"
    AWAITS_ACCEPTANCE = "awaits_acceptance"
    NO_PERSON_DECIDED = "no_person_decided"


class CellStatus(StrEnum):
    """What one cell of a matrix says, the first that holds, for screen, CSV and filters alike.
    BLOCKING is none of these: it is said beside another ("Below, blocking").
    """

    EXEMPT = "exempt"
    IN_GRACE = "in_grace"
    UNDER_REVIEW = "under_review"
    NOT_REQUIRED = "not_required"
    BLOCKING = "blocking"
    BELOW = "below"
    LAPSED = "lapsed"
    NO_EVIDENCE = "no_evidence"
    STALE = "stale"
    DUE_SOON = "due_soon"
    MET = "met"
