"""The embedded broker loses nothing, whoever publishes and consumes at once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu.connection import Connection

import config.celery  # noqa: F401  (registers the transport)

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
    (tmp_path / "claimed").mkdir()
    return tmp_path


@pytest.fixture
def connection(folder: Path) -> Iterator[Connection]:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "processed_folder": str(folder / "claimed"),
        "polling_interval": 0.05,
    }
    with Connection("embedded://", transport_options=options) as open_connection:
        yield open_connection


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
    (folder / "1_x.orders.part").write_text('{"half')
    queue = connection.SimpleQueue("orders")
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
