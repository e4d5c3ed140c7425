"""Making, running and re-sending jobs.

A job's row is written in the transaction of whoever asks for the work, its message is sent when
that transaction commits, and a row that shows no sign of life is sent again. So a lost message or
a killed worker costs a delay, never the work; so does an error, such as a mail server that is away
for a while: the job waits and is tried again. Tasks must therefore bear being run twice.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Person
from jobs.enums import JobState
from jobs.models import Job, JobQuerySet

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
MAX_ATTEMPTS = len(RETRY_AFTER) + 1
KEPT_DAYS = 90
HEARTBEAT_SECONDS = 1.0
log = structlog.get_logger(__name__)


@dataclass
class Progress:
    """What a running job says of itself; a heartbeat writes it to the job's row.

    A new message is written at once, so that it is seen before work that holds the database;
    within a transaction this is left to the heartbeat, which stands outside.
    """

    done: int = 0
    total: int = 0
    message: str = ""
    write: Callable[["Progress"], None] | None = None

    def report(self, done: int, total: int, message: str = "") -> None:
        begins = bool(message) and message != self.message
        self.done, self.total, self.message = done, total, message or self.message
        if begins and self.write is not None and not connection.in_atomic_block:
            self.write(self)


Work = Callable[..., str | None]


def enqueue(
    task: str,
    *,
    title: str,
    by: Person | None = None,
    key: str | None = None,
    alone: bool = False,
    forgets: bool = False,
    **arguments: Any,
) -> Job:
    """Ask for a task to be run in the background and return its job.

    `task` is the Celery name ("skills.age_competencies"), `arguments` are JSON values (ids, not
    objects). With a `key`, asking again returns the job that exists; with `alone`, the job that is
    waiting or running. A job that `forgets` keeps its arguments until it ends, and no longer. The
    message leaves when the caller's transaction commits.
    """
    values = {
        "task": task,
        "title": title,
        "arguments": arguments,
        "runs_alone": alone,
        "forgets": forgets,
        "created_by": by,
        "heartbeat_at": timezone.now(),
    }
    with transaction.atomic():
        if key is not None:
            job, made = Job.objects.get_or_create(idempotency_key=key, defaults=values)
        elif alone:
            job, made = Job.objects.open().get_or_create(
                task=task, runs_alone=True, defaults=values
            )
        else:
            job, made = Job.objects.create(**values), True
        if made:
            transaction.on_commit(lambda: _send(job))
    return job


def _send(job: Job) -> None:
    """Tell a worker of the job; a broker that is down costs a delay, since the row stays."""
    task = current_app.tasks.get(job.task) or current_app.signature(job.task)
    try:
        task.apply_async(kwargs={"job_uuid": str(job.uuid)}, ignore_result=True)
    except OperationalError:
        log.warning("job_message_not_sent", job=str(job.uuid), task=job.task)


def run_job(job_uuid: str, work: Work, *, final: tuple[type[Exception], ...] = ()) -> None:
    """Claim the job and do its work; `work(progress, **arguments)` may return a closing message.

    Does nothing if the job is done, failed, waiting for its next try, or alive in another worker.
    An error of the types in `final` says what is wrong with the job itself: it fails at once, with
    that text. After any other the job waits for RETRY_AFTER and is tried again; the last try fails
    it, and raises the error again. Of a job that `forgets` only the error's type is kept, since its
    text may say whom a mail was for.
    """
    job = _claim(job_uuid)
    if job is None:
        return
    progress = Progress(write=partial(_show, job))
    finish = partial(_finish, job, progress)
    try:
        with _heartbeat(job, progress):
            message = work(progress, **job.arguments)
    except final as error:
        finish(JobState.FAILED, error=type(error).__name__ if job.forgets else str(error))
    except Exception as error:
        kind = type(error).__name__
        text = kind if job.forgets else f"{kind}: {error}"
        if job.attempts >= MAX_ATTEMPTS:
            finish(JobState.FAILED, error=text)
            raise
        log.warning("job_waits_for_next_try", job=job_uuid, task=job.task, exc_info=True)
        _put_back(job, progress, text)
    else:
        progress.message = message or progress.message
        finish(JobState.DONE)


def resend_stale_jobs() -> int:
    """Send jobs again whose next try has come or that were silent too long; return how many.

    After MAX_ATTEMPTS starts a job that keeps killing its worker is marked failed.
    """
    now = timezone.now()
    limit = now - timedelta(seconds=settings.JOB_STALE_SECONDS)
    jobs = Job.objects.to_send_again(now, silent_since=limit)
    _fail(jobs.filter(attempts__gte=MAX_ATTEMPTS), now)
    sent = 0
    for job in list(jobs):
        again = jobs.filter(pk=job.pk).update(  # unless it gave a sign of life since it was read
            state=JobState.QUEUED, heartbeat_at=timezone.now(), next_try_at=None
        )
        if again:
            _send(job)
        sent += again
    return sent


def _fail(jobs: JobQuerySet, now: datetime) -> None:
    """Mark jobs failed that keep killing their worker; those that forget lose their arguments."""
    ended = {
        "state": JobState.FAILED,
        "finished_at": now,
        "error": f"The worker stopped {MAX_ATTEMPTS} times while doing this.",
    }
    jobs.filter(forgets=True).update(**ended, arguments={})
    jobs.update(**ended)


def try_again(job: Job) -> bool:
    """Start a failed job anew, with all its tries; return whether it was one that can be.

    It is not if it did not fail (or somebody else just started it), if it has forgotten what it was
    to do, or if it runs alone and a later job of its task is open.
    """
    failed = Job.objects.that_can_be_tried_again().filter(pk=job.pk)
    try:
        with transaction.atomic():
            started = failed.update(
                state=JobState.QUEUED,
                heartbeat_at=timezone.now(),
                finished_at=None,
                attempts=0,
                error="",
            )
            if started:
                transaction.on_commit(lambda: _send(job))
    except IntegrityError:
        return False
    return bool(started)


def delete_old_jobs() -> int:
    """Delete what ended more than KEPT_DAYS ago; return how many.

    The last of each task stays when it was done, since pages say when that was, and a failed one
    until it is done, unless it has forgotten what it was to do.
    """
    old = Job.objects.filter(finished_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    last = Job.objects.values("task").annotate(last=Max("pk")).values("last")
    done_before = Q(state=JobState.DONE) & ~Q(pk__in=last)
    return old.filter(done_before | Q(state=JobState.FAILED, forgets=True)).delete()[0]


def _claim(job_uuid: str) -> Job | None:
    now = timezone.now()
    waiting = Job.objects.filter(uuid=job_uuid, state=JobState.QUEUED, next_try_at__isnull=True)
    claimed = waiting.update(
        state=JobState.RUNNING, started_at=now, heartbeat_at=now, attempts=F("attempts") + 1
    )
    return Job.objects.get(uuid=job_uuid) if claimed else None


def _finish(job: Job, progress: Progress, state: JobState, *, error: str = "") -> None:
    kept = {} if job.forgets else job.arguments
    ended = timezone.now()
    _write(job, progress, state=state, error=error, arguments=kept, finished_at=ended)


def _put_back(job: Job, progress: Progress, error: str) -> None:
    """Let the job wait, the longer the more often it was tried."""
    next_try_at = timezone.now() + RETRY_AFTER[job.attempts - 1]
    _write(job, progress, state=JobState.QUEUED, error=error, next_try_at=next_try_at)


def _write(job: Job, progress: Progress, **values: Any) -> None:
    """Write the job's row, unless somebody else has started the job since."""
    Job.objects.filter(pk=job.pk, attempts=job.attempts).update(
        heartbeat_at=timezone.now(),
        done=progress.done,
        total=progress.total,
        message=progress.message[:255],
        **values,
    )


@contextmanager
def _heartbeat(job: Job, progress: Progress) -> Iterator[None]:
    """Write progress and a sign of life beside the work, whatever transaction the work is in."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        yield
        return
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(job, progress, stop), daemon=True)
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()


def _beat(job: Job, progress: Progress, stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT_SECONDS):
        _show(job, progress)
    connection.close()


def _show(job: Job, progress: Progress) -> None:
    """Write progress and a sign of life, while the job is running here."""
    try:
        Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING).update(
            heartbeat_at=timezone.now(),
            done=progress.done,
            total=progress.total,
            message=progress.message[:255],
        )
    except Exception:  # a busy database costs one beat, not the work
        log.warning("heartbeat_missed", job=str(job.uuid), exc_info=True)
