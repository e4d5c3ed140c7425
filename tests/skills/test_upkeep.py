"""Ageing at night, rebuilding from the ledger, and applying a new policy version."""

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from jobs.enums import JobState
from jobs.models import Job
from jobs.services import Progress
from skills.domain.standing import Answer
from skills.enums import Kind
from skills.exceptions import PolicyAlreadyPublished, PolicyInvalid
from skills.models import Competency, Evidence, EvidenceDates, PolicyVersion, Skill
from skills.services.competencies import age_competencies, recompute
from skills.services.ledger_rows import LedgerSlice
from skills.services.policy import current_policy, policy_change, publish_policy, published_policy
from skills.services.reading import standings
from skills.services.rebuild import rebuild_competencies, republish_dates
from skills.tasks import age_competencies as age_task
from skills.tasks import start_ageing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
Make = Callable[..., Any]


@pytest.fixture
def person(make_person: Make) -> Person:
    return make_person("Asha Rao")


# --- ageing ---------------------------------------------------------------------------------


def test_the_night_touches_only_rows_that_are_due(
    org: SimpleNamespace, make_person: Make, give: Make, on_the_day: Any
) -> None:
    people = [make_person() for _ in range(4)]
    for each in people:
        give(each, org.brief, Kind.QUIZ, 1, date(2026, 11, 1))
        give(each, org.plain, Kind.PRACTICAL_TASK, 2, date(2026, 11, 1))
    before = {row.pk: row.updated_at for row in Competency.objects.all()}
    due_on = Competency.objects.filter(skill=org.brief)[0].next_change_on
    assert due_on is not None
    on_the_day.move_to(f"{due_on}T00:10:00Z")
    progress = Progress()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert age_competencies(progress=progress) == 4
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert len(written) == 1
    touched = {
        row.skill.slug for row in Competency.objects.all() if row.updated_at != before[row.pk]
    }
    assert touched == {"brief"}
    assert (progress.done, progress.total) == (4, 4)
    again = {row.pk: row.updated_at for row in Competency.objects.all()}
    assert age_competencies() == 0
    assert again == {row.pk: row.updated_at for row in Competency.objects.all()}


def test_the_night_leaves_skills_alone_that_were_withdrawn(
    org: SimpleNamespace, make_person: Make, give: Make, on_the_day: Any
) -> None:
    give(make_person(), org.brief, Kind.QUIZ, 1, date(2026, 11, 1))
    due_on = Competency.objects.get().next_change_on
    Skill.objects.filter(pk=org.brief.pk).update(is_active=False)
    on_the_day.move_to(f"{due_on}T00:10:00Z")
    assert age_competencies(progress=Progress()) == 0


def test_ageing_gives_what_the_reading_rule_gave(
    org: SimpleNamespace, person: Person, give: Make, on_the_day: Any
) -> None:
    give(person, org.brief, Kind.ADAPTIVE_ASSESSMENT, 2, date(2026, 11, 1))
    key = (person.pk, org.brief.pk)
    for _ in range(4):
        change = standings([person.pk])[key].next_change_on
        if change is None:
            break
        on_the_day.move_to(f"{change}T00:00:01Z")
        read = standings([person.pk])[key]
        age_competencies()
        assert standings([person.pk])[key].answer == read.answer
        assert Competency.objects.get().next_change_on == read.next_change_on
    assert change is None


