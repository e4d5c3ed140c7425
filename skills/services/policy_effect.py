"""Whose verified level another policy version would change; read only, before it is published."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from accounts.models import Person
from skills.domain.policy import Document, Policy, policy_from_document
from skills.domain.standing import verified_on
from skills.exceptions import NoPolicyPublished
from skills.models import Evidence
from skills.services.ledger_rows import LedgerSlice, ledger_of
from skills.services.policy import current_policy, policy_change

PEOPLE_AT_ONCE = 200


@dataclass(slots=True)
class SkillEffect:
    """How many people's verified level in one skill would rise and fall."""

    rise: int = 0
    fall: int = 0


@dataclass(slots=True)
class PolicyEffect:
    """What publishing a policy version on a day would do to verified levels.

    `skills` has the skills in which some level would change, by slug in alphabetical order;
    `people` the ids of all whose level in some skill would, in the order of ids.
    """

    version: str
    day: date
    skills: dict[str, SkillEffect] = field(default_factory=dict)
    people: list[int] = field(default_factory=list)


def policy_effect(document: Document) -> PolicyEffect | None:
    """Compare today's verified levels under the current policy with those under `document`.

    All active people with evidence, one query for some hundred of them; nothing is written. A skill
    that a policy version does not have counts as level 0 there. None where there is no current
    policy, or where publishing the document would change nothing. Raises what `publish_policy`
    raises.
    """
    if policy_change(document) is None:
        return None
    try:
        before = current_policy()
    except NoPolicyPublished:
        return None
    after = policy_from_document(document)
    effect = PolicyEffect(after.version, timezone.localdate())
    found: dict[str, SkillEffect] = {}
    for ids in _people_with_evidence():
        affected = set()
        for (person_id, _), piece in ledger_of(ids).items():
            old, new = (_level(piece, policy, effect.day) for policy in (before, after))
            if old != new:
                affected.add(person_id)
                in_skill = found.setdefault(piece.skill, SkillEffect())
                in_skill.rise += new > old
                in_skill.fall += new < old
        effect.people += sorted(affected)
    effect.skills = dict(sorted(found.items()))
    return effect


def _people_with_evidence() -> Iterator[list[int]]:
    with_evidence = Evidence.objects.order_by().values("person_id")
    people = Person.objects.active().filter(pk__in=with_evidence).order_by("pk")
    ids = list(people.values_list("pk", flat=True))
    for start in range(0, len(ids), PEOPLE_AT_ONCE):
        yield ids[start : start + PEOPLE_AT_ONCE]


def _level(piece: LedgerSlice, policy: Policy, day: date) -> int:
    if piece.skill not in policy.skills:
        return 0
    return verified_on(
        piece.rows,
        piece.settlements,
        skill=piece.skill,
        policy=policy,
        as_of=day,
        known_at=piece.known_now(),
    )
