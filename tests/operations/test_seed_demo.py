"""The demo organisation: what it holds, that it follows from its seed, and where it refuses."""

import hashlib
import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from accounts.enums import Group
from accounts.models import OrgUnit, Person, Position, RecordAccess
from courses.models import (
    Assignment,
    Enrolment,
    FaultReport,
    LessonProgress,
    QuizAttempt,
    SkillCheck,
)
from operations.exceptions import DemoRefused
from operations.services.content import load_content
from operations.services.demo import DEMO_PASSWORD, ON_STAGE, seed_demo
from operations.services.demo.shape import planned_members
from skills.models import (
    AssessorAppointment,
    Competency,
    Evidence,
    Exemption,
    Requirement,
    Revocation,
    Settlement,
)
from skills.services.gaps import PersonGaps, person_gaps

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

PEOPLE = 120
Rows = list[dict[str, Any]]
# What a row says, without the numbers the database gave it and without when it was written down.
SAYS: dict[type[Model], tuple[str, ...]] = {
    OrgUnit: ("uuid", "name", "depth"),
    Person: ("uuid", "name", "email", "external_id", "manager__uuid", "date_joined", "is_staff"),
    Position: (
        "uuid",
        "person__uuid",
        "unit__uuid",
        "job_role__slug",
        "share",
        "starts_on",
        "ends_on",
    ),
    Evidence: (
        "uuid",
        "person__uuid",
        "skill__slug",
        "kind__slug",
        "level",
        "top_level",
        "observed_on",
        "source",
        "ceiling",
        "ceiling_reason",
        "expires_on",
        "routine",
        "accepted_by__uuid",
        "detail",
        "origin_uuid",
    ),
    Competency: ("person__uuid", "skill__slug", "verified_level", "claimed_level", "state"),
    Revocation: ("uuid", "evidence__uuid", "revoked_on", "reason"),
    Settlement: ("uuid", "set_aside__uuid", "kept__uuid", "decided_on", "reviewer__uuid"),
    AssessorAppointment: (
        "uuid",
        "person__uuid",
        "domain__slug",
        "highest_level",
        "is_founding",
        "starts_on",
    ),
    Exemption: ("uuid", "person__uuid", "skill__slug", "starts_on", "ends_on", "reason"),
    Enrolment: ("person__uuid", "curriculum__slug", "origin", "enrolled_at"),
    LessonProgress: ("person__uuid", "lesson__slug", "opened_at", "completed_at"),
    QuizAttempt: ("uuid", "person__uuid", "module__slug", "right", "submitted_at"),
    SkillCheck: ("uuid", "person__uuid", "skill__slug", "right", "passed", "submitted_at"),
    Assignment: ("uuid", "person__uuid", "team_of__uuid", "due_on", "note", "undone_at"),
    FaultReport: ("uuid", "reporter__uuid", "lesson__slug", "text", "state", "reported_at"),
    RecordAccess: ("at", "actor__uuid", "subject__uuid", "what"),
}