def test_a_stopped_night_goes_on_where_it_stopped(
    org: SimpleNamespace,
    make_person: Make,
    give: Make,
    on_the_day: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(5):
        give(make_person(), org.brief, Kind.QUIZ, 1, date(2026, 11, 1))
    on_the_day.move_to("2028-01-01T00:10:00Z")
    monkeypatch.setattr("skills.services.competencies.CHUNK", 2)

    class Stop(Progress):
        def report(self, done: int, total: int, message: str = "") -> None:
            if done >= 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        age_competencies(progress=Stop())
    assert Competency.objects.due_by(timezone.localdate()).count() == 3
    assert age_competencies() == 3


def test_a_skill_the_policy_lost_does_not_stop_the_night(
    org: SimpleNamespace, person: Person, give: Make, on_the_day: Any
) -> None:
    give(person, org.brief, Kind.QUIZ, 1, date(2026, 11, 1))
    give(person, org.yearly, Kind.QUIZ, 1, date(2026, 11, 1))
    Skill.objects.filter(pk=org.brief.pk).update(slug="gone")
    on_the_day.move_to("2029-01-01T00:10:00Z")
    assert age_competencies() == 1


def test_the_night_is_one_job_a_day(
    org: SimpleNamespace, on_the_day: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        start_ageing()
        start_ageing()
    job = Job.objects.get()
    assert (job.state, job.message) == (JobState.DONE, "0 competencies brought up to date")
    on_the_day.shift(timedelta(days=1))
    start_ageing()
    assert Job.objects.count() == 2
    age_task(str(job.uuid))  # done already: nothing happens
    assert Job.objects.get(pk=job.pk).attempts == 1


# --- rebuilding -----------------------------------------------------------------------------


@pytest.fixture
def ledger(org: SimpleNamespace, make_person: Make, give: Make) -> list[Person]:
    people = [make_person(f"Person {number}") for number in range(3)]
    for each in people:
        give(each, org.plain, Kind.PRACTICAL_TASK, 2, 20)
        give(each, org.keystone, Kind.QUIZ, 1, 20)
    return people


def test_a_tampered_row_is_found_and_repaired(org: SimpleNamespace, ledger: list[Person]) -> None:
    Competency.objects.filter(person=ledger[1], skill=org.plain).update(verified_level=4)
    checked = rebuild_competencies(repair=False)
    assert (checked.checked, checked.evidence, checked.different) == (6, 6, 1)
    found = checked.differences[0]
    assert (found.person_id, found.skill_id) == (ledger[1].pk, org.plain.pk)
    assert found.stored is not None
    assert found.right is not None
    assert (found.stored.verified_level, found.right.verified_level) == (4, 2)
    assert Competency.objects.filter(verified_level=4).exists()
    progress = Progress()
    assert rebuild_competencies(progress=progress).different == 1
    assert (progress.done, progress.total) == (3, 3)
    assert not Competency.objects.filter(verified_level=4).exists()
    assert rebuild_competencies().different == 0


@pytest.mark.parametrize(
    "tampered",
    [
        {"claimed_level": 3},
        {"state": "stale"},
        {"strength": 9},
        {"due_on": None},
        {"next_change_on": date(2040, 1, 1)},
    ],
)
def test_every_stored_answer_is_compared(
    org: SimpleNamespace, ledger: list[Person], tampered: dict[str, Any]
) -> None:
    Competency.objects.filter(person=ledger[0], skill=org.plain).update(**tampered)
    assert rebuild_competencies().different == 1
    assert rebuild_competencies(repair=False).different == 0


def test_missing_rows_are_made_and_rows_without_evidence_go(
    org: SimpleNamespace, ledger: list[Person], make_person: Make
) -> None:
    Competency.objects.filter(person=ledger[0]).delete()
    stray = make_person()
    Competency.objects.create(
        person=stray,
        skill=org.plain,
        state="current",
        verified_level=4,
        policy=org.policy,
        computed_on=timezone.localdate(),
        updated_at=timezone.now(),
    )
    report = rebuild_competencies()
    assert report.different == 3
    assert not Competency.objects.filter(person=stray).exists()
    assert Competency.objects.count() == 6


def test_rows_that_are_only_overdue_are_no_difference(
    org: SimpleNamespace, ledger: list[Person], on_the_day: Any
) -> None:
    on_the_day.move_to("2032-01-01T12:00:00Z")
    report = rebuild_competencies(repair=False)
    assert (report.different, report.overdue) == (0, 6)
    rebuild_competencies()
    assert rebuild_competencies().overdue == 0


@pytest.mark.parametrize("work", [rebuild_competencies, age_competencies])
def test_rows_are_updated_when_they_are_written_however_long_the_ladder_takes(
    ledger: list[Person], on_the_day: Any, monkeypatch: pytest.MonkeyPatch, work: Make
) -> None:
    on_the_day.move_to("2032-01-01T12:00:00Z")
    answer = LedgerSlice.answer

    def slowly(*args: Any, **kwargs: Any) -> Answer:
        on_the_day.shift(timedelta(minutes=2))
        return answer(*args, **kwargs)

    monkeypatch.setattr(LedgerSlice, "answer", slowly)
    work()
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    assert Competency.objects.filter(updated_at__gte=a_minute_ago).count() == 6


def test_a_rebuild_can_be_limited_to_people_and_lists_a_bounded_number(
    org: SimpleNamespace, ledger: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skills.services.rebuild.MOST_LISTED", 1)
    Competency.objects.update(verified_level=4)
    report = rebuild_competencies(people=[ledger[0].pk])
    assert (report.different, len(report.differences)) == (2, 1)
    assert Competency.objects.filter(verified_level=4).count() == 4


def test_the_number_of_queries_follows_the_chunks_not_the_rows(
    org: SimpleNamespace, ledger: list[Person], give: Make, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as few:
        rebuild_competencies()
    for each in ledger:
        for skill in org.skills.values():
            give(each, skill, Kind.DRILL, 1, 4)
    with django_assert_num_queries(len(few)):
        rebuild_competencies()


def test_the_command_reports_each_difference(org: SimpleNamespace, ledger: list[Person]) -> None:
    Competency.objects.filter(person=ledger[0], skill=org.plain).update(verified_level=4)
    Competency.objects.filter(person=ledger[1], skill=org.plain).delete()
    out = StringIO()
    with pytest.raises(CommandError, match="differ"):
        call_command("rebuild_competencies", "--check", stdout=out)
    assert f"{ledger[0].email} plain: stored level 4" in out.getvalue()
    assert f"{ledger[1].email} plain: stored nothing" in out.getvalue()
    assert Competency.objects.count() == 5
    out = StringIO()
    call_command("rebuild_competencies", stdout=out)
    assert "2 differed, 0 were overdue; all are right now." in out.getvalue()
    call_command("rebuild_competencies", "--check", stdout=out)


def test_the_command_bounds_its_list(
    org: SimpleNamespace, ledger: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skills.services.rebuild.MOST_LISTED", 1)
    Competency.objects.update(verified_level=4)
    out = StringIO()
    call_command("rebuild_competencies", stdout=out)
    assert "... and 5 more" in out.getvalue()


def test_the_command_needs_a_policy(org: SimpleNamespace) -> None:
    PolicyVersion.objects.update(is_current=False)
    with pytest.raises(CommandError, match="load_content"):
        call_command("rebuild_competencies")


def test_one_row_can_be_worked_out_anew(
    org: SimpleNamespace, ledger: list[Person], make_person: Make
) -> None:
    Competency.objects.filter(person=ledger[0], skill=org.plain).update(verified_level=4)
    assert recompute(ledger[0].pk, org.plain.pk).verified_level == 2
    assert Competency.objects.get(person=ledger[0], skill=org.plain).verified_level == 2
    assert recompute(make_person().pk, org.plain.pk).verified_level == 0


# --- policy versions ------------------------------------------------------------------------


def test_the_current_policy_costs_one_query(
    org: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert current_policy().version == "t1"
    with django_assert_num_queries(1):
        assert published_policy().id == org.policy.pk


def test_a_process_follows_a_policy_published_elsewhere(
    org: SimpleNamespace, policy_document: Make
) -> None:
    document = policy_document("t2")
    document["params"]["skill_check_items"] = 12
    PolicyVersion.objects.update(is_current=False)
    PolicyVersion.objects.create(version="t2", document=document, is_current=True)
    assert current_policy().version == "t2"
    assert current_policy().params.skill_check_items == 12


def test_publishing_again_changes_nothing_and_changed_content_needs_a_version(
    org: SimpleNamespace, policy_document: Make
) -> None:
    document = policy_document()
    assert policy_change(document) is None
    assert publish_policy(document) == org.policy
    document["params"]["skill_check_items"] = 12
    for call in (publish_policy, policy_change):
        with pytest.raises(PolicyAlreadyPublished):
            call(document)
    document["version"] = "t2"
    assert policy_change(document) == "policy version t2: publish"
    assert publish_policy(document).is_current
    assert PolicyVersion.objects.filter(is_current=True).count() == 1
    assert policy_change(policy_document()) == "policy version t1: make current again"
    assert publish_policy(policy_document()) == org.policy
    assert not Job.objects.exists()  # without evidence there is nothing to apply


def test_a_kind_with_evidence_stays_in_the_policy(
    org: SimpleNamespace, person: Person, give: Make, policy_document: Make
) -> None:
    document = policy_document("t2")
    del document["kinds"]["quiz"]
    assert policy_change(document)
    give(person, org.plain, Kind.QUIZ, 1, 2)
    with pytest.raises(PolicyInvalid, match=r"kinds\.quiz"):
        publish_policy(document)


def test_a_new_version_gets_its_own_dates_and_every_row_is_worked_out(
    org: SimpleNamespace,
    ledger: list[Person],
    policy_document: Make,
    django_capture_on_commit_callbacks: Any,
) -> None:
    document = policy_document("t2")
    document["skills"]["plain"]["half_life_months"] = 2
    with django_capture_on_commit_callbacks(execute=True):
        version = publish_policy(document)
    job = Job.objects.get()
    assert (job.task, job.state) == ("skills.republish_dates", JobState.DONE)
    assert EvidenceDates.objects.filter(policy=org.policy).count() == 6
    assert EvidenceDates.objects.filter(policy=version).count() == 6
    assert set(Competency.objects.values_list("policy", flat=True)) == {version.pk}
    evidence = Evidence.objects.filter(skill=org.plain)[0]
    old, new = evidence.dates.order_by("policy__published_at")
    assert new.lapses_on < old.lapses_on
    assert republish_dates(version.pk, Progress()) == 0


def test_a_version_overtaken_by_the_next_only_gets_its_dates(
    org: SimpleNamespace, ledger: list[Person], policy_document: Make
) -> None:
    old = publish_policy(policy_document("t2"))
    new = publish_policy(policy_document("t3"))
    assert republish_dates(old.pk) == 6
    assert not Competency.objects.filter(policy=old).exists()
    republish_dates(new.pk)
    assert Competency.objects.filter(policy=new).count() == 6
