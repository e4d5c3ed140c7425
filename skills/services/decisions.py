"""Later events about ledger rows: a credential accepted, a row revoked, a contradiction settled."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from skills.enums import CREDENTIAL_KINDS
from skills.exceptions import DecisionRefused
from skills.models import Evidence, Revocation, Settlement
from skills.permissions import can_settle, is_assessor_for
from skills.services.competencies import lock_people, recompute
from skills.services.entry import Draft
from skills.services.ledger import Recorded, Recorder, record_draft
from skills.services.ledger_rows import slice_of
from skills.services.policy import current_policy


def revoke_evidence(
    evidence: Evidence, *, reason: str, by: Person | None = None, client: str = ""
) -> Revocation:
    """Say that a row was a mistake: from now on it counts as if it had never been.

    The row stays; the revocation is an event of its own with date, actor and reason, and the
    competency is worked out again in the same transaction. Raises DecisionRefused for an empty
    reason and for a row that is revoked already.
    """
    if not reason.strip():
        raise DecisionRefused("no_reason", "Say why the evidence is revoked.")
    with transaction.atomic():
        lock_people([evidence.person_id])
        _refuse_revoked(evidence)
        revocation = Revocation(
            evidence=evidence,
            revoked_on=timezone.localdate(),
            reason=reason.strip(),
            recorded_at=timezone.now(),
            recorded_by=by,
            recorded_by_client=client,
        )
        revocation.save()
        recompute(evidence.person_id, evidence.skill_id)
    return revocation


def accept_credential(evidence: Evidence, *, by: Person) -> Recorded:
    """An assessor accepts a credential that awaits acceptance.

    The row is revoked and a new one with `accepted_by` written, in one transaction; the new one
    passes the entry conditions, so the assessor's reach may lower its ceiling. Raises
    DecisionRefused where there is nothing to accept or the person may not, EntryRefused where the
    assessor has no reach.
    """
    if evidence.kind.slug not in CREDENTIAL_KINDS or evidence.accepted_by_id is not None:
        raise DecisionRefused("nothing_to_accept", "Only a credential awaits acceptance, and once.")
    if by.pk == evidence.person_id:
        raise DecisionRefused("own_credential", "Nobody accepts their own credential.")
    if not is_assessor_for(by, evidence.skill):
        raise DecisionRefused("no_assessor", "An assessor of the domain accepts credentials.")
    with transaction.atomic():
        revoke_evidence(evidence, reason=f"Accepted by {by.name}; recorded anew.", by=by)
        return record_draft(_accepted(evidence, by), Recorder(by))


def _accepted(evidence: Evidence, by: Person) -> Draft:
    """The credential as it was handed in, with who accepted it."""
    detail: dict[str, Any] = evidence.detail
    issuers = [each.partition(":")[2] for each in evidence.source if each.startswith("issuer:")]
    example_on = detail.get("example_on")
    return Draft(
        person=evidence.person,
        skill=evidence.skill,
        kind=evidence.kind.slug,
        level=evidence.level,
        observed_on=evidence.observed_on,
        top_level=evidence.top_level,
        issuer=issuers[0],
        accepted_by=by,
        example=detail.get("example", ""),
        example_on=date.fromisoformat(example_on) if example_on else None,
        ai_condition=evidence.ai_condition,
        expires_on=evidence.expires_on,
        routine=evidence.routine,
        effect_beyond_team=evidence.effect_beyond_team,
        origin_type=evidence.origin_type,
        origin_uuid=evidence.origin_uuid,
    )


def settle_contradiction(
    set_aside: Evidence, kept: Evidence, *, reviewer: Person, reason: str
) -> Settlement:
    """End a contradiction: `set_aside` stops counting today, and what it replaced stays replaced.

    The two rows must contradict each other today; the reviewer is an assessor of the skill's
    domain or on the governance council, vouched for neither and is not the person. A row is set
    aside once, also where that decision fell with the row that was kept. Raises DecisionRefused.
    """
    if not reason.strip():
        raise DecisionRefused("no_reason", "Say why this evidence is set aside.")
    if not can_settle(reviewer, set_aside, kept):
        raise DecisionRefused(
            "may_not_review",
            "A reviewer is an assessor of the domain or on the governance council, and vouched "
            "for neither piece of evidence.",
        )
    with transaction.atomic():
        lock_people([set_aside.person_id])
        _refuse_unless_contradicting(set_aside, kept)
        if Settlement.objects.filter(set_aside=set_aside).exists():
            raise DecisionRefused(
                "settled_before",
                "This evidence was set aside before, and the piece kept then was revoked since. A "
                "piece is set aside once: set the other one aside, or revoke the one that is a "
                "mistake.",
            )
        settlement = Settlement(
            set_aside=set_aside,
            kept=kept,
            decided_on=timezone.localdate(),
            reason=reason.strip(),
            reviewer=reviewer,
            recorded_at=timezone.now(),
        )
        settlement.save()
        recompute(set_aside.person_id, set_aside.skill_id)
    return settlement


def open_contradictions(person_id: int, skill_id: int) -> list[tuple[int, int]]:
    """The ids (higher, lower) of the pairs of rows that contradict each other today."""
    piece = slice_of((person_id, skill_id))
    policy = current_policy()
    if piece is None or piece.skill not in policy.skills:
        return []
    standing = piece.stand(policy, as_of=timezone.localdate())
    return [(pair.higher, pair.lower) for pair in standing.under_review]


def _refuse_revoked(evidence: Evidence) -> None:
    if Revocation.objects.filter(evidence=evidence).exists():
        raise DecisionRefused("already_revoked", "This evidence is revoked already.")


def _refuse_unless_contradicting(one: Evidence, other: Evidence) -> None:
    pairs = open_contradictions(one.person_id, one.skill_id)
    if {one.pk, other.pk} not in [set(pair) for pair in pairs]:
        raise DecisionRefused("no_contradiction", "These two do not contradict each other today.")
