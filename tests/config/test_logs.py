"""A line of the log says when and where, and nothing that lets anybody in."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.test import Client

from config import gunicorn
from config.logs import ADDRESS, LOGGING, hide

ROOT = Path(__file__).parents[2]
TOKEN = "2fd1c0de-7aa1:Zx9_-kQ"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the handler of production writes."""
    formatter = dict(LOGGING["formatters"]["json"])
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield handler.stream
    root.removeHandler(handler)
    root.setLevel(level)


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_every_line_says_when_how_grave_and_whose(log: StringIO) -> None:
    logging.getLogger("library").warning("it is %s", "late")
    structlog.get_logger("tutti").warning("late", by=3)
    theirs, ours = lines(log)
    assert theirs["event"] == "it is late"
    assert (theirs["logger"], theirs["level"]) == ("library", "warning")
    assert (ours["logger"], ours["level"], ours["by"]) == ("tutti", "warning", 3)
    assert theirs["timestamp"] <= ours["timestamp"]


@pytest.mark.parametrize("logger", [logging.getLogger("library"), structlog.get_logger("tutti")])
def test_an_error_keeps_its_traceback_in_its_one_line(log: StringIO, logger: Any) -> None:
    try:
        raise ValueError("asha@aldermoor.example is taken\nDETAIL: Key (name)=(Asha)")
    except ValueError:
        logger.exception("broke")
    (line,) = lines(log)
    assert "test_logs.py" in line["exception"]
    assert "ValueError: [hidden] is taken\nDETAIL: [hidden]" in line["exception"]


@pytest.mark.django_db
def test_a_request_is_logged_with_its_id_and_path_alone(log: StringIO, client: Client) -> None:
    client.get(f"/invitation/{TOKEN}/?q=Asha%20Rao")
    client.get("/people/?Asha")
    finished = [line for line in lines(log) if line["event"] == "request_finished"]
    assert [line["request"] for line in finished] == ["GET /invitation/[hidden]/", "GET /people/"]
    assert all(line["request_id"] for line in finished)
    assert TOKEN not in log.getvalue()
    assert "Asha" not in log.getvalue()


@pytest.mark.django_db
def test_the_production_guide_names_every_field_of_a_request(log: StringIO, client: Client) -> None:
    client.get("/people/", headers={"User-Agent": "Firefox"})
    guide = (ROOT / "docs" / "production.md").read_text()
    fields = {name for line in lines(log) for name in line}
    assert "user_agent" in fields
    assert [name for name in sorted(fields) if f"`{name}`" not in guide] == []


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (f"Gone: /invitation/{TOKEN}/", "Gone: /invitation/[hidden]/"),
        ("/sign-in/password/reset/key/1a-c9d8-f7/", "/sign-in/password/reset/key/[hidden]/"),
        ("POST /people/7/invitation/resend/", "POST /people/7/invitation/resend/"),
        ("no mail to <asha@aldermoor.example>.", "no mail to <[hidden]>."),
        ("next=/people/%3Fq%3Dasha%40aldermoor.example", "next=/people/[hidden]"),
        ("me@localhost", "[hidden]"),
        ("asha@a.example|ben@b.example%2Ccleo@c.example", "[hidden]"),
        ("asha@a.example, ben@b.example", "[hidden], [hidden]"),
        ("Authorization: Bearer abc.def-g", "Authorization: [hidden]"),
        ("redis://:p/w@db:6379/0 is away", "redis://:p/[hidden]:6379/0 is away"),
        ("postgres://tutti:secret@db.internal/tutti", "postgres://[hidden]db.internal/tutti"),
        ("Not Found: /x/?token=abc", "Not Found: /x/?[hidden]"),
        ("Why? Because a = b", "Why? Because a = b"),
    ],
)
def test_what_lets_in_or_names_somebody_is_hidden(said: str, logged: str) -> None:
    assert hide(said) == logged


@pytest.mark.parametrize(
    "said",
    ["x", "%40-", "-@", "?x", "://", "x=", "bearer ", "/invitation/", "/reset/key/", "DETAIL:\n"],
)
def test_a_long_line_is_hidden_like_a_short_one(said: str) -> None:
    word = said * (100_000 // len(said))
    assert hide(f"{word} asha@aldermoor.example").endswith(" [hidden]")


def test_an_address_is_looked_for_once_a_word_and_not_at_each_of_its_letters() -> None:
    assert ADDRESS.match("asha@aldermoor.example")
    assert not ADDRESS.match("asha@aldermoor.example", 1)


def test_gunicorn_writes_the_same_lines_and_no_second_log_of_requests() -> None:
    code = (
        "import logging.config; from gunicorn.glogging import CONFIG_DEFAULTS;"
        "from config.gunicorn import logconfig_dict;"
        "logging.config.dictConfig({**CONFIG_DEFAULTS, **logconfig_dict});"
        "logging.getLogger('gunicorn.access').info('GET /invitation/x/');"
        "logging.getLogger('gunicorn.error').error('Error handling request %s', '/invitation/x/')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (line,) = run.stderr.splitlines()
    assert json.loads(line)["event"] == "Error handling request /invitation/[hidden]/"
    assert (gunicorn.worker_class, gunicorn.threads) == ("gthread", 4)
