"""What may enter the ledger, and with which ceiling.

    recorded level: one mark -> it;  two marks within one level -> the lower;  three -> the median;
                    panel -> the highest level that at least two of three gave (or went beyond)
    reach of an assessor = max(highest level of the appointment, level held on the day observed)
    ceiling = lowest of:  the lowest reach, where it is below the recorded level
                          1  manager validation without a dated example, or by a manager who
                             holds less than 2 and is no trained assessor
                          2  a credential nobody has accepted yet
                          2  another kind that could carry 3 without any person's decision

Every function either returns its answer or raises EntryRefused with a stable code. They run where
evidence is made and again when it is recorded. Source: `docs/skill-policy.md`, "What may be
recorded".
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import NamedTuple

from skills.domain.policy import HIGHEST_LEVEL, Policy
from skills.enums import ASSESSED_KINDS, CREDENTIAL_KINDS, PASSED_KINDS, CeilingReason, Kind
from skills.exceptions import EntryRefused

PERSON = "person:"
WITHOUT_A_PERSON = 2
MANAGER_WITHOUT_GROUNDS = 1
MANAGER_LEVEL = 2
PANEL_SIZE = 3
PANEL_OWN_LINE = 1


@dataclass(frozen=True, slots=True)
class Assessor:
    """A person who marked, voted or accepted. `member` is `person:<uuid>`.

    `appointed` is the highest level of the appointment in the skill's domain on the day observed
    (None: not a trained assessor), `held` the level verified on that day. `own_line`: above or
    below the assessed person on the reporting line.
    """

    member: str
    appointed: int | None = None
    held: int = 0
    own_line: bool = False

    @property
    def reach(self) -> int:
        """The highest level this assessor can stand for."""
        return max(self.appointed or 0, self.held)


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of evidence about to be recorded, with the facts its conditions need.

    `person` and the members of `source` are `person:<uuid>`, `bank:<slug>`, `issuer:<slug>`.
    `assessors` has each person in the source of an assessed kind; `accepted_by` who accepted a
    credential; `manager` who gave a manager validation. `marks` (of a task) and `votes` (of a
    panel, one per assessor) are checked against `demonstrated` where given.
    """

    person: str
    kind: str
    demonstrated: int
    observed_on: date
    source: frozenset[str]
    top_level: int = HIGHEST_LEVEL
    expires_on: date | None = None
    assessors: tuple[Assessor, ...] = ()
    accepted_by: Assessor | None = None
    manager: Assessor | None = None
    has_dated_example: bool = False
    item_count: int | None = None
    standard_error: float | None = None
    marks: tuple[int, ...] = ()
    votes: tuple[int, ...] = ()


class Lowered(NamedTuple):
    """A ceiling lowered at entry and why."""

    ceiling: int
    reason: CeilingReason


def admit(entry: Entry, *, policy: Policy, today: date) -> Lowered | None:
    """Check every entry condition; return the lowest lowered ceiling, or None.

    `today` is the day in the organisation's time zone. Raises EntryRefused, and UnknownInPolicy
    for a kind the policy does not have. Source: `docs/skill-policy.md`.
    """
    check_levels(entry.demonstrated, entry.top_level)
    check_passed(entry.kind, entry.demonstrated)
    check_dates(entry.observed_on, entry.expires_on, today=today)
    check_source(entry.person, entry.kind, entry.source, accepted_by=entry.accepted_by)
    kind = policy.kind(entry.kind)
    _check_kind(entry, policy)
    judges = _judges(entry)
    judged_by = "assessors" if entry.kind in ASSESSED_KINDS else "accepted_by"
    lowered = [
        ceiling_from_reach(entry.demonstrated, judges, field=judged_by),
        ceiling_of_manager(entry.manager, has_dated_example=entry.has_dated_example)
        if entry.kind == Kind.MANAGER_VALIDATION
        else None,
        ceiling_without_person(entry.kind, kind.max_level, decided=bool(judges)),
    ]
    return min((each for each in lowered if each), default=None)


