"""Loading the content folder, through the command and the services."""

import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import JobRole, Person
from courses.domain.banks import balance
from courses.models import Curriculum, Item, Lesson, LessonVersion
from jobs.enums import JobState
from jobs.models import Job
from jobs.services import Progress
from operations.exceptions import ContentInvalid
from operations.services.content import (
    load_content,
    parse_content,
    read_tree,
    run_content_load,
    start_content_load,
)
from operations.tasks import load_content as load_content_task
from skills.models import PolicyVersion, Requirement, Skill
from skills.services.ledger import record_evidence

pytestmark = pytest.mark.slow

CONTENT = Path(django_settings.CONTENT_DIR)


def run(*args: str) -> str:
    out = StringIO()
    call_command("load_content", *args, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shipped content, less of it: the framework, two curricula, two banks."""
    target = tmp_path_factory.mktemp("small") / "content"
    for name in ("framework.yaml", "roles.yaml"):
        target.mkdir(exist_ok=True)
        shutil.copy(CONTENT / name, target)
    for name in ("curricula/employee", "curricula/data-steward"):
        shutil.copytree(CONTENT / name, target / name)
    for name in ("core-delegation", "core-diligence"):
        (target / "banks").mkdir(exist_ok=True)
        shutil.copy(CONTENT / f"banks/{name}.yaml", target / "banks")
    return target


@pytest.fixture
def folder(small: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Path(shutil.copytree(small, tmp_path / "content"))


def edit(path: Path, old: str, new: str) -> int:
    """Replace the first `old` in a file and return its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.fixture
def loaded(db: None, small: Path) -> None:
    load_content(small)


def test_shipped_content_has_no_problem() -> None:
    parsed = parse_content(read_tree(CONTENT))
    assert len(parsed.framework.known.skills) == 41
    assert len(parsed.courses.curricula) == 8


def test_shipped_lessons_of_the_baseline_are_all_written() -> None:
    parsed = parse_content(read_tree(CONTENT))
    employee = next(each for each in parsed.courses.curricula if each.id == "employee")
    bodies = [lesson.body for module in employee.modules for lesson in module.lessons]
    assert len(bodies) == 16
    assert all(600 <= len(body.split()) <= 1200 for body in bodies)


def test_shipped_banks_do_not_give_their_keys_away() -> None:
    banks = parse_content(read_tree(CONTENT)).courses.banks
    assert {bank.skill for bank in banks} >= {
        "core-discernment",
        "core-safe-data",
        "core-delegation",
        "core-diligence",
        "gov-escalation",
        "sec-threat-modelling",
    }
    for bank in banks:
        drawn = [item for item in bank.items if item.level == 1]
        assert len(drawn) >= 16
        assert balance(bank.items).faults() == balance(drawn).faults() == []
        assert all(option.rationale for item in bank.items for option in item.options)
    assert balance(item for bank in banks for item in bank.items).faults() == []


def test_shipped_practice_items_have_one_key_of_four() -> None:
    parsed = parse_content(read_tree(CONTENT))
    items = [i for c in parsed.courses.curricula for m in c.modules for i in m.quiz]
    assert items
    assert all([option.correct for option in item.options].count(True) == 1 for item in items)


def test_loading_fills_framework_roles_and_courses(db: None) -> None:
    load_content(CONTENT)
    assert Skill.objects.count() == 41
    assert JobRole.objects.count() == 12
    assert Requirement.objects.filter(job_role__slug="employee").count() == 16
    assert PolicyVersion.objects.get(is_current=True).version == "1"
    assert Curriculum.objects.count() == 8
    assert Lesson.objects.published().filter(module__curriculum__slug="employee").count() == 16
    assert Lesson.objects.coming().exists()
    assert Item.objects.for_checks().filter(skill__slug="core-safe-data").count() >= 16


def test_loading_twice_changes_and_writes_nothing(loaded: None, small: Path) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert load_content(small) == []
    written = [q["sql"] for q in queries if re.match(r"INSERT|UPDATE|DELETE", q["sql"])]
    assert written == []


def test_command_reports_the_changes_and_then_nothing(db: None, small: Path) -> None:
    first = run("--dir", str(small))
    assert "curriculum employee: added" in first
    assert "policy version 1: publish" in first
    assert run("--dir", str(small)) == "Nothing to change.\n"


def test_check_writes_nothing_and_says_what_would_change(db: None, small: Path) -> None:
    said = run("--check", "--dir", str(small))
    assert "lesson E1.1: added" in said
    assert "things would change." in said
    assert not Skill.objects.exists()
    assert not Lesson.objects.exists()
    assert not PolicyVersion.objects.exists()
    assert not Job.objects.exists()


def test_check_says_exactly_what_a_load_would_say(db: None, small: Path) -> None:
    assert load_content(small, preview=True) == load_content(small)


def test_check_after_a_change_leaves_the_old_text(loaded: None, folder: Path) -> None:
    edit(folder / "curricula/employee/E1/E1.1.md", "## Six weeks, twice", "## Six weeks, thrice")
    said = run("--check", "--dir", str(folder))
    assert "lesson E1.1: text version 2 (+1 -1 lines" in said
    assert not LessonVersion.objects.filter(number=2).exists()


def test_a_changed_lesson_becomes_a_new_version(loaded: None, folder: Path) -> None:
    edit(folder / "curricula/employee/E1/E1.1.md", "## Six weeks, twice", "## Six weeks, thrice")
    said = 'lesson E1.1: text version 2 (+1 -1 lines, from "Six weeks, thrice" on)'
    assert load_content(folder) == [said]
    lesson = Lesson.objects.get(slug="E1.1")
    assert lesson.versions.count() == 2
    assert lesson.current is not None
    assert lesson.current.number == 2
    assert "thrice" in lesson.current.html
    assert "twice" in lesson.versions.get(number=1).html


def test_problems_are_printed_with_file_and_line_and_nothing_is_loaded(
    db: None, folder: Path
) -> None:
    level = edit(folder / "framework.yaml", "    3: On mixed", "    5: On mixed")
    line = edit(folder / "roles.yaml", "core-safe-data:", "core-safe-dada:")
    module = edit(folder / "curricula/employee/E1/module.yaml", "- E1.2", "- E1.9")
    out = StringIO()
    with pytest.raises(CommandError, match="nothing was loaded"):
        call_command("load_content", "--dir", str(folder), stdout=out, stderr=out)
    said = out.getvalue()
    assert f"framework.yaml:{level}: there is no level '5' (1 to 4)" in said
    assert "the skill 'core-delegation' has no level 3" in said
    assert f"{folder}/roles.yaml:{line}: there is no skill 'core-safe-dada'" in said
    assert f"curricula/employee/E1/module.yaml:{module - 2}: 'E1.2.md' is not among" in said
    assert "curricula/employee/E1/E1.9.md:1: the file is missing" in said
    assert not Skill.objects.exists()


def test_one_problem_and_one_change_are_counted_as_one(loaded: None, folder: Path) -> None:
    edit(folder / "curricula/employee/E1/module.yaml", "title: What AI", "title: Really what AI")
    out = StringIO()
    call_command("load_content", "--check", "--dir", str(folder), stdout=out)
    assert out.getvalue().endswith("\n1 thing would change.\n")
    edit(folder / "curricula/employee/E1/module.yaml", "- E1.2\n", "- E1.2\n- E1.3\n")
    with pytest.raises(CommandError, match=r"^1 problem; nothing was loaded"):
        call_command("load_content", "--dir", str(folder), stderr=out)


def test_a_folder_that_is_not_there_is_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder"):
        run("--dir", str(tmp_path / "nowhere"))


def test_a_changed_policy_under_a_published_version_is_refused(loaded: None, folder: Path) -> None:
    edit(folder / "framework.yaml", "retake_cooldown_hours: 24", "retake_cooldown_hours: 12")
    with pytest.raises(ContentInvalid, match=r"framework\.yaml:7: policy version 1 is already"):
        load_content(folder)


def test_a_new_policy_version_is_published(loaded: None, folder: Path) -> None:
    edit(folder / "framework.yaml", "retake_cooldown_hours: 24", "retake_cooldown_hours: 12")
    edit(folder / "framework.yaml", "version: '1'\n", "version: '2'\n")
    assert load_content(folder) == ["policy version 2: publish"]
    assert PolicyVersion.objects.get(is_current=True).version == "2"


def test_what_is_gone_from_the_content_is_withdrawn_and_not_deleted(
    loaded: None, folder: Path, small: Path
) -> None:
    shutil.rmtree(folder / "curricula/data-steward")
    (folder / "banks/core-diligence.yaml").unlink()
    changes = load_content(folder)
    assert "curriculum data-steward: withdrawn" in changes
    assert "module D1: withdrawn" in changes
    assert "lesson D1.1: withdrawn" in changes
    assert "item core-diligence-01: withdrawn" in changes
    assert load_content(folder) == []
    assert Lesson.objects.filter(slug="D1.1", is_active=False).exists()
    back = load_content(small)
    assert "curriculum data-steward: offered again" in back
    assert Lesson.objects.filter(slug="D1.1", is_active=True).exists()


def test_a_changed_requirement_keeps_its_history(loaded: None, folder: Path) -> None:
    edit(
        folder / "roles.yaml", "core-mechanics:\n      level: 1", "core-mechanics:\n      level: 2"
    )
    assert load_content(folder, on=date(2030, 1, 1)) != []
    assert load_content(folder, on=date(2030, 1, 1)) == []
    rows = Requirement.objects.filter(job_role__slug="employee", skill__slug="core-mechanics")
    assert [(row.level, row.valid_to) for row in rows] == [(1, date(2030, 1, 1)), (2, None)]


def test_loading_as_a_job_reports_its_progress(
    db: None,
    small: Path,
    settings: Any,
    django_capture_on_commit_callbacks: Any,
    make_person: Callable[..., Person],
) -> None:
    settings.CONTENT_DIR = small
    admin = make_person("Admin", is_staff=True)
    with django_capture_on_commit_callbacks(execute=True):
        job = start_content_load(by=admin)
    job.refresh_from_db()
    assert job.task == load_content_task.name
    assert job.state == JobState.DONE
    assert (job.done, job.total) == (4, 4)
    assert job.message.endswith("changes")
    assert Skill.objects.count() == 41


def test_check_says_how_many_levels_a_new_policy_would_change(
    loaded: None, folder: Path, make_person: Callable[..., Person]
) -> None:
    for name in ("Ann", "Bo"):
        record_evidence(
            person=make_person(name, email=f"{name}@example.org"),
            skill=Skill.objects.get(slug="core-delegation"),
            kind="credential_knowledge",
            level=2,
            observed_on=timezone.localdate() - timedelta(days=300),
            issuer="exam-house",
        )
    edit(folder / "framework.yaml", "it.\n  half_life_months: 24", "it.\n  half_life_months: 6")
    edit(folder / "framework.yaml", "version: '1'\n", "version: '2'\n")
    said = run("--check", "--dir", str(folder))
    total = f"version 2: as of {timezone.localdate()}, 2 people's verified level would change"
    assert total in said
    assert "  core-delegation: rises for 0, falls for 2\n" in said
    assert "example.org" not in said
    assert "  Ann (ann@example.org)\n" in run("--check", "--dir", str(folder), "--verbosity", "2")
    assert PolicyVersion.objects.get().version == "1"
    assert "would change" not in run("--dir", str(folder))


@pytest.mark.parametrize(
    ("changes", "told"),
    [([], "Nothing to change"), (["one"], "1 change"), (["one", "two"], "2 changes")],
)
def test_closing_message_counts_the_changes(
    monkeypatch: pytest.MonkeyPatch, changes: list[str], told: str
) -> None:
    monkeypatch.setattr("operations.services.content.load_content", lambda *_, **__: changes)
    assert run_content_load(Progress()) == told
