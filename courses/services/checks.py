"""The skill check: eight questions of a secret bank, and evidence of level 1 when passed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from courses.domain.drawing import LEVEL_SHOWN, Candidate, draw
from courses.domain.scoring import options_chosen, score, topics_missed
from courses.exceptions import (
    AnswersInvalid,
    BankTooSmall,
    CheckClosed,
    CheckCoolingDown,
    NotSubmitted,
)
from courses.models import Item, SkillCheck
from courses.services.check_facts import CheckFacts, check_facts, cooling_until, least_bank
from courses.services.papers import (
    AnsweredQuestion,
    PaperQuestion,
    answered_paper,
    paper,
    stored,
    versions_of,
)
from skills.domain.policy import Params
from skills.enums import AiCondition, Kind
from skills.models import Skill
from skills.services.ledger import record_evidence
from skills.services.policy import current_policy

ORIGIN = "courses.skill-check"


@dataclass(frozen=True, slots=True)
class CheckPaper:
    """An open check: its questions without any sign of the keys."""

    check: UUID
    skill: str
    skill_name: str
    pass_mark: int
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a submitted check came to.

    After a fail `topics_missed` names what to look at again and `questions` is empty: the keys stay
    secret. After a pass `questions` has keys and rationales. `level_before` and `level_after` are
    the verified level of the skill around it (None after a fail, which moves nothing). `opens_at`
    is set while the next attempt is in cool-down.
    """

    check: UUID
    skill: str
    skill_name: str
    passed: bool
    right: int
    total: int
    pass_mark: int
    submitted_at: datetime
    topics_missed: tuple[str, ...]
    questions: tuple[AnsweredQuestion, ...]
    opens_at: datetime | None
    level_before: int | None
    level_after: int | None
    evidence_uuid: UUID | None

    @property
    def moved(self) -> bool:
        return self.level_before != self.level_after


def check_state(person: Person, skill: Skill) -> CheckFacts:
    """Whether a person can take the check of a skill, and from when; two queries."""
    return check_facts(person, current_policy().params, skill=skill.slug)[skill.slug]


def start_check(person: Person, skill: Skill, *, rng: random.Random | None = None) -> SkillCheck:
    """Draw a skill check for a person, or go on with the one that is open.

    Questions are spread over the topics of the bank; their order and that of the options are
    random and stored. An open check with fewer questions than the policy asks for by now is closed,
    kept, and drawn anew. Raises CheckCoolingDown while the last attempt is too recent, and
    BankTooSmall. Two calls at once give the same check.
    """
    params = current_policy().params
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        mine = SkillCheck.objects.filter(person=person, skill=skill)
        begun = mine.begun().first()
        if begun is not None and not is_outgrown(begun, params):
            return begun
        last = mine.submitted().order_by("-submitted_at").first()
        opens_at = cooling_until(last.submitted_at if last else None, params, timezone.now())
        if opens_at is not None:
            raise CheckCoolingDown(opens_at)
        if begun is not None:
            mine.begun().update(closed_at=timezone.now())
        return _draw(person, skill, params, rng or random.SystemRandom())


def is_outgrown(check: SkillCheck, params: Params) -> bool:
    """Whether a policy version that came after the draw asks for more questions than it has."""
    return len(check.questions) < params.skill_check_items


def _draw(person: Person, skill: Skill, params: Params, rng: random.Random) -> SkillCheck:
    bank = Item.objects.for_checks().filter(skill=skill)
    candidates = [
        Candidate(pk, topic, len(options))
        for pk, topic, options in bank.order_by().values_list(
            "current_id", "current__topic", "current__options"
        )
    ]
    need = least_bank(params)
    if not skill.is_active or len(candidates) < need:
        raise BankTooSmall(len(candidates), need)
    return SkillCheck.objects.create(
        person=person,
        skill=skill,
        questions=stored(draw(candidates, params.skill_check_items, rng)),
        pass_mark=params.skill_check_pass,
        started_at=timezone.now(),
    )


def check_paper(check: SkillCheck) -> CheckPaper:
    """The questions of a check, to be answered; one query if its skill is at hand."""
    return CheckPaper(
        check.uuid, check.skill.slug, check.skill.name, check.pass_mark, paper(check.questions)
    )


def submit_check(check: SkillCheck, positions: Sequence[int | None]) -> SkillCheck:
    """Score a check and, if it is passed, record the evidence; all in one transaction.

    `positions[i]` is the position chosen for question i, None (or too few) not answered, which
    counts as wrong. A failed check stays with the courses and writes no ledger row. Submitting
    again changes nothing and returns the first outcome. Raises AnswersInvalid, CheckClosed, and
    EntryRefused where the evidence is refused: nothing is written then.
    """
    with transaction.atomic():
        check = (
            SkillCheck.objects.select_for_update(of=("self",))
            .select_related("person", "skill")
            .get(pk=check.pk)
        )
        if check.submitted_at is not None:
            return check
        if check.closed_at is not None:
            raise CheckClosed
        try:
            chosen = options_chosen([each["order"] for each in check.questions], positions)
        except ValueError as error:
            raise AnswersInvalid(str(error)) from error
        keys = [version.key for version in versions_of(check.questions)]
        check.answers = chosen
        check.right = score(keys, chosen).right
        check.passed = check.right >= check.pass_mark
        check.submitted_at = timezone.now()
        if check.passed:
            _record(check)
        check.save()
    return check


def _record(check: SkillCheck) -> None:
    recorded = record_evidence(
        person=check.person,
        skill=check.skill,
        kind=Kind.QUIZ,
        level=LEVEL_SHOWN,
        top_level=LEVEL_SHOWN,
        observed_on=timezone.localdate(),
        bank=check.skill.slug,
        item_count=len(check.questions),
        ai_condition=AiCondition.UNAIDED,  # the check asks for no help
        origin_type=ORIGIN,
        origin_uuid=check.uuid,
        idempotency_key=f"{ORIGIN}:{check.uuid}",
    )
    check.evidence_uuid = recorded.evidence.uuid
    check.level_before = recorded.competency_before.verified_level
    check.level_after = recorded.competency_after.verified_level


def check_result(check: SkillCheck) -> CheckResult:
    """What a submitted check came to; two queries. Raises NotSubmitted."""
    if check.submitted_at is None or check.answers is None:
        raise NotSubmitted
    versions = versions_of(check.questions)
    marks = score([version.key for version in versions], check.answers).marks
    passed = bool(check.passed)
    return CheckResult(
        check.uuid,
        check.skill.slug,
        check.skill.name,
        passed,
        check.right or 0,
        len(marks),
        check.pass_mark,
        check.submitted_at,
        tuple(topics_missed((version.topic for version in versions), marks)),
        answered_paper(check.questions, check.answers, versions) if passed else (),
        cooling_until(check.submitted_at, current_policy().params, timezone.now()),
        check.level_before,
        check.level_after,
        check.evidence_uuid,
    )
