"""The framework, one person's competencies, and the list of changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.models import JobRole, Person, RecordAccess
from skills.models import Competency, Requirement, Skill
from skills.services.competencies import age_competencies
from skills.services.decisions import revoke_evidence
from skills.services.ledger import record_evidence

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_skills_come_with_the_words_of_their_levels(
    make_api: Callable[..., Any], framework: None
) -> None:
    rows = make_api("skills:read").pages_of_one("skills/")
    assert len(rows) == Skill.objects.count()
    safe = next(row for row in rows if row["skill"] == "core-safe-data")
    assert safe["domain"] == "core"
    assert [level["level"] for level in safe["levels"]] == [1, 2, 3, 4]
    assert all(level["descriptor"] for level in safe["levels"])


def test_job_roles_come_with_the_requirements_of_today(
    make_api: Callable[..., Any], framework: None
) -> None:
    role = JobRole.objects.get(slug="network-engineer")
    gone = Requirement.objects.filter(job_role=role).first()
    assert gone is not None
    Requirement.objects.filter(pk=gone.pk).update(valid_to=timezone.localdate())
    rows = make_api("skills:read").pages_of_one("job-roles/")
    told = next(row for row in rows if row["job_role"] == "network-engineer")
    asked = Requirement.objects.valid_on(timezone.localdate()).filter(job_role=role)
    assert {row["skill"] for row in told["requirements"]} == {
        each.skill.slug for each in asked.select_related("skill")
    }
    assert gone.skill.slug not in {row["skill"] for row in told["requirements"]}


def test_the_framework_takes_the_same_queries_whatever_its_size(
    make_api: Callable[..., Any], framework: None, django_assert_num_queries: Any
) -> None:
    api = make_api("skills:read")
    for path in ("skills/", "job-roles/"):
        with django_assert_num_queries(3):
            api.get(path)


def competency(api: Any, person: Person, skill: str, **query: str) -> dict[str, Any]:
    answer = api.get(f"people/{person.uuid}/competencies/", **query)
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return next(row for row in rows if row["skill"] == skill)


def test_a_competency_says_what_is_verified_claimed_and_required(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    task(org.ben, "core-safe-data", 2)
    row = competency(make_api("skills:read"), org.ben, "core-safe-data")
    assert set(row) == {
        "skill", "verified_level", "claimed_level", "required_level", "weight", "state",
        "strength", "due_on", "next_change_on",
    }  # fmt: skip
    assert (row["verified_level"], row["claimed_level"], row["strength"]) == (2, None, 1)
    assert row["required_level"] > 0
    assert row["state"] == "current"


def test_skills_that_no_role_requires_are_told_when_there_is_evidence(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    listed = api.get(f"people/{org.dora.uuid}/competencies/").json()["results"]
    beyond = Skill.objects.exclude(slug__in=[row["skill"] for row in listed]).first()
    assert beyond is not None
    revoke_evidence(task(org.ben, beyond.slug).evidence, reason="Wrong person", by=org.dora)
    record_evidence(
        person=org.ada, skill=beyond, kind="self_report", level=3,
        observed_on=timezone.localdate(), recorded_by=org.ada,
    )  # fmt: skip
    row = competency(api, org.ada, beyond.slug)
    assert (row["claimed_level"], row["required_level"], row["weight"]) == (3, 0, 0)


def test_as_of_tells_what_was_true_and_what_will_be(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    task(org.ben, "core-safe-data", 2, ago=10)
    api, today = make_api("skills:read"), timezone.localdate()
    levels = [
        competency(api, org.ben, "core-safe-data", as_of=str(today + timedelta(days=days)))[
            "verified_level"
        ]
        for days in (-11, -10, 0, 3650)
    ]
    assert levels == [0, 2, 2, 0]


def test_known_at_tells_what_was_known(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    evidence = task(org.ben, "core-safe-data", 2).evidence
    before = timezone.now()
    revoke_evidence(evidence, reason="Wrong person", by=org.dora)
    row = competency(api, org.ben, "core-safe-data")
    assert (row["verified_level"], row["state"]) == (0, "not_evidenced")
    known = competency(api, org.ben, "core-safe-data", known_at=before.isoformat())
    assert known["verified_level"] == 2
    earlier = evidence.recorded_at - timedelta(seconds=1)
    unknown = competency(api, org.ben, "core-safe-data", known_at=earlier.isoformat())
    assert unknown["verified_level"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"as_of": "2026-02-30"},
        {"as_of": "0001-01-01"},
        {"as_of": "9999-12-31"},
        {"as_of": "yesterday"},
        {"known_at": "2999-01-01T00:00:00Z"},
        {"known_at": "2190-01-01T00:00:00Z"},
        {"known_at": "noon"},
        {"asof": "2026-01-01"},
        {"as_of": "2026-W01-1"},
        {"as_of": "20260101"},
        {"as_of": "2026-1-01"},
        {"as_of": ""},
        {"known_at": "1969-12-31T23:59:59Z"},
        {"known_at": "0001-01-01T00:00:00+14:00"},
        {"known_at": ""},
        {"as_of": ["2026-01-01", "2026-01-02"]},
    ],
)
def test_days_that_cannot_be_used_are_refused_by_name(
    make_api: Callable[..., Any], org: SimpleNamespace, query: dict[str, str]
) -> None:
    answer = make_api("skills:read").get(f"people/{org.ben.uuid}/competencies/", **query)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == list(query)


def test_a_look_at_competencies_is_logged_with_the_client(
    make_api: Callable[..., Any], org: SimpleNamespace
) -> None:
    api = make_api("skills:read")
    api.get(f"people/{org.ben.uuid}/competencies/")
    look = RecordAccess.objects.get(subject=org.ben)
    assert (look.client, look.what) == (api.name, "Competencies (API)")
    assert api.get(f"people/{uuid4()}/competencies/").status_code == 404


# --- changes ------------------------------------------------------------------------------------


def changed(page: dict[str, Any]) -> set[tuple[str, str, int]]:
    return {(row["external_id"], row["skill"], row["verified_level"]) for row in page["results"]}


def test_a_poller_misses_no_change_and_stores_by_person_and_skill(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False) as clock:
        task(org.ben, "core-safe-data", 2)
        page = api.get("competencies/").json()
        assert changed(page) == {("H2", "core-safe-data", 2)}
        clock.shift(timedelta(minutes=30))
        page = api.get(page["resume"]).json()
        clock.shift(timedelta(minutes=2))
        page = api.get(page["resume"]).json()
        assert page["results"] == []
        task(org.cy, "core-diligence", 1)
        assert changed(api.get(page["resume"]).json()) == {("H3", "core-diligence", 1)}


def test_a_change_that_commits_late_is_still_told(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    """A transaction that began before another may commit after a reader has passed its time."""
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False) as clock:
        task(org.ben, "core-safe-data", 2)
        clock.shift(timedelta(seconds=40))
        task(org.cy, "core-diligence", 1)
        Competency.objects.filter(person=org.ben).update(updated_at=NOW + timedelta(hours=9))
        page = api.get("competencies/").json()
        Competency.objects.filter(person=org.ben).update(updated_at=NOW)
        assert ("H2", "core-safe-data", 2) in changed(api.get(page["resume"]).json())


def test_a_change_that_commits_late_is_still_told_after_a_run_of_slow_pages(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False) as clock:
        task(org.ben, "core-safe-data", 2)
        clock.shift(timedelta(seconds=1))
        for skill in ("core-diligence", "core-delegation", "core-safe-data"):
            task(org.cy, skill, 1)
        late = Competency.objects.filter(person=org.ben)
        late.update(updated_at=NOW + timedelta(hours=9))  # its transaction is open
        page = api.get("competencies/", page_size=1, updated_since=NOW.isoformat()).json()
        late.update(updated_at=NOW)
        while page["next"]:
            clock.shift(timedelta(seconds=65))
            page = api.get(page["next"]).json()
        page = api.get(page["resume"]).json()
        told = changed(page)
        while page["next"]:
            page = api.get(page["next"]).json()
            told |= changed(page)
        assert ("H2", "core-safe-data", 2) in told
        page = api.get(page["resume"]).json()
        assert page["results"] == []  # and a run that saw all of it is over


def test_pages_hold_every_competency_once(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False):  # all at one moment: the id decides
        for person in (org.ben, org.cy):
            for skill in ("core-safe-data", "core-diligence", "core-delegation"):
                task(person, skill, 1)
        rows = api.pages("competencies/", page_size=1)
    assert len({(row["person"], row["skill"]) for row in rows}) == len(rows) == 6
    assert RecordAccess.objects.filter(what="Competencies (API)").count() == 1


def test_a_night_that_nobody_stored_is_a_change(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False) as clock:
        task(org.ben, "core-safe-data", 2)
        task(org.cy, "core-safe-data", 1)
        stored = Competency.objects.get(person=org.ben)
        assert stored.due_on is not None
        eve = datetime.combine(stored.due_on, datetime.min.time(), tzinfo=UTC)
        clock.move_to(eve - timedelta(minutes=5))
        api.renew()
        age_competencies()
        clock.shift(timedelta(minutes=4))
        resume = api.get("competencies/").json()["resume"]
        clock.move_to(eve + timedelta(minutes=5))
        page = api.get(resume).json()
        assert changed(page) == {("H2", "core-safe-data", 1), ("H3", "core-safe-data", 0)}
        again = api.get(page["resume"]).json()
        assert again["results"] == []  # told once while nobody stores it, until midnight
        age_competencies()
        assert changed(api.get(page["resume"]).json()) == changed(page)


def test_pages_go_on_through_what_fell_due(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False) as clock:
        for skill in ("core-safe-data", "core-diligence", "core-delegation"):
            task(org.ben, skill, 1)
        clock.shift(timedelta(days=4000))
        api.renew()
        rows = api.pages("competencies/", page_size=1, updated_since=NOW.isoformat())
    assert [row["verified_level"] for row in rows] == [0, 0, 0]
    assert len({row["skill"] for row in rows}) == 3


def test_updated_since_begins_there(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False) as clock:
        task(org.ben, "core-safe-data", 2)
        clock.shift(timedelta(hours=1))
        task(org.cy, "core-diligence", 1)
        since = (NOW + timedelta(hours=1)).isoformat()
        assert changed(api.get("competencies/", updated_since=since).json()) == {
            ("H3", "core-diligence", 1)
        }
        for query in ({"updated_since": "soon"}, {"updated_since": ""}, {"cursor": "x"}):
            assert api.get("competencies/", **query).status_code == 400


@pytest.mark.parametrize(
    "since",
    [
        "1970-01-01T00:00:00Z",
        "1970-12-31",
        "2199-12-31T23:59:59Z",
        "2026-11-22T12:00:00+02:00",
        "2026-11-22T12:00:00 02:00",  # an address that was not quoted
        "2026-11-22T12:00 02:00",
        "2026-11-22 12:00",
    ],
)
def test_any_moment_of_the_calendar_can_be_asked_for(
    make_api: Callable[..., Any], framework: None, since: str
) -> None:
    answer = make_api("skills:read").get("competencies/", updated_since=since)
    assert answer.status_code == 200


def test_the_plus_of_an_offset_is_put_back_where_an_address_lost_it(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False):
        task(org.ben, "core-safe-data", 2)
        for since, found in (("2026-11-22T14:00:00 02:00", 1), ("2026-11-22T13:00:00 00:00", 0)):
            page = api.get("competencies/", updated_since=since).json()
            assert len(page["results"]) == found


def test_a_page_cursor_ages_and_a_resume_cursor_does_not(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api = make_api("skills:read")
    with time_machine.travel(NOW, tick=False) as clock:
        for skill in ("core-safe-data", "core-diligence"):
            task(org.ben, skill, 1)
        first = api.get("competencies/", page_size=1).json()
        last = api.get(first["next"]).json()
        assert (last["next"], first["resume"]) == (None, None)
        clock.shift(timedelta(days=2))
        api.renew()
        assert api.get(first["next"]).status_code == 400
        assert api.get(last["resume"]).status_code == 200


def test_the_list_of_changes_takes_a_fixed_number_of_queries(
    make_api: Callable[..., Any],
    org: SimpleNamespace,
    task: Callable[..., Any],
    django_assert_num_queries: Any,
) -> None:
    with time_machine.travel(NOW, tick=False):  # in the hour after midnight it takes one more
        api = make_api("skills:read")
        for skill in ("core-safe-data", "core-diligence", "core-delegation"):
            task(org.ben, skill, 1)
        since = (NOW - timedelta(hours=1)).isoformat()
        for size, logs in ((1, 1), (3, 0)):  # the second time it is the same look
            # the token, what is stored, whose it is, where they stand; was this look logged
            with django_assert_num_queries(5 + logs):
                api.get("competencies/", updated_since=since, page_size=size)
