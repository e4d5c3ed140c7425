"""The rules of long work: the row is the truth, the message only a nudge."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from celery import shared_task
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Person
from accounts.services import invite_person
from jobs import services
from jobs.enums import JobState
from jobs.models import Job
from jobs.services import Progress
from jobs.tasks import delete_old

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
calls: list[dict[str, Any]] = []


class WorkInvalid(Exception):
    """What was asked for cannot be done, however often it is tried."""


def work(progress: Progress, **arguments: Any) -> str:
    calls.append(arguments)
    progress.report(2, 4, "halfway")
    if "fail" in arguments:
        raise {"server": ConnectionError, "work": WorkInvalid}[arguments["fail"]]("no such thing")
    progress.report(4, 4, "")
    return "4 things done"


@shared_task(name="tests.work")
def work_task(job_uuid: str) -> None:
    services.run_job(job_uuid, work, final=(WorkInvalid,))


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    calls.clear()


@pytest.fixture
def lost_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are swallowed on their way."""
    monkeypatch.setattr(services, "_send", lambda job: None)


def enqueue(**arguments: Any) -> Job:
    return services.enqueue("tests.work", title="Work", **arguments)


def test_job_leaves_when_the_transaction_commits(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(size=3)
        assert calls == []
    job.refresh_from_db()
    assert calls == [{"size": 3}]
    assert (job.state, job.message, job.done, job.total) == ("done", "4 things done", 4, 4)
    assert job.attempts == 1
    assert job.percent == 100


@pytest.mark.django_db(transaction=True)
def test_job_of_a_rolled_back_transaction_never_was() -> None:
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)
    assert Job.objects.count() == 0
    assert calls == []


def test_same_key_gives_the_same_job(lost_message: None) -> None:
    assert enqueue(key="night-1") == enqueue(key="night-1")
    assert enqueue() != enqueue()


def test_job_that_runs_alone_is_joined_while_it_is_open(lost_message: None) -> None:
    first = enqueue(alone=True)
    assert enqueue(alone=True) == first
    assert enqueue() != first
    services._claim(str(first.uuid))
    assert enqueue(alone=True) == first
    Job.objects.filter(pk=first.pk).update(state=JobState.DONE)
    assert enqueue(alone=True) != first


def test_database_holds_one_open_job_of_those_that_run_alone(lost_message: None) -> None:
    first = enqueue(alone=True)
    first.pk, first.uuid = None, uuid4()
    with pytest.raises(IntegrityError):
        first.save()


@pytest.mark.django_db(transaction=True)
def test_new_message_is_written_before_work_that_holds_the_database() -> None:
    seen: list[str | int] = []

    def work(progress: Progress) -> None:
        progress.report(1, 3, "Reading")
        seen.append(Job.objects.get().message)
        progress.report(2, 3)  # figures alone are left to the heartbeat
        seen.append(Job.objects.get().done)
        with transaction.atomic():
            progress.report(3, 3, "Writing")
            seen.append(Job.objects.get().message)

    job = Job.objects.create(task="x", title="X", heartbeat_at=timezone.now())
    services.run_job(str(job.uuid), work)
    assert seen == ["Reading", 1, "Reading"]
    job.refresh_from_db()
    assert (job.state, job.done, job.message) == (JobState.DONE, 3, "Writing")