def check_levels(demonstrated: int, top_level: int) -> None:
    """Refuse levels off the scale and more than the task could have shown."""
    if not 0 <= top_level <= HIGHEST_LEVEL:
        raise EntryRefused("level_off_scale", "top_level", "The highest level must be 0 to 4.")
    if not 0 <= demonstrated <= HIGHEST_LEVEL:
        raise EntryRefused("level_off_scale", "demonstrated", "The level must be 0 to 4.")
    if demonstrated > top_level:
        raise EntryRefused(
            "above_top_level", "demonstrated", "The level is above what the task can show."
        )


def check_passed(kind: str, demonstrated: int) -> None:
    """Refuse level 0 of a kind that is passed or failed: a failed one writes no row."""
    if kind in PASSED_KINDS and demonstrated == 0:
        raise EntryRefused(
            "not_passed", "demonstrated", "A failed quiz or practical task is not recorded."
        )


def check_dates(observed_on: date, expires_on: date | None, *, today: date) -> None:
    """Refuse a date in the future and an expiry that does not come after the date observed."""
    if observed_on > today:
        raise EntryRefused("future_date", "observed_on", "The date observed is in the future.")
    if expires_on is not None and expires_on <= observed_on:
        raise EntryRefused(
            "expiry_not_after_observed", "expires_on", "The expiry must be after the date observed."
        )


def check_source(
    person: str, kind: str, source: frozenset[str], *, accepted_by: Assessor | None = None
) -> None:
    """Refuse evidence without a source, and vouching for oneself (a self-report apart)."""
    if not source:
        raise EntryRefused("no_source", "source", "Evidence needs a source.")
    if accepted_by is not None and accepted_by.member == person:
        raise EntryRefused("vouches_for_oneself", "accepted_by", "Nobody accepts their own.")
    if kind != Kind.SELF_REPORT and person in source:
        raise EntryRefused("vouches_for_oneself", "source", "Nobody vouches for themselves.")


def check_skill_check(item_count: int | None, *, policy: Policy) -> None:
    """Refuse a skill check (quiz) with fewer items than the policy asks for."""
    least = policy.params.skill_check_items
    if item_count is None or item_count < least:
        raise EntryRefused("too_few_items", "item_count", f"A skill check has {least} items.")


def check_adaptive(standard_error: float | None, *, policy: Policy) -> None:
    """Refuse an adaptive result whose standard error (in logits) is above the policy's."""
    most = policy.params.adaptive_max_standard_error
    if standard_error is None or not standard_error <= most:
        raise EntryRefused(
            "standard_error_too_high",
            "standard_error",
            f"The result is too uncertain: its standard error must be at most {most:.2f}.",
        )


def level_of_marks(marks: Sequence[int]) -> int:
    """The recorded level of one to three marks; refuses two that lie too far apart."""
    _on_scale(marks, "marks")
    if not 1 <= len(marks) <= 3:
        raise EntryRefused("wrong_number_of_marks", "marks", "A task has one to three marks.")
    if len(marks) == 2 and abs(marks[0] - marks[1]) > 1:
        raise EntryRefused(
            "third_mark_needed", "marks", "The two marks are more than one level apart."
        )
    return median_low(marks)


def level_of_panel(votes: Sequence[int]) -> int:
    """The highest level that at least two of three assessors gave or went beyond."""
    _on_scale(votes, "votes")
    if len(votes) != PANEL_SIZE:
        raise EntryRefused("panel_not_three", "votes", "A panel has three votes.")
    return sorted(votes)[1]


def check_panel(assessors: Collection[Assessor]) -> None:
    """Refuse a panel that is not three people or has more than one from the own line."""
    if len(assessors) != PANEL_SIZE or len({each.member for each in assessors}) != PANEL_SIZE:
        raise EntryRefused("panel_not_three", "assessors", "A panel is three assessors.")
    if sum(each.own_line for each in assessors) > PANEL_OWN_LINE:
        raise EntryRefused(
            "panel_own_line", "assessors", "At most one assessor may be from the own line."
        )


