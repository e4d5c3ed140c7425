"""Two requests at the same time, with real threads on PostgreSQL."""

import threading
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from accounts.models import Person
from skills.enums import Kind
from skills.exceptions import IdempotencyConflict
from skills.models import AssessorAppointment, Competency, Evidence
from skills.services.competencies import age_competencies
from skills.services.decisions import revoke_evidence
from skills.services.ledger import record_evidence
from skills.services.rebuild import rebuild_competencies

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
]
Make = Callable[..., Any]


@pytest.fixture
def person(make_person: Make) -> Person:
    return make_person("Asha Rao")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; what they returned or raised, in order."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)
    return results


def task(org: SimpleNamespace, person: Person, assessor: Person, level: int, **more: Any) -> Any:
    return lambda: record_evidence(
        person=person,
        skill=org.plain,
        kind=more.pop("kind", Kind.PRACTICAL_TASK),
        level=level,
        observed_on=AssessorAppointment.objects.all()[0].created_at.date(),
        assessors=[assessor],
        **more,
    )


@pytest.mark.parametrize("known", [False, True], ids=["first evidence", "more evidence"])
def test_two_records_for_one_person_and_skill_both_count(
    org: SimpleNamespace, person: Person, make_assessor: Make, give: Make, known: bool
) -> None:
    assessors = [make_assessor() for _ in range(6)]
    if known:
        give(person, org.plain, Kind.SELF_REPORT, 1, 3)
    results = at_once(*(task(org, person, each, 2) for each in assessors))
    assert [result for result in results if isinstance(result, Exception)] == []
    row = Competency.objects.get()
    assert (row.verified_level, row.strength) == (2, 6)
    assert rebuild_competencies(repair=False).different == 0


def test_one_key_writes_one_row(org: SimpleNamespace, person: Person, make_assessor: Make) -> None:
    assessor = make_assessor()
    results = at_once(*(task(org, person, assessor, 2, idempotency_key="k") for _ in range(4)))
    assert sorted(result.created for result in results) == [False, False, False, True]
    assert Evidence.objects.count() == 1


def test_one_key_for_two_people_is_a_conflict_for_one(
    org: SimpleNamespace, person: Person, make_person: Make, make_assessor: Make
) -> None:
    assessor = make_assessor()
    results = at_once(
        *(task(org, each, assessor, 2, idempotency_key="k") for each in (person, make_person()))
    )
    conflicts = [each for each in results if isinstance(each, IdempotencyConflict)]
    assert (len(conflicts), Evidence.objects.count()) == (1, 1)


def test_recording_revoking_and_upkeep_at_once_leave_the_cache_right(
    org: SimpleNamespace, person: Person, make_assessor: Make, give: Make
) -> None:
    for _ in range(3):
        old = give(person, org.plain, Kind.DRILL, 3, 5).evidence
        Competency.objects.update(computed_on="2020-01-01", next_change_on="2020-01-02")
        results = at_once(
            task(org, person, make_assessor(), 2),
            partial(revoke_evidence, old, reason="A mistake"),
            age_competencies,
            rebuild_competencies,
        )
        assert [result for result in results if isinstance(result, Exception)] == []
        assert rebuild_competencies(repair=False).different == 0
