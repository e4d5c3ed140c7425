"""Production refuses to start half configured; development follows its port."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
COMPLETE = {
    "SECRET_KEY": "a-long-secret-of-many-letters-" * 2,
    "DATABASE_URL": "postgres://tutti@127.0.0.1:5432/tutti",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "tutti.example.com",
    "SITE_URL": "https://tutti.example.com",
}


# the last is set by browser tests
LEFT_OUT = {*COMPLETE, "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
LOAD = ["-c", "import config.settings.prod"]
NOTHING: dict[str, str | None] = dict.fromkeys(COMPLETE)
DEVELOPMENT = {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
CHECK = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]


def start(
    tmp_path: Path, command: list[str], **changes: str | None
) -> "subprocess.CompletedProcess[str]":
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.prod", **COMPLETE, **changes}
    kept = {name: value for name, value in environment.items() if value is not None}
    inherited = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**inherited, **kept, "TUTTI_VAR_DIR": str(tmp_path)},
    )  # fmt: skip


def test_production_starts_with_all_it_needs(tmp_path: Path) -> None:
    run = start(tmp_path, CHECK)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("name", "value"), [*((name, None) for name in COMPLETE), ("ALLOWED_HOSTS", " , ,")]
)
def test_production_refuses_to_start_without(name: str, value: str | None, tmp_path: Path) -> None:
    run = start(tmp_path, LOAD, **{name: value})
    assert run.returncode != 0
    assert f"Tutti cannot start: set {name} in the environment" in run.stderr


def test_production_refuses_a_short_secret(tmp_path: Path) -> None:
    run = start(tmp_path, LOAD, SECRET_KEY="short")
    assert run.returncode != 0
    assert "SECRET_KEY needs at least 50 characters" in run.stderr


LISTS = """
from config.settings import prod
print(prod.ALLOWED_HOSTS, prod.CSRF_TRUSTED_ORIGINS, prod.SECRET_KEY_FALLBACKS)
"""


def test_lists_are_read_without_blanks_and_empty_places(tmp_path: Path) -> None:
    run = start(
        tmp_path, ["-c", LISTS], ALLOWED_HOSTS=" tutti.example.com, [::1],,",
        SITE_URL="https://tutti.example.com/ ", CSRF_TRUSTED_ORIGINS=" https://a.example.com ,",
        SECRET_KEY_FALLBACKS="",
    )  # fmt: skip
    assert run.stdout.strip() == (
        "['tutti.example.com', '[::1]'] ['https://tutti.example.com', 'https://a.example.com'] []"
    ), run.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ALLOWED_HOSTS", "https://tutti.example.com", "names without scheme, port and path"),
        ("ALLOWED_HOSTS", "tutti.example.com:443", "names without scheme, port and path"),
        ("SITE_URL", "tutti.example.com", "SITE_URL is an address without a path"),
        ("SITE_URL", "https://example.com/tutti", "SITE_URL is an address without a path"),
    ],
)
def test_production_refuses_an_address_it_would_misread(
    name: str, value: str, said: str, tmp_path: Path
) -> None:
    run = start(tmp_path, LOAD, **{name: value})
    assert run.returncode != 0
    assert said in run.stderr


MAIL = """
from config.settings import prod
print(prod.EMAIL_BACKEND.split(".")[-2], prod.EMAIL_HOST, prod.EMAIL_PORT, prod.EMAIL_HOST_USER,
      prod.EMAIL_HOST_PASSWORD, prod.EMAIL_USE_TLS, prod.EMAIL_USE_SSL, prod.EMAIL_TIMEOUT,
      prod.EMAIL_FILE_PATH)
"""


@pytest.mark.parametrize(
    ("url", "read"),
    [
        (
            "submission://me:p%40ss@mx.example.com",
            "smtp mx.example.com 587 me p@ss True False None",
        ),
        (
            "smtp://me:pw@mx.example.com:465?ssl=true&timeout=10",
            "smtp mx.example.com 465 me pw False True 10",
        ),
        ("smtp://relay.internal", "smtp relay.internal 25 None None False False None"),
        ("console://", "console None None None None False False None"),
        ("file:////var/mail", "filebased None None None None False False None /var/mail"),
    ],
)
def test_every_part_of_the_mail_address_counts(url: str, read: str, tmp_path: Path) -> None:
    run = start(tmp_path, ["-c", MAIL], EMAIL_URL=url)
    assert run.stdout.strip() == read, run.stderr


@pytest.mark.parametrize("url", ["smtp+ssl://mx.example.com:465", "smtps://mx.example.com:465"])
def test_production_refuses_a_mail_address_it_would_misread(url: str, tmp_path: Path) -> None:
    run = start(tmp_path, LOAD, EMAIL_URL=url)
    assert run.returncode != 0
    assert "EMAIL_URL begins with smtp:// or submission://" in run.stderr


SECURE = """
from config.settings import prod
print(prod.SESSION_COOKIE_SECURE, prod.CSRF_COOKIE_SECURE, prod.SECURE_SSL_REDIRECT,
      prod.SECURE_SSL_HOST, prod.SECURE_HSTS_SECONDS)
