"""What is about to enter the ledger: what each kind needs, and the facts its conditions need.

The conditions themselves are in `skills.domain.entry`; here stands what only the database knows:
who is appointed in the skill's domain on the day observed, and who held which level then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max

from accounts.models import Person
from skills.domain.entry import Assessor, Entry
from skills.domain.policy import HIGHEST_LEVEL, Policy
from skills.domain.standing import verified_on
from skills.enums import ASSESSED_KINDS, CREDENTIAL_KINDS, AiCondition, Kind
from skills.exceptions import EntryRefused
from skills.models import AssessorAppointment, Skill
from skills.services.ledger_rows import ledger_of

VALIDATIONS = frozenset({Kind.PEER_VALIDATION, Kind.MANAGER_VALIDATION})
MARKED_TWICE = frozenset({Kind.PRACTICAL_TASK_DOUBLE, Kind.PANEL})
TESTS = frozenset({Kind.QUIZ, Kind.ADAPTIVE_ASSESSMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Evidence as it was handed in. `assessors` marked, voted, observed or validated."""

    person: Person
    skill: Skill
    kind: str
    level: int
    observed_on: date
    top_level: int = HIGHEST_LEVEL
    assessors: tuple[Person, ...] = ()
    bank: str = ""
    issuer: str = ""
    accepted_by: Person | None = None
    marks: tuple[int, ...] = ()
    example: str = ""
    example_on: date | None = None
    item_count: int | None = None
    standard_error: float | None = None
    ai_condition: str = ""
    expires_on: date | None = None
    routine: bool = True
    effect_beyond_team: bool = False
    origin_type: str = ""
    origin_uuid: UUID | None = None

    @property
    def source(self) -> frozenset[str]:
        """The members this evidence comes from; a self-report comes from the person."""
        members = {member_of(each) for each in self.assessors}
        if self.kind == Kind.SELF_REPORT:
            members.add(member_of(self.person))
        if self.bank:
            members.add(f"bank:{self.bank}")
        if self.issuer:
            members.add(f"issuer:{self.issuer}")
        return frozenset(members)

    @property
    def detail(self) -> dict[str, Any]:
        """What the kind needed, as it is kept with the row; only what was given.

        The marks stand in the order in which the row's `source`, which is sorted, has the people
        who gave them: so the row says who gave which.
        """
        given = {
            "marks": self._marks_as_in_source(),
            "item_count": self.item_count,
            "standard_error": self.standard_error,
            "example": self.example,
            "example_on": self.example_on.isoformat() if self.example_on else None,
        }
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    def _marks_as_in_source(self) -> list[int]:
        if len(self.marks) != len(self.assessors):  # `check_given` refuses it
            return list(self.marks)
        by_member = zip(map(member_of, self.assessors), self.marks, strict=True)
        return [mark for _, mark in sorted(by_member)]


def member_of(person: Person) -> str:
    """A person as a member of a source."""
    return f"person:{person.uuid}"


def check_given(draft: Draft, *, today: date) -> None:
    """Refuse a draft that lacks what its kind needs; the error names the input.

    A quiz or an adaptive assessment needs `item_count` or `standard_error` and a `bank` or an
    `issuer`; a task, drill, artefact, panel or validation its `assessors` (a validation one); a
    task marked twice and a panel their `marks`; a credential and a completion an `issuer`. Marks
    are one an assessor, in the same order.
    """
    if draft.kind in TESTS:
        _check_test(draft)
    elif draft.kind in ASSESSED_KINDS or draft.kind in VALIDATIONS:
        _check_people(draft)
    elif draft.kind in CREDENTIAL_KINDS or draft.kind == Kind.COMPLETION:
        _need(draft.issuer, "issuer")
    if draft.marks and len(draft.marks) != len(draft.assessors):
        raise EntryRefused("marks_not_of_assessors", "marks", "Each assessor gives one mark.")
    _check_example(draft, today)
    if draft.ai_condition and draft.ai_condition not in list(AiCondition):
        raise EntryRefused("unknown_ai_condition", "ai_condition", "Unaided, aided or both.")
    if draft.accepted_by is not None and draft.kind not in CREDENTIAL_KINDS:
        raise EntryRefused("not_a_credential", "accepted_by", "Only a credential is accepted.")
    if not draft.skill.is_active:
        raise EntryRefused("skill_withdrawn", "skill", "This skill is no longer in the framework.")


