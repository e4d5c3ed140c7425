"""Why this level, and the whole record: every row named, with its reasons."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Person
from skills.domain.explain import Need
from skills.enums import EndReason, Kind, Phase, State
from skills.models import Evidence
from skills.services.appointments import appoint_assessor, grant_exemption
from skills.services.decisions import revoke_evidence
from skills.services.explain import lines_of, why_this_level
from skills.services.record import skills_record
from skills.services.wording import need_sentence

TODAY = date(2026, 11, 22)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
Make = Callable[..., Any]


@pytest.fixture
def person(make_person: Make) -> Person:
    return make_person("Asha Rao")


def test_without_evidence_it_says_what_would_raise_the_level(
    org: SimpleNamespace, person: Person
) -> None:
    why = why_this_level(person, org.keystone)
    assert (why.verified_level, why.next_level, why.state) == (0, 1, State.NOT_EVIDENCED)
    assert (why.counting, why.no_longer, why.revoked) == ((), (), ())
    assert ("Skill check at level 1 or above",) in why.ways
    assert why.keystone
    assert why.rule_text == "Nothing on record contributes a level."


def test_each_row_says_who_vouched_under_what_condition_and_what_it_is_worth(
    org: SimpleNamespace, person: Person, give: Make, make_assessor: Make
) -> None:
    tom, rae = make_assessor("Tom Hale"), make_assessor("Rae Vine", level=2)
    give(
        person,
        org.plain,
        Kind.PRACTICAL_TASK_DOUBLE,
        3,
        20,
        assessors=[tom, rae],
        ai_condition="unaided",
        recorded_by=tom,
        origin_type="courses.submission",
        origin_uuid=uuid4(),
    )
    give(person, org.plain, Kind.QUIZ, 1, 10, client="hr-suite")
    give(person, org.plain, Kind.CREDENTIAL_KNOWLEDGE, 2, 9, accepted_by=tom)
    credential, quiz, task = why_this_level(person, org.plain).counting
    assert {source.name for source in task.line.sources} == {"Tom Hale", "Rae Vine"}
    assert {source.person_uuid for source in task.line.sources} == {tom.uuid, rae.uuid}
    assert (task.line.ai_condition_text, task.line.recorded_by) == ("Without AI", "Tom Hale")
    assert task.line.ceiling_text == (
        "Counts as level 2 at most: an assessor could stand for no more than this level."
    )
    assert (task.contributes, task.capped, task.phase) == (2, 2, Phase.FRESH)
    assert [str(source) for source in quiz.line.sources] == ["Question bank own"]
    assert (quiz.line.recorded_by, quiz.line.ceiling_text) == ("API client hr-suite", "")
    assert quiz.line.ai_condition_text == "AI condition not recorded"
    assert [source.name for source in credential.line.sources] == ["institute"]
    assert (credential.line.accepted_by, credential.line.recorded_by) == ("Tom Hale", "Tutti")
    assert credential.decides or task.decides


def test_what_no_longer_counts_has_its_reason_its_day_and_its_successor(
    org: SimpleNamespace, person: Person, give: Make, make_assessor: Make
) -> None:
    assessors = [make_assessor()]
    give(person, org.plain, Kind.PRACTICAL_TASK, 2, 40, assessors=assessors)
    retake = give(person, org.plain, Kind.PRACTICAL_TASK, 1, 10, assessors=assessors).evidence
    expires = {"expires_on": TODAY - timedelta(days=3)}
    give(person, org.plain, Kind.CREDENTIAL_KNOWLEDGE, 2, 100, **expires)
    wrong = give(person, org.plain, Kind.QUIZ, 1, 3).evidence
    revoke_evidence(wrong, reason="Wrong person", client="hr-suite")
    why = why_this_level(person, org.plain)
    assert [row.line.uuid for row in why.counting] == [retake.uuid]
    replaced, expired = why.no_longer
    assert (replaced.ended, replaced.ended_by) == (EndReason.REPLACED, retake.uuid)
    assert replaced.ended_on == TODAY - timedelta(days=10)
    assert expired.ended_text == "The issuer's validity ended"
    assert [(line.uuid, line.revoked_reason, line.revoked_by) for line in why.revoked] == [
        (wrong.uuid, "Wrong person", "API client hr-suite")
    ]


def test_an_open_review_names_the_pair(org: SimpleNamespace, person: Person, give: Make) -> None:
    low = give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 10).evidence
    high = give(person, org.plain, Kind.PRACTICAL_TASK_DOUBLE, 3, 5).evidence
    why = why_this_level(person, org.plain)
    assert why.review_open
    assert why.contradicting == ((high.uuid, low.uuid),)
    assert why.state is State.UNDER_REVIEW
    assert "contradict each other" in why.rule_text
    assert why.lacks == ("a reviewer's decision on the contradiction",)


def test_the_panel_answers_for_another_day_and_for_what_was_known_then(
    org: SimpleNamespace, person: Person, give: Make
) -> None:
    row = give(person, org.plain, Kind.PRACTICAL_TASK, 2, date(2026, 11, 1)).evidence
    revoke_evidence(row, reason="A mistake")
    assert why_this_level(person, org.plain).verified_level == 0
    then = why_this_level(person, org.plain, known_at=row.recorded_at)
    assert (then.verified_level, then.revoked) == (2, ())
    assert [turn.level for turn in then.falls] == [1, 0]
    early = why_this_level(person, org.plain, as_of=date(2026, 10, 31), known_at=row.recorded_at)
    assert (early.verified_level, early.counting) == (0, ())


def test_the_panel_costs_few_queries(
    org: SimpleNamespace, person: Person, give: Make, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        give(person, org.plain, Kind.PRACTICAL_TASK, 2, 10)
    with django_assert_max_num_queries(5):
        why_this_level(person, org.plain)


def test_a_source_whose_person_was_erased_keeps_no_name(
    org: SimpleNamespace, person: Person, give: Make
) -> None:
    row = give(person, org.plain, Kind.PRACTICAL_TASK, 2, 10).evidence
    copy = Evidence.objects.get(pk=row.pk)
    copy.source = [f"person:{uuid4()}"]
    source = lines_of([copy])[0].sources[0]
    assert (source.name, source.person_uuid) == ("A former member", None)


@pytest.mark.parametrize(
    ("need", "sentence"),
    [
        (Need("quiz", 1), "A quiz at level 1 or above"),
        (
            Need("panel", 4, effect_beyond_team=True),
            "A quiz at level 4, with an effect beyond your own team",
        ),
        (
            Need("workplace_evidence", 3, 2, 60, True),
            "A quiz at level 3 or above: two pieces at least 60 days apart, "
            "one of them not routine",
        ),
        (
            Need("workplace_evidence", 3, not_routine=True),
            "A quiz at level 3 or above, not routine",
        ),
        (Need("practical_task_double", 3), "A quiz at level 3 or above"),
    ],
)
def test_a_need_is_said_concretely(need: Need, sentence: str) -> None:
    assert need_sentence(need, "A quiz") == sentence


@pytest.mark.parametrize(
    ("name", "first", "sentence"),
    [
        ("Task, two blind assessors", True, "Task, two blind assessors, at level 3 or above"),
        ("Task, two blind assessors", False, "task, two blind assessors, at level 3 or above"),
        ("On-the-job evidence", False, "on-the-job evidence at level 3 or above"),
        ("AI drill", False, "AI drill at level 3 or above"),
    ],
)
def test_a_need_reads_as_part_of_a_sentence(name: str, first: bool, sentence: str) -> None:
    assert need_sentence(Need("drill", 3), name, first=first) == sentence


def test_two_needs_of_one_way_read_as_one_sentence(
    org: SimpleNamespace, person: Person, give: Make
) -> None:
    give(person, org.plain, Kind.PRACTICAL_TASK_DOUBLE, 3, 30)
    give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    (way,) = why_this_level(person, org.plain).ways
    assert [need[0].isupper() for need in way] == [True, False]
    assert not any("assessors at level" in need or "pieces of" in need for need in way)


def test_the_record_holds_every_row_of_every_skill(
    org: SimpleNamespace,
    person: Person,
    give: Make,
    require: Make,
    make_person: Make,
    django_assert_max_num_queries: Any,
) -> None:
    require(org.employee, org.brief, 1)
    give(person, org.plain, Kind.QUIZ, 1, 40)
    wrong = give(person, org.plain, Kind.DRILL, 2, 20).evidence
    revoke_evidence(wrong, reason="Wrong person")
    appoint_assessor(person=person, domain=org.domains["core"], level=2, reason="Trained")
    by = make_person()
    grant_exemption(person=person, skill=org.brief, reason="Leave", by=by, ends_on=TODAY)
    with django_assert_max_num_queries(8):
        record = skills_record(person)
    assert [each.row.skill.slug for each in record.skills] == ["plain", "brief"]
    newest, oldest = record.skills[0].evidence
    assert (newest.revoked_reason, oldest.kind) == ("Wrong person", "quiz")
    assert record.skills[1].evidence == ()
    assert (record.evidence_count, record.as_of) == (2, TODAY)
    assert (len(record.appointments), len(record.exemptions)) == (1, 1)
