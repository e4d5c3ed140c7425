"""What the documents say is there, is there."""

import re
from datetime import date
from pathlib import Path

import pytest

from accounts.enums import Group
from config import gunicorn
from config.settings import base
from courses.domain.content_files import parse_courses
from operations.domain.framework_files import parse_framework
from operations.services.content import read_tree
from operations.services.demo import ON_STAGE

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = DOCUMENTS[0].read_text()
PRODUCTION = (ROOT / "docs/production.md").read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|lesson:|images/name)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_readme_names_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_readme_names_accounts_of_the_demo() -> None:
    named = set(re.findall(r"[a-z]+@aldermoor\.example", README))
    assert named
    assert named <= {each.email for each in ON_STAGE}


def test_commands_named_in_documents_exist() -> None:
    have = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    have |= {"migrate", "collectstatic", "createsuperuser", "shell", "check"}
    for document in DOCUMENTS:
        named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))
        assert named <= have, document


def test_production_guide_names_every_variable_that_production_reads() -> None:
    settings = [(ROOT / f"config/settings/{name}.py").read_text() for name in ("base", "prod")]
    read = set(re.findall(r'(?:env\.\w+|listed)\(\s*"([A-Z_]+)"', "".join(settings)))
    assert {"SECRET_KEY", "TIME_ZONE", "CACHE_URL"} <= read
    assert {name for name in read if f"| `{name}` |" not in PRODUCTION} == set()


def test_production_guide_names_every_nightly_time() -> None:
    schedules = [each["schedule"] for each in base.CELERY_BEAT_SCHEDULE.values()]
    times = [crontab for crontab in schedules if not isinstance(crontab, float)]
    assert times
    for each in times:
        (hour,), (minute,) = each.hour, each.minute
        assert f"{hour:02}:{minute:02}" in PRODUCTION


def test_production_guide_says_what_gunicorn_is_set_to() -> None:
    assert f"`{gunicorn.__name__}` says `--worker-class {gunicorn.worker_class}" in PRODUCTION
    assert f"--threads {gunicorn.threads} --timeout {gunicorn.timeout}`" in PRODUCTION
    assert f"--config python:{gunicorn.__name__} config.wsgi" in PRODUCTION


def test_production_guide_counts_its_connections_as_they_are() -> None:
    most = base.POSTGRESQL_OPTIONS["pool"]["max_size"]
    (workers,) = re.findall(r"--workers (\d+)", PRODUCTION)
    concurrency = re.findall(r"--concurrency (\d+)", PRODUCTION)[0]
    assert f"above {most} times their number" in PRODUCTION
    assert f"({most * (int(workers) + int(concurrency))} for the lines above)" in PRODUCTION


def test_production_guide_names_the_groups() -> None:
    assert [each for each in Group if f"`{each}`" not in PRODUCTION] == []


def test_the_files_of_the_authors_guide_can_be_loaded() -> None:
    guide = (ROOT / "docs/content.md").read_text()
    block = r"^(`{3,})\w+\n(?:# |<!-- )content/([^\s:]+)[^\n]*\n(.*?)^\1$"
    files = {path: text.encode() for _, path, text in re.findall(block, guide, re.M | re.S)}
    assert len(files) == 5
    files["curricula/field-technician/F1/F1.1.md"] += b" ".join([b"word"] * 150)
    framework, _ = parse_framework(read_tree(ROOT / "content"), today=date(2026, 11, 25))
    problems = [each.message for each in parse_courses(files, framework.known)[1]]
    balance = re.compile(r"(over all banks )?the key is .* of 1 items; it must be in 15-35%")
    rest = [each for each in problems if not balance.fullmatch(each)]
    assert rest == ["a bank needs at least 16 items of level 1, this one has 1"]
    del files["banks/data-quality.yaml"]
    assert parse_courses(files, framework.known)[1] == []
