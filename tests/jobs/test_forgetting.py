"""A job that forgets keeps what it was asked to do until it ends, and no longer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from celery import shared_task
from django.apps import apps
from django.utils import timezone

from jobs import services
from jobs.enums import JobState
from jobs.models import Job
from jobs.services import Progress

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EMAIL = "asha@aldermoor.example"
ASKED = {"email": EMAIL}


class AddressInvalid(Exception):
    """No mail can go to this address."""


def write_to(_progress: Progress, email: str) -> None:
    raise AddressInvalid(email)


@shared_task(name="tests.write_once")
def write_once(job_uuid: str) -> None:
    services.run_job(job_uuid, write_to, final=(AddressInvalid,))


@shared_task(name="tests.write_often")
def write_often(job_uuid: str) -> None:
    services.run_job(job_uuid, write_to)


def enqueue(task: str = "tests.write_once", *, forgets: bool = True) -> Job:
    return services.enqueue(task, title="Write", forgets=forgets, email=EMAIL)


def test_a_job_that_has_forgotten_what_it_was_to_do_is_not_tried_again(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        forgetting, other = enqueue(), enqueue(forgets=False)
    for job, kept in ((forgetting, {}), (other, ASKED)):
        job.refresh_from_db()
        assert (job.state, job.arguments) == (JobState.FAILED, kept)
    assert not services.try_again(forgetting)
    assert services.try_again(other)


def test_of_an_error_a_job_that_forgets_keeps_the_type_alone(
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        failed, waiting = enqueue(), enqueue("tests.write_often")
    failed.refresh_from_db()
    assert (failed.state, failed.error) == (JobState.FAILED, "AddressInvalid")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (JobState.QUEUED, "AddressInvalid")
    Job.objects.filter(pk=waiting.pk).update(attempts=services.MAX_ATTEMPTS - 1, next_try_at=None)
    with pytest.raises(AddressInvalid):
        write_often(str(waiting.uuid))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (JobState.FAILED, "AddressInvalid")


def test_a_job_that_forgets_does_so_too_when_it_keeps_killing_its_worker() -> None:
    with time_machine.travel(NOON, tick=False):
        forgetting, other = enqueue(), enqueue(forgets=False)
        Job.objects.update(state=JobState.RUNNING, attempts=services.MAX_ATTEMPTS)
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        services.resend_stale_jobs()
    for job, kept in ((forgetting, {}), (other, ASKED)):
        job.refresh_from_db()
        assert (job.state, job.arguments) == (JobState.FAILED, kept)
        assert "stopped 5 times" in job.error


def test_old_jobs_that_forget_go_at_night_though_they_failed() -> None:
    with time_machine.travel(NOON, tick=False):
        for _ in range(2):
            enqueue()
        kept = enqueue(forgets=False)
        Job.objects.update(state=JobState.FAILED, finished_at=timezone.now())
        last = enqueue("tests.other")
        Job.objects.filter(pk=last.pk).update(state=JobState.DONE, finished_at=timezone.now())
        waiting = enqueue("tests.third")
    with time_machine.travel(NOON + timedelta(days=91), tick=False):
        assert services.delete_old_jobs() == 2
    assert set(Job.objects.all()) == {kept, last, waiting}


def test_resets_made_before_jobs_said_that_they_forget_are_cleared() -> None:
    refused = f"SMTPRecipientsRefused: {{{EMAIL!r}: (550, b'No such user')}}"
    for _ in range(2):
        enqueue("jobs.send_password_reset", forgets=False)
    Job.objects.update(error=refused)
    failed, waiting = Job.objects.order_by("pk")
    Job.objects.filter(pk=failed.pk).update(state=JobState.FAILED)
    other = enqueue(forgets=False)
    import_module("jobs.migrations.0004_job_forgets").forget(apps, None)
    for job, kept in ((failed, {}), (waiting, ASKED)):
        job.refresh_from_db()
        assert (job.forgets, job.arguments, job.error) == (True, kept, "SMTPRecipientsRefused")
    other.refresh_from_db()
    assert (other.forgets, other.arguments) == (False, ASKED)
