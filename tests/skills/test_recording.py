"""What enters the ledger, with which ceiling, and what it moves."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Person
from skills.enums import CeilingReason, Kind, State
from skills.exceptions import EntryRefused, IdempotencyConflict, NoPolicyPublished, UnknownInPolicy
from skills.models import AssessorAppointment, Competency, Evidence, EvidenceDates, PolicyVersion
from skills.services.ledger import record_claim, record_evidence

TODAY = date(2026, 11, 22)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
]
Give = Callable[..., Any]


@pytest.fixture
def person(make_person: Any) -> Person:
    return make_person("Asha Rao")


def refusal(code: str) -> Any:
    return pytest.raises(EntryRefused, check=lambda error: error.code == code)


def test_evidence_its_dates_and_the_competency_are_written_together(
    org: SimpleNamespace, person: Person, give: Give
) -> None:
    recorded = give(person, org.plain, Kind.QUIZ, 3, date(2026, 11, 1))
    assert recorded.created
    assert recorded.moved
    assert (
        recorded.competency_before.verified_level,
        recorded.competency_after.verified_level,
    ) == (
        0,
        1,
    )
    stored = Competency.objects.get()
    assert (stored.verified_level, stored.state) == (1, State.CURRENT)
    assert stored.next_change_on is not None
    assert stored.due_on == date(2027, 11, 1)
    dates = EvidenceDates.objects.get()
    assert dates.policy_id == org.policy.pk
    assert (dates.ageing_on, dates.stale_on) == (date(2027, 11, 1), date(2027, 11, 1))
    assert dates.lapses_on == date(2030, 11, 1)


def test_recording_a_skill_check_takes_few_queries(
    org: SimpleNamespace, person: Person, give: Give, django_assert_max_num_queries: Any
) -> None:
    give(person, org.plain, Kind.QUIZ, 3, 20)
    with django_assert_max_num_queries(8):  # two of them are the savepoint
        give(person, org.plain, Kind.QUIZ, 3, 10)


def test_recording_a_marked_task_takes_one_query_more(
    org: SimpleNamespace, person: Person, make_assessor: Any, django_assert_max_num_queries: Any
) -> None:
    assessor = make_assessor()
    with django_assert_max_num_queries(9):
        record_evidence(
            person=person,
            skill=org.plain,
            kind=Kind.PRACTICAL_TASK,
            level=2,
            observed_on=TODAY,
            assessors=[assessor],
        )


def test_nothing_is_recorded_without_a_policy(
    org: SimpleNamespace, person: Person, give: Give
) -> None:
    PolicyVersion.objects.update(is_current=False)
    with pytest.raises(NoPolicyPublished):
        give(person, org.plain, Kind.QUIZ, 1, 0)


def test_a_skill_outside_the_policy_takes_no_evidence(
    org: SimpleNamespace, person: Person, give: Give
) -> None:
    org.plain.slug = "unknown"
    org.plain.save()
    with pytest.raises(UnknownInPolicy):
        give(person, org.plain, Kind.QUIZ, 1, 0)
    assert not Evidence.objects.exists()


def test_a_withdrawn_skill_takes_no_evidence(
    org: SimpleNamespace, person: Person, give: Give
) -> None:
    org.plain.is_active = False
    with refusal("skill_withdrawn"):
        give(person, org.plain, Kind.QUIZ, 1, 0)


@pytest.mark.parametrize(
    ("kind", "left_out", "field"),
    [
        (Kind.QUIZ, {"item_count": None}, "item_count"),
        (Kind.QUIZ, {"bank": ""}, "issuer"),
        (Kind.ADAPTIVE_ASSESSMENT, {"standard_error": None}, "standard_error"),
        (Kind.PRACTICAL_TASK, {"assessors": []}, "assessors"),
        (Kind.PRACTICAL_TASK_DOUBLE, {"marks": []}, "marks"),
        (Kind.PANEL, {"marks": []}, "marks"),
        (Kind.DRILL, {"assessors": []}, "assessors"),
        (Kind.WORKPLACE_EVIDENCE, {"assessors": []}, "assessors"),
        (Kind.PEER_VALIDATION, {"assessors": []}, "assessors"),
        (Kind.MANAGER_VALIDATION, {"assessors": []}, "assessors"),
        (Kind.CREDENTIAL_KNOWLEDGE, {"issuer": ""}, "issuer"),
        (Kind.COMPLETION, {"issuer": ""}, "issuer"),
    ],
)
def test_what_a_kind_needs_is_named_when_it_is_missing(
    org: SimpleNamespace, person: Person, give: Give, kind: str, left_out: Any, field: str
) -> None:
    with pytest.raises(EntryRefused) as refused:
        give(person, org.plain, kind, 1, 0, **left_out)
    assert (refused.value.code, refused.value.field) == ("required", field)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_recorded_when_nothing_is_missing(
    org: SimpleNamespace, person: Person, give: Give, kind: Kind
) -> None:
    row = give(person, org.plain, kind, 1, 5).evidence
    assert row.source == sorted(row.source)
    assert row.source


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        (Kind.QUIZ, {"item_count": 7}, "too_few_items"),
        (Kind.ADAPTIVE_ASSESSMENT, {"standard_error": 0.41}, "standard_error_too_high"),
        (Kind.PRACTICAL_TASK_DOUBLE, {"marks": [1, 3]}, "third_mark_needed"),
        (Kind.PRACTICAL_TASK_DOUBLE, {"marks": [2, 3]}, "level_not_from_marks"),
        (Kind.PANEL, {"marks": [3, 3]}, "marks_not_of_assessors"),
        (Kind.QUIZ, {"on": date(2026, 11, 23)}, "future_date"),
        (Kind.CREDENTIAL_KNOWLEDGE, {"expires_on": date(2026, 11, 1)}, "expiry_not_after_observed"),
        (Kind.QUIZ, {"ai_condition": "perhaps"}, "unknown_ai_condition"),
        (Kind.MANAGER_VALIDATION, {"example_on": date(2026, 12, 1)}, "future_date"),
        ("tea_leaves", {"bare": True}, "unknown_kind"),
    ],
)
def test_evidence_is_refused_with_a_code(
    org: SimpleNamespace, person: Person, give: Give, kind: str, changes: Any, code: str
) -> None:
    given = {"on": date(2026, 11, 1)} | changes
    with refusal(code):
        give(person, org.plain, kind, 3, given.pop("on"), **given)
    assert not Evidence.objects.exists()
    assert not Competency.objects.exists()


@pytest.mark.parametrize(
    "kind", [Kind.QUIZ, Kind.PRACTICAL_TASK, Kind.PRACTICAL_TASK_DOUBLE], ids=str
)
def test_a_failed_quiz_or_task_writes_no_row(
    org: SimpleNamespace, person: Person, give: Give, kind: Kind
) -> None:
    give(person, org.plain, Kind.DRILL, 2, 9)
    with refusal("not_passed"):
        give(person, org.plain, kind, 0, 5)
    assert Evidence.objects.get().kind.slug == Kind.DRILL


def test_nobody_vouches_for_themselves(
    org: SimpleNamespace, make_assessor: Any, give: Give
) -> None:
    assessor = make_assessor()
    for kind in (Kind.PRACTICAL_TASK, Kind.PEER_VALIDATION, Kind.WORKPLACE_EVIDENCE):
        with refusal("vouches_for_oneself"):
            give(assessor, org.plain, kind, 1, 0, assessors=[assessor])
    with refusal("vouches_for_oneself"):
        give(assessor, org.plain, Kind.CREDENTIAL_KNOWLEDGE, 1, 0, accepted_by=assessor)


def test_only_credentials_are_accepted(
    org: SimpleNamespace, person: Person, make_assessor: Any, give: Give
) -> None:
    with refusal("not_a_credential"):
        give(person, org.plain, Kind.QUIZ, 1, 0, accepted_by=make_assessor())


def test_an_assessor_is_named_once_and_one_person_validates(
    org: SimpleNamespace, person: Person, make_assessor: Any, give: Give
) -> None:
    one, other = make_assessor(), make_assessor()
    with refusal("assessor_twice"):
        give(person, org.plain, Kind.PRACTICAL_TASK_DOUBLE, 1, 0, assessors=[one, one])
    with refusal("one_validates"):
        give(person, org.plain, Kind.PEER_VALIDATION, 1, 0, assessors=[one, other])


def test_a_reach_below_the_level_lowers_the_ceiling_and_says_why(
    org: SimpleNamespace, person: Person, make_assessor: Any, give: Give
) -> None:
    able, less = make_assessor(level=4), make_assessor(level=1)
    marks = {"assessors": [able, less], "marks": [3, 3]}
    row = give(person, org.plain, Kind.PRACTICAL_TASK_DOUBLE, 3, 0, **marks).evidence
    assert (row.ceiling, row.ceiling_reason) == (1, CeilingReason.ASSESSOR_REACH)


def test_an_assessor_without_reach_is_refused(
    org: SimpleNamespace, person: Person, make_person: Any, give: Give
) -> None:
    with refusal("no_reach"):
        give(person, org.plain, Kind.PRACTICAL_TASK, 2, 0, assessors=[make_person()])


def test_an_appointment_reaches_its_own_domain_on_its_own_days_only(
    org: SimpleNamespace, person: Person, make_person: Any, give: Give
) -> None:
    assessor = make_person()
    AssessorAppointment.objects.create(
        person=assessor,
        domain=org.domains["core"],
        highest_level=3,
        starts_on=date(2026, 6, 1),
        ends_on=date(2026, 6, 30),
        reason="Stand-in",
    )
    for day in (date(2026, 6, 1), date(2026, 6, 30)):
        assert (
            give(
                person, org.plain, Kind.PRACTICAL_TASK, 2, day, assessors=[assessor]
            ).evidence.ceiling
            is None
        )
    for skill, day in ((org.plain, date(2026, 7, 1)), (org.brief, date(2026, 6, 15))):
        with refusal("no_reach"):
            give(person, skill, Kind.PRACTICAL_TASK, 2, day, assessors=[assessor])


def test_a_level_held_on_the_day_observed_is_reach_too(
    org: SimpleNamespace, person: Person, make_person: Any, give: Give
) -> None:
    holder = make_person()
    give(holder, org.plain, Kind.PRACTICAL_TASK, 2, date(2026, 9, 1))
    row = give(
        person, org.plain, Kind.PRACTICAL_TASK, 2, date(2026, 9, 1), assessors=[holder]
    ).evidence
    assert row.ceiling is None
    with refusal("no_reach"):  # the day before, nothing was held
        give(person, org.plain, Kind.DRILL, 2, date(2026, 8, 31), assessors=[holder])


def test_a_panel_has_at_most_one_from_the_own_line(
    org: SimpleNamespace, make_assessor: Any, make_person: Any, give: Give
) -> None:
    top = make_assessor()
    manager = make_assessor(manager=top)
    person = make_person(manager=manager)
    below = make_assessor(manager=person)
    stranger, other = make_assessor(), make_assessor()
    panel = {"marks": [3, 3, 3]}
    give(person, org.plain, Kind.PANEL, 3, 0, assessors=[manager, stranger, other], **panel)
    for pair in ([top, manager], [manager, below]):
        with refusal("panel_own_line"):
            give(person, org.plain, Kind.PANEL, 3, 0, assessors=[*pair, stranger], **panel)


def test_a_manager_validation_needs_grounds_to_carry_two(
    org: SimpleNamespace, person: Person, make_person: Any, make_assessor: Any, give: Give
) -> None:
    def validated(manager: Person, **more: Any) -> tuple[int | None, str]:
        row = give(person, org.plain, Kind.MANAGER_VALIDATION, 2, 0, assessors=[manager], **more)
        return row.evidence.ceiling, row.evidence.ceiling_reason

    manager, trained, able = make_person(), make_assessor(level=1), make_person()
    give(able, org.plain, Kind.PRACTICAL_TASK, 2, 3)
    assert validated(manager) == (1, CeilingReason.MANAGER_BELOW_LEVEL_2)
    assert validated(trained) == (None, "")
    assert validated(able) == (None, "")
    assert validated(trained, example_on=None) == (1, CeilingReason.NO_DATED_EXAMPLE)
    assert validated(trained, example=" ") == (1, CeilingReason.NO_DATED_EXAMPLE)


def test_a_credential_that_nobody_accepted_carries_two_at_most(
    org: SimpleNamespace, person: Person, make_assessor: Any, give: Give
) -> None:
    waiting = give(person, org.plain, Kind.CREDENTIAL_PERFORMANCE, 3, 0).evidence
    assert (waiting.ceiling, waiting.ceiling_reason) == (2, CeilingReason.AWAITS_ACCEPTANCE)
    accepted = give(
        person, org.plain, Kind.CREDENTIAL_PERFORMANCE, 3, 0, accepted_by=make_assessor()
    ).evidence
    assert accepted.ceiling is None


def test_a_claim_is_stored_and_moves_nothing_else(org: SimpleNamespace, person: Person) -> None:
    recorded = record_claim(person=person, skill=org.plain, level=4, by=person)
    assert not recorded.moved
    assert recorded.competency_after.claimed_level == 4
    assert recorded.competency_after.state is State.NOT_EVIDENCED
    assert recorded.evidence.source == [f"person:{person.uuid}"]


def test_nobody_claims_for_another(org: SimpleNamespace, person: Person, make_person: Any) -> None:
    with refusal("speaks_for_another"):
        record_claim(person=person, skill=org.plain, level=4, by=make_person())


# --- idempotency ----------------------------------------------------------------------------


def test_the_same_request_again_returns_the_row_that_exists(
    org: SimpleNamespace, person: Person, give: Give
) -> None:
    first = give(person, org.plain, Kind.QUIZ, 1, 0, idempotency_key="k")
    again = give(person, org.plain, Kind.QUIZ, 1, 0, idempotency_key="k")
    assert (again.evidence, again.created, again.moved) == (first.evidence, False, False)
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("change", ["level", "person", "skill", "day"])
def test_the_same_key_with_other_evidence_is_a_conflict(
    org: SimpleNamespace, person: Person, make_person: Any, give: Give, change: str
) -> None:
    give(person, org.plain, Kind.QUIZ, 1, 0, idempotency_key="k")
    with pytest.raises(IdempotencyConflict):
        give(
            make_person() if change == "person" else person,
            org.keystone if change == "skill" else org.plain,
            Kind.QUIZ,
            2 if change == "level" else 1,
            1 if change == "day" else 0,
            idempotency_key="k",
        )
    assert Evidence.objects.count() == 1


def test_a_repeated_request_is_answered_after_the_assessor_lost_reach(
    org: SimpleNamespace, person: Person, make_assessor: Any, give: Give
) -> None:
    assessor = make_assessor()
    given = {"assessors": [assessor], "idempotency_key": "k"}
    give(person, org.plain, Kind.PRACTICAL_TASK, 2, 0, **given)
    AssessorAppointment.objects.all().delete()
    assert not give(person, org.plain, Kind.PRACTICAL_TASK, 2, 0, **given).created


def test_a_clock_that_runs_behind_loses_no_row(
    org: SimpleNamespace, person: Person, give: Give
) -> None:
    give(person, org.plain, Kind.PRACTICAL_TASK, 2, 1)
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=True):
        after = give(person, org.plain, Kind.QUIZ, 1, 1).competency_after
    assert (after.verified_level, after.strength) == (2, 2)