"""


def test_production_is_over_tls_and_redirects_to_its_own_address(tmp_path: Path) -> None:
    run = start(tmp_path, ["-c", SECURE])
    assert run.stdout.strip() == "True True True tutti.example.com 31536000", run.stderr


BEHIND = """
from config.settings import prod
print(prod.TRUSTED_PROXIES, bool(prod.SECURE_PROXY_SSL_HEADER),
      prod.CACHES["default"]["BACKEND"].split(".")[-2], prod.CACHES["default"]["LOCATION"])
"""


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, "1 True redis redis://127.0.0.1:6379/0"),
        ({"TRUSTED_PROXIES": "0"}, "0 False redis redis://127.0.0.1:6379/0"),
        ({"CELERY_BROKER_URL": "amqp://queue.internal"}, "1 True db tutti_cache"),
        ({"CACHE_URL": "db://"}, "1 True db tutti_cache"),
        ({"CACHE_URL": "redis://queue.internal/1"}, "1 True redis redis://queue.internal/1"),
    ],
)
def test_production_believes_the_proxies_it_is_told_of_and_counts_in_one_place(
    given: dict[str, str], read: str, tmp_path: Path
) -> None:
    run = start(tmp_path, ["-c", BEHIND], **given)
    assert run.stdout.strip() == read, run.stderr


def test_production_refuses_a_cache_that_processes_do_not_share(tmp_path: Path) -> None:
    run = start(tmp_path, LOAD, CACHE_URL="locmem://")
    assert run.returncode != 0
    assert "CACHE_URL begins with redis://" in run.stderr


WEB = "import config.wsgi"
WORKER = "import config.celery; config.celery.app.conf.timezone"
SETTINGS_READ = "from django.conf import settings; print(settings.SETTINGS_MODULE)"


@pytest.mark.parametrize("process", [WEB, WORKER], ids=["web", "worker"])
def test_web_and_worker_that_are_told_nothing_start_as_production(
    process: str, tmp_path: Path
) -> None:
    unsaid: dict[str, str | None] = {"DJANGO_SETTINGS_MODULE": None}
    run = start(tmp_path, ["-c", f"{process}; {SETTINGS_READ}"], **unsaid)
    assert run.stdout.strip() == "config.settings.prod", run.stderr
    refused = start(tmp_path, ["-c", process], **unsaid, SECRET_KEY=None)
    assert refused.returncode != 0
    assert "Tutti cannot start: set SECRET_KEY in the environment" in refused.stderr


def test_the_worker_of_development_is_told_so() -> None:
    lines = (ROOT / "Procfile.dev").read_text().splitlines()
    (worker,) = [line for line in lines if line.startswith("worker:")]
    assert "DJANGO_SETTINGS_MODULE=${DJANGO_SETTINGS_MODULE:-config.settings.dev} " in worker


@pytest.mark.parametrize("name", ["SECRET_KEY", "EMAIL_URL"])
def test_development_refuses_what_only_production_reads(name: str, tmp_path: Path) -> None:
    given = {**NOTHING, name: "smtp://relay.internal", **DEVELOPMENT}
    for command in ([*CHECK], ["-c", WORKER]):
        run = start(tmp_path, command, **given)
        assert run.returncode != 0
        assert "set DJANGO_SETTINGS_MODULE=config.settings.prod" in run.stderr
        assert f"for development unset {name}." in run.stderr


def test_development_may_use_a_database_and_broker_of_its_own(tmp_path: Path) -> None:
    run = start(tmp_path, ["manage.py", "check"], SECRET_KEY=None, **DEVELOPMENT)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"PORT": "9000", "SITE_URL": "https://demo.example.com"}, "https://demo.example.com"),
    ],
)
def test_links_of_development_lead_to_its_port(
    given: dict[str, str], address: str, tmp_path: Path
) -> None:
    kept = {n: v for n, v in os.environ.items() if n not in {"PORT", "SITE_URL"}}
    run = subprocess.run(
        [sys.executable, "-c", "from config.settings import dev; print(dev.SITE_URL)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env={**kept, **given, "TUTTI_VAR_DIR": str(tmp_path)},
    )  # fmt: skip
    assert run.stdout.strip() == address


def make(tmp_path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Call make with stand-ins that say what they were told."""
    for name in ("python", "honcho"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $PORT $SITE_URL"\n')
        program.chmod(0o755)
    kept = {n: v for n, v in os.environ.items() if n not in {"SITE_URL", "MAKEFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        ["make", "--old-file=setup", *arguments, "PORT=9000", f"BIN={tmp_path}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**kept, "TUTTI_VAR_DIR": str(tmp_path)},
    )  # fmt: skip


def test_make_run_tells_every_process_the_port_and_the_address(tmp_path: Path) -> None:
    assert make(tmp_path, "run").stdout.splitlines() == [
        "python 9000 http://127.0.0.1:9000",
        "honcho 9000 http://127.0.0.1:9000",
    ]


@pytest.mark.parametrize("target", ["run", "demo-reset"])
def test_make_touches_no_data_that_a_running_site_uses(target: str, tmp_path: Path) -> None:
    with (tmp_path / "running.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = make(tmp_path, target)
    assert run.returncode != 0
    assert run.stdout == ""
    assert f"Tutti runs already on the data in {tmp_path}. Stop it first" in run.stderr
    assert make(tmp_path, target).returncode == 0