@dataclass
class Demo:
    """Everything that was made, taken out of the database, and that of the same seed again."""

    rows: dict[type[Model], Rows]
    digest: str
    digest_again: str
    gaps: dict[str, PersonGaps]
    groups: dict[str, set[str]]
    password_fits: bool
    units: list[tuple[str, str]]

    def of(self, model: type[Model]) -> Rows:
        return self.rows[model]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Demo:
    """Made once for all tests here, then rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        today = timezone.localdate()
        load_content(Path(settings.CONTENT_DIR), on=today - timedelta(days=760))
        kept, digest, facts = _made(7, _facts)
        _, again, _ = _made(7, lambda: None)
        transaction.set_rollback(True)
    return Demo(kept, digest, again, *facts)


def _made(seed: int, look: Callable[[], Any]) -> tuple[dict[type[Model], Rows], str, Any]:
    mark = transaction.savepoint()
    seed_demo(people=PEOPLE, seed=seed)
    rows = {model: _rows(model, fields) for model, fields in SAYS.items()}
    facts = look()
    transaction.savepoint_rollback(mark)
    return rows, hashlib.sha256(repr(list(rows.values())).encode()).hexdigest(), facts


def _rows(model: type[Model], fields: tuple[str, ...]) -> Rows:
    return sorted(model._default_manager.values(*fields), key=repr)


def _facts() -> tuple[Any, ...]:
    people = {person.pk: person for person in Person.objects.all()}
    gaps = {people[pk].email: gap for pk, gap in person_gaps(list(people)).items()}
    groups = {
        person.email: set(person.groups.values_list("name", flat=True))
        for person in people.values()
    }
    employee = Person.objects.get(email="employee@aldermoor.example")
    main = Position.objects.current_on(timezone.localdate()).largest_first()
    seats = {each.person_id: each.unit.path for each in reversed(main.select_related("unit"))}
    paths = {unit.path: unit.name for unit in OrgUnit.objects.all()}
    units = [(paths[path], path) for path in seats.values()]
    return gaps, groups, employee.check_password(DEMO_PASSWORD), units


def _team_sizes(demo: Demo) -> dict[str, int]:
    """People by path of the team they count in; teams stand three deep."""
    return Counter(path for _, path in demo.units if len(path) == 3 * OrgUnit.steplen)


def test_same_seed_and_day_make_the_same_data(demo: Demo) -> None:
    assert demo.digest == demo.digest_again


def test_another_seed_plans_another_organisation() -> None:
    one, same, other = (
        planned_members(PEOPLE, random.Random(seed), settled={}) for seed in (7, 7, 8)
    )
    assert one == same
    assert one != other


def test_demo_has_as_many_people_as_asked_for(demo: Demo) -> None:
    assert len(demo.of(Person)) == PEOPLE


def test_demo_names_and_addresses_are_plainly_invented(demo: Demo) -> None:
    people = demo.of(Person)
    assert len({person["name"] for person in people}) == PEOPLE
    assert all(person["email"].endswith("@aldermoor.example") for person in people)


def test_demo_has_four_divisions_down_to_teams_of_three_to_twelve(demo: Demo) -> None:
    assert sum(unit["depth"] == 1 for unit in demo.of(OrgUnit)) == 4
    sizes = _team_sizes(demo)
    assert min(sizes.values()) == 3
    assert max(sizes.values()) <= 12


def test_demo_has_two_teams_below_five_one_the_only_small_one_among_its_siblings(
    demo: Demo,
) -> None:
    sizes = _team_sizes(demo)
    small = [path for path, size in sizes.items() if size < 5]
    assert len(small) == 2
    alone = []
    for path in small:
        parent = path[: -OrgUnit.steplen]
        siblings = Counter(p[: len(path)] for _, p in demo.units if p.startswith(parent))
        alone.append(sum(count < 5 for count in siblings.values()) == 1)
    assert sorted(alone) == [False, True]


def test_demo_reporting_lines_end_at_one_person(demo: Demo) -> None:
    tops = [person for person in demo.of(Person) if person["manager__uuid"] is None]
    assert len(tops) == 1


def test_demo_holds_all_twelve_job_roles(demo: Demo) -> None:
    assert len({position["job_role__slug"] for position in demo.of(Position)}) == 12


def test_demo_gives_fifteen_per_cent_two_positions(demo: Demo) -> None:
    current = [each for each in demo.of(Position) if each["ends_on"] is None]
    counts = Counter(each["person__uuid"] for each in current)
    assert sum(count == 2 for count in counts.values()) == round(0.15 * PEOPLE)
    assert set(counts.values()) == {1, 2}


def test_demo_has_evidence_of_every_kind_over_two_years(demo: Demo) -> None:
    evidence = demo.of(Evidence)
    assert len({row["kind__slug"] for row in evidence}) == 14
    days = [row["observed_on"] for row in evidence]
    today = timezone.localdate()
    assert today - timedelta(days=760) <= min(days) <= today - timedelta(days=600)
    assert today - timedelta(days=20) <= max(days) < today


def test_demo_has_every_state(demo: Demo) -> None:
    states = Counter(row["state"] for row in demo.of(Competency))
    assert set(states) == {
        "under_review",
        "not_evidenced",
        "lapsed",
        "current",
        "ageing",
        "stale",
    }
    assert states["lapsed"] >= 5


def test_demo_has_founding_assessors_first_and_trained_ones_later(demo: Demo) -> None:
    rows = demo.of(AssessorAppointment)
    founding = [row["starts_on"] for row in rows if row["is_founding"]]
    trained = [row["starts_on"] for row in rows if not row["is_founding"]]
    assert len({row["domain__slug"] for row in rows}) == 8
    assert trained
    assert max(founding) < min(trained)
    assert max(founding) <= min(row["observed_on"] for row in demo.of(Evidence))


def test_demo_has_exemptions_grace_revocations_settlements_and_lowered_ceilings(
    demo: Demo,
) -> None:
    today = timezone.localdate()
    assert any(row["ends_on"] >= today for row in demo.of(Exemption))
    states = Counter(str(row.requirement_state) for gaps in demo.gaps.values() for row in gaps.rows)
    assert states["in_grace"]
    assert states["exempt"]
    assert len(demo.of(Revocation)) >= 4
    assert len(demo.of(Settlement)) == 3
    reasons = {row["ceiling_reason"] for row in demo.of(Evidence)}
    assert {"awaits_acceptance", "no_dated_example"} <= reasons


def test_demo_has_courses_done_the_way_people_do_them(demo: Demo) -> None:
    checks = demo.of(SkillCheck)
    assert {check["passed"] for check in checks} == {True, False}
    passed = {check["uuid"] for check in checks if check["passed"]}
    assert passed == {
        row["origin_uuid"] for row in demo.of(Evidence) if row["origin_uuid"] is not None
    }
    assert demo.of(LessonProgress)
    assert demo.of(QuizAttempt)
    assert any(row["undone_at"] for row in demo.of(Assignment))
    assert {row["state"] for row in demo.of(FaultReport)} == {"open", "resolved"}


def test_demo_stamps_everything_with_the_day_it_happened(demo: Demo) -> None:
    done = [row["completed_at"] for row in demo.of(LessonProgress)]
    assert max(done) < timezone.now()
    assert min(done) < timezone.now() - timedelta(days=200)


def test_demo_people_on_stage_hold_their_offices(demo: Demo) -> None:
    assert demo.password_fits
    assert {each.email for each in ON_STAGE} <= demo.groups.keys()
    assert Group.HR in demo.groups["hr@aldermoor.example"]
    assert Group.AUTHOR in demo.groups["author@aldermoor.example"]
    assert Group.AUDITOR in demo.groups["auditor@aldermoor.example"]
    assert Group.ASSESSOR in demo.groups["assessor@aldermoor.example"]
    assert Group.COUNCIL in demo.groups["governance@aldermoor.example"]
    staff = [person["email"] for person in demo.of(Person) if person["is_staff"]]
    assert staff == ["admin@aldermoor.example"]


def test_demo_employee_has_a_check_still_to_take(demo: Demo) -> None:
    gaps = demo.gaps["employee@aldermoor.example"]
    for slug in ("core-discernment", "core-safe-data", "gov-escalation"):
        row = gaps.row(slug)
        assert row is not None
        assert row.verified_level == 0
    uuid = gaps.person.uuid
    taken = [row["skill__slug"] for row in demo.of(SkillCheck) if row["person__uuid"] == uuid]
    assert taken == ["core-delegation"]
    assert sum(row["person__uuid"] == uuid for row in demo.of(LessonProgress)) == 4


def test_demo_manager_has_eight_people_with_gaps_worth_a_talk(demo: Demo) -> None:
    by_email = {person["email"]: person["uuid"] for person in demo.of(Person)}
    manager = by_email["manager@aldermoor.example"]
    team = {person["email"] for person in demo.of(Person) if person["manager__uuid"] == manager}
    assert len(team) == 8

    def rows(slug: str) -> list[Any]:
        return [row for email in team if (row := demo.gaps[email].row(slug))]

    assert sum(row.blocking for row in rows("sec-zero-trust")) >= 5
    assert sum(row.met for row in rows("infra-observability")) == 1
    assert sum(row.state == "under_review" for row in rows("core-discernment")) == 1
    assert "ageing" in {row.state for row in rows("infra-traffic")}


@pytest.mark.django_db
def test_seed_demo_is_refused_outside_development(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--i-know"):
        call_command("seed_demo")


@pytest.mark.django_db
def test_seed_demo_goes_on_outside_development_when_told(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="no content yet"):
        call_command("seed_demo", "--i-know")


def test_seed_demo_is_refused_where_there_are_people(make_person: Callable[..., Person]) -> None:
    make_person()
    with pytest.raises(DemoRefused, match="has people already"):
        seed_demo(people=PEOPLE, seed=7)
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_seed_demo_is_refused_for_a_day_to_come() -> None:
    with pytest.raises(DemoRefused, match="still to come"):
        seed_demo(people=PEOPLE, seed=7, today=timezone.localdate() + timedelta(days=1))


@pytest.mark.django_db
def test_seed_demo_is_refused_for_too_few_people() -> None:
    with pytest.raises(DemoRefused):
        seed_demo(people=20, seed=7)


@pytest.mark.django_db
def test_prepare_demo_is_refused_outside_development(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="not a development installation"):
        call_command("prepare_demo")


def test_prepare_demo_keeps_people_and_says_where_to_go(
    settings: Any,
    tmp_path: Path,
    make_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.DEBUG, settings.VAR_DIR = True, tmp_path
    monkeypatch.setenv("PORT", "8123")
    make_person(email="employee@aldermoor.example")
    said = io.StringIO()
    call_command("prepare_demo", stdout=said)
    assert Person.objects.count() == 1
    assert Requirement.objects.exists()
    assert "http://127.0.0.1:8123" in said.getvalue()
    assert "employee@aldermoor.example" in said.getvalue()
    assert DEMO_PASSWORD in said.getvalue()
    oldest = Requirement.objects.order_by("valid_from").values_list("valid_from", flat=True)[0]
    assert oldest < timezone.localdate() - timedelta(days=730)

    said = io.StringIO()
    call_command("prepare_demo", stdout=said)
    assert "Content loaded" not in said.getvalue()


def test_prepare_demo_throws_nothing_away_unless_told(
    settings: Any,
    tmp_path: Path,
    make_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.DEBUG, settings.VAR_DIR = True, tmp_path
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.CELERY_BEAT_SCHEDULE_FILENAME = str(tmp_path / "schedule")
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    letter = settings.EMAIL_FILE_PATH / "letter"
    letter.parent.mkdir()
    letter.write_text("Dear all")
    if connection.vendor != "sqlite":
        with pytest.raises(CommandError, match="Only the SQLite database"):
            call_command("prepare_demo", "--reset")
        return
    make_person()  # so that nothing is seeded here
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    with pytest.raises(CommandError, match="Nothing was deleted"):
        call_command("prepare_demo", "--reset", stdout=io.StringIO())
    assert letter.exists()
    monkeypatch.setattr("builtins.input", lambda prompt: "yes")
    call_command("prepare_demo", "--reset", stdout=io.StringIO())
    assert not letter.exists()
    assert letter.parent.is_dir()