def test_error_of_the_work_itself_fails_the_job_at_once_with_its_text(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(fail="work")
    job = Job.objects.get()
    assert (job.state, job.error, job.attempts) == (JobState.FAILED, "no such thing", 1)
    assert (job.done, job.total) == (2, 4)
    assert job.finished_at is not None
    assert services.resend_stale_jobs() == 0


def test_other_errors_are_tried_again_after_growing_waits_and_fail_in_the_end(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        with django_capture_on_commit_callbacks(execute=True):
            job = enqueue(fail="server")
        for tries, wait in enumerate(services.RETRY_AFTER, start=1):
            job.refresh_from_db()
            assert (job.state, job.attempts) == (JobState.QUEUED, tries)
            assert job.error == "ConnectionError: no such thing"
            assert job.next_try_at == timezone.now() + wait
            clock.shift(wait - timedelta(seconds=1))
            assert services.resend_stale_jobs() == 0
            work_task(str(job.uuid))  # nor does a message that comes twice start it early
            assert len(calls) == tries
            clock.shift(timedelta(seconds=1))
            last = tries == len(services.RETRY_AFTER)
            with pytest.raises(ConnectionError) if last else nullcontext():
                assert services.resend_stale_jobs() == 1
        clock.shift(timedelta(days=1))
        assert services.resend_stale_jobs() == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, services.MAX_ATTEMPTS)
    assert (job.error, job.next_try_at) == ("ConnectionError: no such thing", None)


def test_error_that_passed_leaves_no_trace_on_the_finished_job(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        with django_capture_on_commit_callbacks(execute=True):
            job = enqueue(fail="server")
        Job.objects.update(arguments={})
        clock.shift(services.RETRY_AFTER[0])
        assert services.resend_stale_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.DONE, 2, "")


def test_invitation_is_mailed_once_though_the_mail_server_was_away(
    make_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError("the mail server is away")

    with time_machine.travel(NOON, tick=False) as clock:
        with monkeypatch.context() as outage, django_capture_on_commit_callbacks(execute=True):
            outage.setattr("accounts.services.invitations.send_mail", away)
            hr = make_person("Hanna Resources")
            invitation = invite_person(make_person("Asha Rao"), by=hr)
        assert mailoutbox == []
        assert Job.objects.get().created_by == hr
        assert "the mail server is away" in Job.objects.get().error
        for _ in range(3):
            clock.shift(timedelta(minutes=5))
            services.resend_stale_jobs()
    assert len(mailoutbox) == 1
    invitation.refresh_from_db()
    assert invitation.sent_at is not None
    assert Job.objects.get().state == JobState.DONE


def test_finished_job_is_not_run_again(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue()
    work_task(str(job.uuid))
    assert len(calls) == 1


def test_lost_message_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lost, time_machine.travel(NOON, tick=False):
        lost.setattr(services, "_send", lambda job: None)
        job = enqueue()
    with time_machine.travel(NOON + timedelta(minutes=5)):
        assert services.resend_stale_jobs() == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_broker_that_is_down_costs_a_delay_and_not_the_request(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise OperationalError("the broker is down")

    with (
        time_machine.travel(NOON, tick=False),
        monkeypatch.context() as outage,
        django_capture_on_commit_callbacks(execute=True),
    ):
        outage.setattr(work_task, "apply_async", down)
        job = enqueue()
    assert calls == []
    with time_machine.travel(NOON + timedelta(minutes=5)):
        assert services.resend_stale_jobs() == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_job_with_a_fresh_sign_of_life_is_left_alone(lost_message: None) -> None:
    with time_machine.travel(NOON, tick=False):
        enqueue()
    with time_machine.travel(NOON + timedelta(seconds=30)):
        assert services.resend_stale_jobs() == 0


def test_job_of_a_dead_worker_is_run_again(lost_message: None) -> None:
    with time_machine.travel(NOON, tick=False):
        job = enqueue()
        assert services._claim(str(job.uuid))  # a worker takes it, and dies
    with time_machine.travel(NOON + timedelta(minutes=5)):
        assert services.resend_stale_jobs() == 1
        work_task(str(job.uuid))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_running_job_is_not_taken_by_a_second_worker(lost_message: None) -> None:
    job = enqueue()
    services._claim(str(job.uuid))
    work_task(str(job.uuid))
    assert calls == []


def test_job_that_keeps_killing_its_worker_fails_in_the_end(lost_message: None) -> None:
    with time_machine.travel(NOON, tick=False):
        job = enqueue()
    for attempt in range(1, services.MAX_ATTEMPTS + 1):
        with time_machine.travel(NOON + timedelta(minutes=5 * attempt), tick=False):
            services.resend_stale_jobs()
            services._claim(str(job.uuid))
    with time_machine.travel(NOON + timedelta(hours=5)):
        assert services.resend_stale_jobs() == 0
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "stopped 5 times" in job.error


def test_late_worker_does_not_overwrite_the_one_that_took_over(lost_message: None) -> None:
    with time_machine.travel(NOON, tick=False):
        job = enqueue()
        first = services._claim(str(job.uuid))
    with time_machine.travel(NOON + timedelta(minutes=5)):
        services.resend_stale_jobs()
        services._claim(str(job.uuid))
        assert first is not None
        services._finish(first, Progress(1, 1, "late"), JobState.DONE)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_job_that_finishes_while_others_are_sent_again_stays_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[Job] = []

    def send_while_the_others_finish(job: Job) -> None:
        sent.append(job)
        Job.objects.exclude(pk=job.pk).update(state=JobState.DONE)

    with monkeypatch.context() as lost, time_machine.travel(NOON, tick=False):
        lost.setattr(services, "_send", lambda job: None)
        enqueue()
        enqueue()
    monkeypatch.setattr(services, "_send", send_while_the_others_finish)
    with time_machine.travel(NOON + timedelta(minutes=5)):
        assert services.resend_stale_jobs() == 1
    assert len(sent) == 1
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "queued"]


def test_failed_job_that_is_tried_again_has_all_its_tries(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(fail="work")
    Job.objects.update(arguments={}, attempts=services.MAX_ATTEMPTS)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.try_again(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.DONE, 1, "")
    assert not services.try_again(job)
    assert len(calls) == 2


def test_failed_job_that_runs_alone_is_not_started_beside_a_later_one(lost_message: None) -> None:
    failed = enqueue(alone=True)
    Job.objects.update(state=JobState.FAILED)
    enqueue(alone=True)
    assert not services.try_again(failed)
    assert Job.objects.get(pk=failed.pk).state == JobState.FAILED


def test_old_jobs_go_at_night_but_not_failed_ones_nor_the_last_of_a_task(
    lost_message: None,
) -> None:
    with time_machine.travel(NOON, tick=False):
        gone, failed, waiting, last = (enqueue() for _ in range(4))
        finished = {"state": JobState.DONE, "finished_at": timezone.now()}
        Job.objects.filter(pk__in=[gone.pk, last.pk]).update(**finished)
        Job.objects.filter(pk=failed.pk).update(**finished | {"state": JobState.FAILED})
    with time_machine.travel(NOON + timedelta(days=90), tick=False):
        delete_old()
        assert Job.objects.count() == 4
    with time_machine.travel(NOON + timedelta(days=91), tick=False):
        delete_old()
    assert set(Job.objects.all()) == {failed, waiting, last}
    assert delete_old.name in {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
