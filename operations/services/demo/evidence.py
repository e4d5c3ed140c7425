"""From planned pieces to ledger rows, each through the service that real evidence goes through."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import Person
from operations.services.demo.checks import CheckTaker
from operations.services.demo.crowd import Crowd
from operations.services.demo.pieces import Piece
from operations.services.demo.staff import OPENING
from operations.services.demo.timeline import Act, Timeline
from skills.enums import AiCondition, Kind
from skills.models import Evidence, Skill
from skills.permissions import can_settle
from skills.services.decisions import (
    accept_credential,
    open_contradictions,
    revoke_evidence,
    settle_contradiction,
)
from skills.services.ledger import record_claim, record_evidence

SETTLE_REASON = "The test ran on the old version of the tool; the observed task shows the level."
CONDITIONS: Mapping[Kind, AiCondition] = {
    Kind.QUIZ: AiCondition.UNAIDED,
    Kind.ADAPTIVE_ASSESSMENT: AiCondition.UNAIDED,
    Kind.PRACTICAL_TASK: AiCondition.AIDED,
    Kind.PRACTICAL_TASK_DOUBLE: AiCondition.BOTH,
    Kind.DRILL: AiCondition.UNAIDED,
    Kind.WORKPLACE_EVIDENCE: AiCondition.AIDED,
    Kind.PANEL: AiCondition.BOTH,
}
SETTLING_IN = 21
EXAMPLES = (
    "Checked the summary of the March incident against the log and found two invented times.",
    "Masked customer names before asking for a draft, and said so in the ticket.",
    "Stopped the agent when it asked for a wider scope, and told its owner.",
    "Rewrote the request with a worked example; the next five answers needed no correction.",
)


@dataclass
class EvidenceWriter:
    """Puts pieces of evidence on the timeline."""

    timeline: Timeline
    crowd: Crowd
    checks: CheckTaker

    def add(self, key: str, skill: Skill, pieces: Sequence[Piece], *, since: int) -> None:
        """Let each piece happen on its day, once the person and the assessors have settled in."""
        rng = random.Random(f"{self.crowd.seed}:{key}:{skill.slug}")
        earliest = max(2, min(since, OPENING) - SETTLING_IN)
        for piece in pieces:
            self.timeline.add(
                min(piece.ago, earliest), partial(self._write, key, skill, piece, rng)
            )

    def _write(self, key: str, skill: Skill, piece: Piece, rng: random.Random) -> None:
        person = self.crowd.people[key]
        if piece.kind is Kind.SELF_REPORT:
            record_claim(person=person, skill=skill, level=piece.level, by=person)
        elif piece.kind is Kind.QUIZ and self.checks.offers(skill):
            self.checks.take(person, skill, passed=True, rng=rng)
        else:
            self._record(key, skill, piece, rng)

    def _record(self, key: str, skill: Skill, piece: Piece, rng: random.Random) -> None:
        given = self._dates_and_issuer(piece, rng) | self._people(key, skill, piece, rng)
        recorded = record_evidence(
            person=self.crowd.people[key],
            skill=skill,
            kind=piece.kind,
            level=piece.level,
            top_level=piece.top,
            marks=piece.marks,
            routine=piece.routine,
            effect_beyond_team=piece.effect,
            ai_condition=CONDITIONS.get(piece.kind, ""),
            **given,
        )
        self._follow_up(recorded.evidence, piece)

    def _dates_and_issuer(self, piece: Piece, rng: random.Random) -> dict[str, Any]:
        day = timezone.localdate()
        given: dict[str, Any] = {"observed_on": day, "issuer": piece.issuer}
        if piece.kind is Kind.QUIZ:
            given["item_count"] = 8
        elif piece.kind is Kind.ADAPTIVE_ASSESSMENT:
            given["standard_error"] = rng.randint(28, 39) / 100
        if piece.example:
            given["example"] = rng.choice(EXAMPLES)
            given["example_on"] = day - timedelta(days=rng.randint(1, 20))
        if piece.expires_after:
            given["expires_on"] = day + timedelta(days=piece.expires_after)
        return given

    def _people(self, key: str, skill: Skill, piece: Piece, rng: random.Random) -> dict[str, Any]:
        """Who marked, validated or accepted, and who therefore recorded it."""
        domain = skill.domain.slug
        if piece.kind is Kind.MANAGER_VALIDATION:
            judges: tuple[Person, ...] = (self.crowd.manager_of(key),)
        elif piece.kind is Kind.PEER_VALIDATION:
            judges = (self.crowd.colleague_of(key, rng),)
        else:
            judges = self.crowd.assessors(key, domain, piece.assessors, rng)
        given: dict[str, Any] = {"assessors": judges}
        if piece.accepted:
            (given["accepted_by"],) = self.crowd.assessors(key, domain, 1, rng)
        recorders = (*judges, given.get("accepted_by"))
        given["recorded_by"] = next((each for each in recorders if each), None)
        return given

    def _follow_up(self, evidence: Evidence, piece: Piece) -> None:
        """What happens to the row later: accepted, taken back or set aside."""
        if piece.accepted_after is not None:
            self._later(piece, piece.accepted_after, partial(self._accept, evidence))
        if piece.revoked:
            self._later(piece, 3, partial(self._revoke, evidence, piece.revoked))
        if piece.settled is not None:
            self._later(piece, piece.settled, partial(self._settle, evidence))

    def _later(self, piece: Piece, days: int, act: Act) -> None:
        today = timezone.localdate()
        self.timeline.add((self.timeline.today - today).days - days, act)

    def _accept(self, evidence: Evidence) -> None:
        key = self.crowd.key_of(evidence.person)
        rng = random.Random(f"{self.crowd.seed}:accept:{key}")
        (assessor,) = self.crowd.assessors(key, evidence.skill.domain.slug, 1, rng)
        accept_credential(evidence, by=assessor)

    def _revoke(self, evidence: Evidence, reason: str) -> None:
        revoke_evidence(evidence, reason=reason, by=evidence.recorded_by)

    def _settle(self, evidence: Evidence) -> None:
        """Set the lower row aside for the higher one it contradicts."""
        pairs = open_contradictions(evidence.person_id, evidence.skill_id)
        higher = next(higher for higher, lower in pairs if lower == evidence.pk)
        kept = Evidence.objects.get(pk=higher)
        reviewer = next(each for each in self._reviewers() if can_settle(each, evidence, kept))
        settle_contradiction(evidence, kept, reviewer=reviewer, reason=SETTLE_REASON)

    def _reviewers(self) -> list[Person]:
        return self.crowd.council
