"""The embedded broker loses nothing, whoever publishes and consumes at once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.events import EventDispatcher
from kombu.connection import Connection
from kombu.exceptions import OperationalError

import config.celery  # noqa: F401  (registers the transport)
from config.broker import remove_old_events

MESSAGES = 2_000
SCRIPT = """
import json, pathlib, sys
import config.celery
from kombu.connection import Connection
role, folder, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
options = {"data_folder_in": folder, "data_folder_out": folder,
           "processed_folder": folder + "/claimed",
           "polling_interval": 0.02}
with Connection("embedded://", transport_options=options) as connection:
    queue = connection.SimpleQueue("burst")
    if role == "publish":
        for i in range(500):
            queue.put({"id": number * 500 + i})
    else:
        seen, finished = [], False
        while True:
            try:
                message = queue.get(timeout=0.1)
            except queue.Empty:
                if finished:
                    break
                finished = pathlib.Path(folder, "finished").exists()
                continue
            seen.append(message.payload["id"])
            message.ack()
        print(json.dumps(seen))
"""


def run(role: str, folder: Path, number: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, role, str(folder), str(number)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "queue"


@pytest.fixture
def options(folder: Path) -> dict[str, Any]:
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "processed_folder": str(folder / "claimed"),
        "polling_interval": 0.05,
    }


@pytest.fixture
def connection(options: dict[str, Any]) -> Iterator[Connection]:
    with Connection("embedded://", transport_options=options) as open_connection:
        yield open_connection


@pytest.fixture
def app(options: dict[str, Any]) -> Celery:
    return Celery(
        "tried", broker="embedded://", broker_transport_options=options, set_as_current=False
    )


@pytest.mark.slow
def test_burst_of_messages_loses_none_and_repeats_none(folder: Path) -> None:
    consumers = [run("consume", folder, n) for n in range(2)]
    publishers = [run("publish", folder, n) for n in range(4)]
    for publisher in publishers:
        publisher.communicate(timeout=60)
        assert publisher.returncode == 0
    (folder / "finished").touch()
    seen = [i for consumer in consumers for i in json.loads(consumer.communicate(timeout=60)[0])]
    assert sorted(seen) == list(range(MESSAGES))


def test_messages_come_in_the_order_they_were_sent(connection: Connection) -> None:
    queue = connection.SimpleQueue("orders")
    for number in range(20):
        queue.put(number)
    assert [queue.get(timeout=1).payload for _ in range(20)] == list(range(20))
    with pytest.raises(queue.Empty):
        queue.get(timeout=0.05)


def test_half_written_message_is_not_seen(connection: Connection, folder: Path) -> None:
    queue = connection.SimpleQueue("orders")
    (folder / "1_x.orders.part").write_text('{"half')
    with pytest.raises(queue.Empty):
        queue.get(timeout=0.05)


def test_message_another_worker_claimed_is_passed_over(
    connection: Connection, folder: Path
) -> None:
    queue = connection.SimpleQueue("orders")
    for number in range(3):
        queue.put(number)
    assert queue.get(timeout=1).payload == 0
    second = sorted(folder.glob("*.msg"))[0]
    second.rename(folder / "claimed" / second.name)
    assert queue.get(timeout=1).payload == 2


@pytest.mark.parametrize("text", [b"", b'{"body": "cut sho', b"\xff"])
def test_message_that_cannot_be_read_is_set_aside_and_the_next_one_comes(
    connection: Connection, folder: Path, text: bytes
) -> None:
    queue = connection.SimpleQueue("orders")
    (folder / "00_x.orders.msg").write_bytes(text)
    queue.put("after it")
    assert queue.get(timeout=1).payload == "after it"
    assert (folder / "claimed" / "00_x.orders.msg").read_bytes() == text


def test_events_that_nobody_reads_leave_no_files(app: Celery, folder: Path) -> None:
    with app.connection_for_write() as connection, EventDispatcher(connection, app=app) as events:
        events.send("worker-heartbeat", freq=2)
        connection.SimpleQueue("orders").put("read")
    assert [path.name.partition(".")[2] for path in folder.glob("*.msg")] == ["orders.msg"]


def test_events_of_an_earlier_version_are_removed_and_messages_are_not(folder: Path) -> None:
    folder.mkdir()
    for name in ("1_x.worker.heartbeat.msg", "2_x.worker.online.msg", "3_x.celery.msg"):
        (folder / name).touch()
    remove_old_events(str(folder))
    assert [path.name for path in folder.iterdir()] == ["3_x.celery.msg"]


def test_folder_that_was_lost_is_made_again(app: Celery, folder: Path) -> None:
    app.send_task("first")
    folder.rename(folder.with_name("lost"))
    app.send_task("second")
    assert len(list(folder.glob("*.celery.msg"))) == 1


def test_folder_that_cannot_be_used_is_a_broker_that_is_down(app: Celery, folder: Path) -> None:
    folder.touch()
    with pytest.raises(OperationalError):
        app.send_task("lost")


def test_folder_of_claimed_messages_that_was_lost_is_an_error_and_loses_no_message(
    connection: Connection, folder: Path
) -> None:
    queue = connection.SimpleQueue("orders")
    queue.put("kept")
    (folder / "claimed").rmdir()
    with pytest.raises(connection.connection_errors):
        queue.get(timeout=1)
    assert len(list(folder.glob("*.orders.msg"))) == 1
