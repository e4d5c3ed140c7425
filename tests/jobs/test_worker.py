"""Real worker processes: one is killed, another does the work."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 90  # seconds

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workers")]

TASKS = """
import pathlib, time
from celery import shared_task
from jobs.services import run_job

@shared_task(name="slow.work")
def slow(job_uuid):
    run_job(job_uuid, work)

def work(progress, folder):
    folder = pathlib.Path(folder)
    starts = len(list(folder.glob("start-*")))
    (folder / f"start-{starts}").touch()
    for second in range(600):
        progress.report(second, 600, "waiting")
        if (folder / "go").exists():
            return "went"
        time.sleep(0.1)
"""


class Installation:
    """A small installation of its own: database, broker, worker processes."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.folder = folder
        (folder / "slow_tasks.py").write_text(TASKS)
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "TUTTI_VAR_DIR": str(folder),
            "TUTTI_JOB_STALE_SECONDS": "3",
            "CELERY_BROKER_URL": broker,
            "PYTHONPATH": f"{folder}:{ROOT}",
        }
        self.workers: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str) -> str:
        run = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return run.stdout

    def shell(self, code: str) -> None:
        self.manage("shell", "--no-imports", "--command", code)

    def start_worker(self) -> "subprocess.Popen[bytes]":
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "config", "worker", "--pool", "threads",
             "--concurrency", "2", "--include", "slow_tasks", "--loglevel", "warning"],
            cwd=ROOT, env=self.environment, start_new_session=True,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def job(self) -> tuple[str, int, str]:
        with closing(sqlite3.connect(self.folder / "tutti.sqlite3", timeout=20)) as database:
            row = database.execute("select state, attempts, message from jobs_job").fetchone()
            return (row[0], row[1], row[2])


def wait_for(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.2)


BROKERS = ["embedded://"]
if os.environ.get("TUTTI_TEST_BROKER_URL"):
    BROKERS.append(os.environ["TUTTI_TEST_BROKER_URL"])


@pytest.fixture(params=BROKERS, ids=[url.split(":")[0] for url in BROKERS])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path, request.param)
    made.manage("migrate", "--verbosity", "0")
    yield made
    for worker in made.workers:
        made.kill(worker)


def test_job_of_a_killed_worker_is_picked_up_again(installation: Installation) -> None:
    folder = installation.folder
    first = installation.start_worker()
    installation.shell(
        "from jobs.services import enqueue;"
        f" enqueue('slow.work', title='Slow work', folder={str(folder)!r})"
    )
    wait_for((folder / "start-0").exists, "the first worker to start")
    installation.kill(first)
    assert installation.job()[0] == "running"

    (folder / "go").touch()
    installation.start_worker()
    time.sleep(4)  # longer than TUTTI_JOB_STALE_SECONDS
    installation.shell("from jobs.services import resend_stale_jobs; resend_stale_jobs()")
    wait_for(lambda: installation.job()[0] == "done", "the second worker to finish")
    assert installation.job() == ("done", 2, "went")
    assert (folder / "start-1").exists()