def _check_test(draft: Draft) -> None:
    if draft.kind == Kind.QUIZ:
        _need(draft.item_count, "item_count")
    else:
        _need(draft.standard_error, "standard_error")
    _need(draft.bank or draft.issuer, "bank" if draft.origin_type else "issuer")


def _check_people(draft: Draft) -> None:
    _need(draft.assessors, "assessors")
    if len({each.pk for each in draft.assessors}) != len(draft.assessors):
        raise EntryRefused("assessor_twice", "assessors", "Each assessor is named once.")
    if draft.kind in VALIDATIONS and len(draft.assessors) != 1:
        raise EntryRefused("one_validates", "assessors", "One person gives a validation.")
    if draft.kind in MARKED_TWICE:
        _need(draft.marks, "marks")


def _check_example(draft: Draft, today: date) -> None:
    if draft.example_on is not None and draft.example_on > today:
        raise EntryRefused("future_date", "example_on", "The example's date is in the future.")


def _need(value: object, name: str) -> None:
    if value is None or value in ("", ()):
        raise EntryRefused("required", name, f"This kind of evidence needs {name}.")


def entry_of(draft: Draft, policy: Policy) -> Entry:
    """The draft with the facts that its conditions need; at most two queries."""
    assessed = draft.kind in ASSESSED_KINDS
    validates = draft.kind == Kind.MANAGER_VALIDATION
    judges = draft.assessors if assessed or validates else ()
    accepts = (draft.accepted_by,) if draft.accepted_by else ()
    known = {each.member: each for each in _assessors(draft, [*judges, *accepts], policy)}
    judging = tuple(known[member_of(each)] for each in judges)
    panel = draft.kind == Kind.PANEL
    return Entry(
        person=member_of(draft.person),
        kind=draft.kind,
        demonstrated=draft.level,
        observed_on=draft.observed_on,
        source=draft.source,
        top_level=draft.top_level,
        expires_on=draft.expires_on,
        assessors=judging if assessed else (),
        accepted_by=known[member_of(accepts[0])] if accepts else None,
        manager=judging[0] if validates else None,
        has_dated_example=bool(draft.example.strip()) and draft.example_on is not None,
        item_count=draft.item_count,
        standard_error=draft.standard_error,
        marks=() if panel else draft.marks,
        votes=draft.marks if panel else (),
    )


def _assessors(draft: Draft, people: Sequence[Person], policy: Policy) -> Iterable[Assessor]:
    """The people with their reach; what they held is only read where appointments fall short."""
    if not people:
        return
    appointed = dict(
        AssessorAppointment.objects.valid_on(draft.observed_on)
        .filter(person__in=people, domain_id=draft.skill.domain_id)
        .order_by()
        .values_list("person")
        .annotate(Max("highest_level"))
    )
    short = [each.pk for each in people if appointed.get(each.pk, 0) < max(draft.level, 1)]
    held = levels_held(short, draft.skill, policy, on=draft.observed_on) if short else {}
    for each in people:
        yield Assessor(
            member_of(each),
            appointed.get(each.pk),
            held.get(each.pk, 0),
            same_line(draft.person, each),
        )


def levels_held(
    person_ids: Sequence[int], skill: Skill, policy: Policy, *, on: date
) -> dict[int, int]:
    """The level each of these people held in a skill on a day, from the ledger; one query."""
    return {
        person_id: verified_on(
            piece.rows,
            piece.settlements,
            skill=piece.skill,
            policy=policy,
            as_of=on,
            known_at=piece.known_now(),
        )
        for (person_id, _), piece in ledger_of(person_ids, [skill.pk]).items()
    }


def same_line(one: Person, other: Person) -> bool:
    """Whether one stands above or below the other on the reporting line."""
    return one.line_path.startswith(other.line_path) or other.line_path.startswith(one.line_path)