def ceiling_from_reach(
    recorded: int, assessors: Iterable[Assessor], *, field: str
) -> Lowered | None:
    """The lowest reach where it is below the recorded level; refused where a reach is 0.

    An assessor who reaches nothing is refused whatever was recorded: a low mark by somebody who
    could not stand for any level would otherwise be free to contradict others. `field` is what
    names these people in the evidence.
    """
    reaches = [each.reach for each in assessors]
    lowest = min(reaches, default=HIGHEST_LEVEL)
    if lowest == 0:
        raise EntryRefused(
            "no_reach", field, "An assessor is neither appointed nor holds the skill."
        )
    return Lowered(lowest, CeilingReason.ASSESSOR_REACH) if lowest < recorded else None


def ceiling_of_manager(manager: Assessor | None, *, has_dated_example: bool) -> Lowered | None:
    """1 without a dated example, or by a manager below level 2 who is no trained assessor."""
    if not has_dated_example:
        return Lowered(MANAGER_WITHOUT_GROUNDS, CeilingReason.NO_DATED_EXAMPLE)
    if manager is None or (manager.held < MANAGER_LEVEL and manager.appointed is None):
        return Lowered(MANAGER_WITHOUT_GROUNDS, CeilingReason.MANAGER_BELOW_LEVEL_2)
    return None


def ceiling_without_person(kind: str, max_level: int, *, decided: bool) -> Lowered | None:
    """2 where no assessor marked, voted or accepted.

    A credential always says that it waits, also where its kind carries no more than 2. Other kinds
    need a person only if they could carry 3 or 4.
    """
    if decided:
        return None
    if kind in CREDENTIAL_KINDS:
        return Lowered(WITHOUT_A_PERSON, CeilingReason.AWAITS_ACCEPTANCE)
    if max_level > WITHOUT_A_PERSON:
        return Lowered(WITHOUT_A_PERSON, CeilingReason.NO_PERSON_DECIDED)
    return None


def _check_kind(entry: Entry, policy: Policy) -> None:
    if entry.kind == Kind.QUIZ:
        check_skill_check(entry.item_count, policy=policy)
    elif entry.kind == Kind.ADAPTIVE_ASSESSMENT:
        check_adaptive(entry.standard_error, policy=policy)
    elif entry.kind in ASSESSED_KINDS:
        _check_assessed(entry)


def _check_assessed(entry: Entry) -> None:
    people = {member for member in entry.source if member.startswith(PERSON)}
    if not people or people != {each.member for each in entry.assessors}:
        raise EntryRefused(
            "assessors_not_the_source", "assessors", "Each person in the source is an assessor."
        )
    if entry.kind == Kind.PANEL:
        check_panel(entry.assessors)
    if entry.kind == Kind.PRACTICAL_TASK_DOUBLE and len(people) < 2:
        raise EntryRefused("second_mark_needed", "assessors", "This task has two assessors.")
    if entry.marks:
        _same_level(level_of_marks(entry.marks), entry, "marks")
    if entry.votes:
        _same_level(level_of_panel(entry.votes), entry, "votes")


def _same_level(level: int, entry: Entry, field: str) -> None:
    if level != entry.demonstrated:
        raise EntryRefused(
            "level_not_from_marks", field, f"These give level {level}, not {entry.demonstrated}."
        )


def _judges(entry: Entry) -> tuple[Assessor, ...]:
    """The people whose reach bounds the level."""
    if entry.kind in ASSESSED_KINDS:
        return entry.assessors
    if entry.kind in CREDENTIAL_KINDS and entry.accepted_by is not None:
        return (entry.accepted_by,)
    return ()


def _on_scale(levels: Iterable[int], field: str) -> None:
    if any(not 0 <= level <= HIGHEST_LEVEL for level in levels):
        raise EntryRefused("level_off_scale", field, "Each level must be 0 to 4.")
