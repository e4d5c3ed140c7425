"""What each kind of evidence needs in a request, and what else it may carry.

| kind | needs | may carry |
|---|---|---|
| completion, credentials | issuer | accepted_by (credentials) |
| quiz | issuer, item_count | |
| adaptive_assessment | issuer, standard_error | item_count |
| practical_task, drill | assessors | marks |
| practical_task_double | assessors, marks | |
| workplace_evidence | assessors, routine | marks, example, example_on |
| peer_validation, manager_validation | assessors (one) | example, example_on |
| panel | assessors (three), marks, effect_beyond_team | |

`issuer` is the slug of whoever stands behind a certificate or runs a test: the source of the row
is `issuer:<slug>`. `assessors` become the source `person:<uuid>` each. A quiz or a practical task
at level 0 is refused: a failed one writes no row.
"""

from typing import NamedTuple

from skills.enums import Kind


class Needs(NamedTuple):
    """Field names beyond those that every kind has."""

    required: frozenset[str]
    allowed: frozenset[str]


def _needs(required: str, optional: str = "") -> Needs:
    return Needs(frozenset(required.split()), frozenset(f"{required} {optional}".split()))


EVERY_KIND = frozenset(
    ("person", "skill", "kind", "level", "top_level", "observed_on", "ai_condition", "expires_on")
)
NEEDS: dict[str, Needs] = {
    Kind.COMPLETION: _needs("issuer"),
    Kind.SELF_REPORT: _needs(""),
    Kind.QUIZ: _needs("issuer item_count"),
    Kind.ADAPTIVE_ASSESSMENT: _needs("issuer standard_error", "item_count"),
    Kind.PRACTICAL_TASK: _needs("assessors", "marks"),
    Kind.PRACTICAL_TASK_DOUBLE: _needs("assessors marks"),
    Kind.DRILL: _needs("assessors", "marks"),
    Kind.WORKPLACE_EVIDENCE: _needs("assessors routine", "marks example example_on"),
    Kind.PEER_VALIDATION: _needs("assessors", "example example_on"),
    Kind.MANAGER_VALIDATION: _needs("assessors", "example example_on"),
    Kind.CREDENTIAL_UNPROCTORED: _needs("issuer", "accepted_by"),
    Kind.CREDENTIAL_KNOWLEDGE: _needs("issuer", "accepted_by"),
    Kind.CREDENTIAL_PERFORMANCE: _needs("issuer", "accepted_by"),
    Kind.PANEL: _needs("assessors marks effect_beyond_team"),
}
OTHER_KIND = _needs("", "issuer assessors marks example example_on item_count standard_error")
"""A kind that an organisation added to its framework: the shape says nothing of it."""


def needs_of(kind: str) -> Needs:
    """What a kind needs."""
    return NEEDS.get(kind, OTHER_KIND)
