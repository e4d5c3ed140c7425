"""Where people stand: from the stored rows, from the ledger, and the same from both."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Person
from skills.enums import Kind, State
from skills.exceptions import EntryRefused, NoPolicyPublished
from skills.models import Competency, PolicyVersion, Skill
from skills.services.decisions import revoke_evidence
from skills.services.ledger import record_evidence
from skills.services.policy import publish_policy
from skills.services.reading import skill_refs, standings
from tests.thoroughness import examples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
Give = Callable[..., Any]


@pytest.fixture
def person(make_person: Any) -> Person:
    return make_person("Asha Rao")


def test_nobody_stands_anywhere_without_evidence(org: SimpleNamespace, person: Person) -> None:
    assert standings([person.pk]) == {}
    assert standings([]) == {}
    assert standings([person.pk], as_of=date(2020, 1, 1)) == {}


def test_today_comes_from_the_stored_rows_in_one_query(
    org: SimpleNamespace, make_person: Any, give: Give, django_assert_num_queries: Any
) -> None:
    people = [make_person() for _ in range(5)]
    for each in people:
        give(each, org.plain, Kind.QUIZ, 1, 10)
        give(each, org.keystone, Kind.PRACTICAL_TASK, 2, 10)
    with django_assert_num_queries(1):
        found = standings([each.pk for each in people])
    assert len(found) == 10
    assert {row.verified_level for row in found.values()} == {1, 2}
    assert set(standings([people[0].pk], skill_ids=[org.plain.pk])) == {
        (people[0].pk, org.plain.pk)
    }


def test_a_page_is_right_on_the_day_itself_without_a_worker(
    org: SimpleNamespace,
    person: Person,
    give: Give,
    on_the_day: Any,
    django_assert_num_queries: Any,
) -> None:
    give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 3, date(2026, 11, 1))
    give(person, org.keystone, Kind.PRACTICAL_TASK, 2, date(2026, 11, 1))
    change = Competency.objects.get(skill=org.plain).next_change_on
    assert change == date(2027, 11, 1)
    for day, level in ((change - timedelta(days=1), 2), (change, 1)):
        on_the_day.move_to(datetime(day.year, day.month, day.day, 0, 0, 1, tzinfo=UTC))
        due = Competency.objects.due_by(timezone.localdate()).count()
        with django_assert_num_queries(1 + bool(due)):
            found = standings([person.pk])
        assert found[person.pk, org.plain.pk].verified_level == level
    stored = Competency.objects.get(skill=org.plain)
    assert stored.verified_level == 2  # the cache was not touched


def test_the_past_and_the_future_come_from_the_ledger(
    org: SimpleNamespace, person: Person, give: Give, django_assert_num_queries: Any
) -> None:
    give(person, org.plain, Kind.QUIZ, 3, date(2026, 1, 1))
    give(person, org.plain, Kind.PRACTICAL_TASK, 2, date(2026, 10, 1))
    key = (person.pk, org.plain.pk)
    with django_assert_num_queries(1):
        assert standings([person.pk], as_of=date(2026, 9, 30))[key].verified_level == 1
    assert standings([person.pk], as_of=date(2026, 10, 1))[key].verified_level == 2
    assert standings([person.pk], as_of=date(2025, 12, 31))[key].state is State.NOT_EVIDENCED
    assert standings([person.pk], as_of=date(2040, 1, 1))[key].state is State.LAPSED


def test_known_at_before_and_after_a_revocation(
    org: SimpleNamespace, person: Person, give: Give, on_the_day: Any
) -> None:
    row = give(person, org.plain, Kind.PRACTICAL_TASK, 2, date(2026, 11, 1)).evidence
    before = timezone.now()
    on_the_day.shift(timedelta(days=3))
    revoke_evidence(row, reason="Wrong person")
    key = (person.pk, org.plain.pk)
    assert standings([person.pk])[key].verified_level == 0
    assert standings([person.pk])[key].state is State.NOT_EVIDENCED
    assert standings([person.pk], known_at=before)[key].verified_level == 2
    assert standings([person.pk], known_at=timezone.now())[key].verified_level == 0
    assert standings([person.pk], as_of=date(2026, 11, 22))[key].verified_level == 0
    unknown = before - timedelta(days=1)
    assert standings([person.pk], known_at=unknown)[key].verified_level == 0


def test_rows_of_an_earlier_policy_are_worked_out_under_the_current_one(
    org: SimpleNamespace, person: Person, give: Give, policy_document: Any
) -> None:
    give(person, org.plain, Kind.PRACTICAL_TASK, 2, date(2026, 1, 1))
    document = policy_document("t2")
    document["skills"]["plain"]["half_life_months"] = 6
    document["kinds"]["practical_task"]["max_level"] = 1
    with transaction.atomic():
        publish_policy(document)
        assert Competency.objects.get().verified_level == 2  # the job has not run
        assert standings([person.pk])[person.pk, org.plain.pk].verified_level == 0


def test_a_skill_that_is_withdrawn_is_not_read(
    org: SimpleNamespace, person: Person, give: Give
) -> None:
    give(person, org.plain, Kind.QUIZ, 1, 3)
    Skill.objects.filter(slug="plain").update(is_active=False)
    assert standings([person.pk]) == {}
    assert standings([person.pk], as_of=date(2026, 11, 21)) == {}


def test_the_ledger_is_not_read_without_a_policy(
    org: SimpleNamespace, person: Person, give: Give
) -> None:
    give(person, org.plain, Kind.QUIZ, 1, 3)
    PolicyVersion.objects.update(is_current=False)
    with pytest.raises(NoPolicyPublished):
        standings([person.pk])


def test_many_due_rows_are_read_in_one_query_too(
    org: SimpleNamespace,
    make_person: Any,
    give: Give,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    people = [make_person() for _ in range(3)]
    for each in people:
        give(each, org.plain, Kind.QUIZ, 1, 5)
    give(people[0], org.keystone, Kind.QUIZ, 1, 5)
    Competency.objects.filter(skill=org.plain).update(
        verified_level=4, computed_on=date(2020, 1, 1), next_change_on=date(2020, 1, 2)
    )
    monkeypatch.setattr("skills.services.reading._MOST_PAIRS", 1)
    with django_assert_num_queries(2):
        found = standings([each.pk for each in people])
    assert [row.verified_level for row in found.values()] == [1, 1, 1, 1]


def test_skills_are_listed_in_the_order_of_the_framework(org: SimpleNamespace) -> None:
    refs = skill_refs(Skill.objects.all())
    assert [ref.slug for ref in refs] == ["plain", "keystone", "brief", "yearly"]
    assert (refs[2].domain, refs[2].domain_name) == ("security", "Security")


# --- the cache says what the ledger says ----------------------------------------------------

KINDS = [
    Kind.SELF_REPORT,
    Kind.QUIZ,
    Kind.ADAPTIVE_ASSESSMENT,
    Kind.PRACTICAL_TASK,
    Kind.PRACTICAL_TASK_DOUBLE,
    Kind.DRILL,
    Kind.WORKPLACE_EVIDENCE,
    Kind.PEER_VALIDATION,
    Kind.CREDENTIAL_PERFORMANCE,
    Kind.PANEL,
]
pieces = st.tuples(
    st.sampled_from(KINDS),
    st.integers(0, 4),
    st.integers(0, 900),
    st.sampled_from(["plain", "keystone", "brief"]),
    st.booleans(),
    st.sampled_from([None, None, 30, 400]),
)


@pytest.fixture
def assessors(org: SimpleNamespace, make_assessor: Any) -> list[Person]:
    return [make_assessor(level=level) for level in (4, 4, 4, 2)]


def record(org: SimpleNamespace, person: Person, assessors: list[Person], piece: Any) -> Any:
    kind, level, ago, skill, flag, expiry = piece
    observed = timezone.localdate() - timedelta(days=ago)
    count = {Kind.PRACTICAL_TASK_DOUBLE: 2, Kind.PANEL: 3}.get(kind, 1)
    chosen = assessors[flag : count + flag]
    assessed = kind not in (Kind.QUIZ, Kind.ADAPTIVE_ASSESSMENT, Kind.SELF_REPORT)
    if kind == Kind.CREDENTIAL_PERFORMANCE:
        assessed = False
    return record_evidence(
        person=person,
        skill=org.skills[skill],
        kind=kind,
        level=level,
        observed_on=observed,
        assessors=chosen if assessed else (),
        marks=[level] * count if count > 1 else (),
        bank="b" if kind in (Kind.QUIZ, Kind.ADAPTIVE_ASSESSMENT) else "",
        issuer="i" if kind == Kind.CREDENTIAL_PERFORMANCE else "",
        item_count=8,
        standard_error=0.3,
        accepted_by=assessors[0] if kind == Kind.CREDENTIAL_PERFORMANCE and flag else None,
        routine=flag,
        effect_beyond_team=flag,
        expires_on=observed + timedelta(days=expiry) if expiry else None,
    )


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    drawn=st.lists(pieces, max_size=9),
    revoked=st.sets(st.integers(0, 8), max_size=2),
    later=st.sampled_from([0, 1, 40, 400, 1500]),
)
def test_the_cache_and_the_ledger_give_the_same_answer(
    org: SimpleNamespace,
    make_person: Any,
    assessors: list[Person],
    drawn: list[Any],
    revoked: set[int],
    later: int,
) -> None:
    person = make_person()
    for number, piece in enumerate(drawn):
        try:
            recorded = record(org, person, assessors, piece)
        except EntryRefused:
            continue
        if number in revoked:
            revoke_evidence(recorded.evidence, reason="A mistake")
    with time_machine.travel(timezone.now() + timedelta(days=later), tick=True):
        cached = standings([person.pk])
        ledger = standings([person.pk], known_at=timezone.now())
    assert {key: row.answer for key, row in cached.items()} == {
        key: row.answer for key, row in ledger.items()
    }
