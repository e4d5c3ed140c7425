"""Loading framework and requirements: what changes is said, and nothing is forgotten."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import JobRole
from skills.exceptions import ChangeTooEarly, PolicyAlreadyPublished
from skills.models import EvidenceKind, PolicyVersion, Requirement, ScaleLevel, Skill
from skills.services.framework import load_framework
from skills.services.role_requirements import load_requirements
from skills.services.scale import level_names

DAY = date(2026, 11, 22)
LATER = date(2026, 12, 1)
pytestmark = pytest.mark.django_db
Content = Callable[[str], dict[str, Any]]


@pytest.fixture
def small(shipped: Content) -> dict[str, Any]:
    """The shipped framework with its first three skills."""
    data = shipped("framework.yaml")
    data["skills"] = data["skills"][:3]
    return data


@pytest.fixture
def roles(small: dict[str, Any]) -> dict[str, Any]:
    first, second, third = (each["id"] for each in small["skills"])
    return {
        "roles": [
            {
                "id": "engineer",
                "name": "Engineer",
                "inherits": "employee",
                "requirements": {third: {"level": 2, "weight": 1}},
            },
            {
                "id": "employee",
                "name": "Everyone",
                "inherits": None,
                "requirements": {
                    first: {"level": 2, "weight": 3},
                    second: {"level": 1, "weight": 2, "grace_until": "2027-01-31"},
                },
            },
        ]
    }


def test_the_shipped_content_loads_and_the_second_time_changes_nothing(shipped: Content) -> None:
    framework, roles = shipped("framework.yaml"), shipped("roles.yaml")
    lines = load_framework(framework, on=DAY) + load_requirements(roles, on=DAY)
    assert "policy version 1: publish" in lines
    assert Skill.objects.count() == len(framework["skills"])
    assert ScaleLevel.objects.count() == 5
    assert EvidenceKind.objects.count() == 14
    assert Requirement.objects.count() == sum(len(r["requirements"]) for r in roles["roles"])
    engineer = JobRole.objects.select_related("inherits").get(slug="network-engineer")
    assert engineer.inherits
    assert engineer.inherits.slug == "employee"
    with CaptureQueriesContext(connection) as queries:
        assert load_framework(framework, on=LATER) == []
        assert load_requirements(roles, on=LATER) == []
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_level_that_is_renamed_is_read_anew(
    small: dict[str, Any], django_capture_on_commit_callbacks: Any
) -> None:
    load_framework(small, on=DAY)
    assert level_names()[3] == small["scale"][3]["name"]
    small["scale"][3]["name"] = "Master"
    with django_capture_on_commit_callbacks(execute=True):
        load_framework(small, on=DAY)
    assert level_names()[3] == "Master"


def test_what_is_new_is_one_line_each(small: dict[str, Any], roles: dict[str, Any]) -> None:
    load_framework(small, on=DAY)
    lines = load_requirements(roles, on=DAY)
    assert "job role engineer: added" in lines
    assert f"requirement engineer {small['skills'][2]['id']}: added, level 2, weight 1" in lines


def test_changes_are_said_in_readable_lines(small: dict[str, Any]) -> None:
    load_framework(small, on=DAY)
    skill = small["skills"][0]
    skill["half_life_months"] = 12
    skill["levels"]["1"] = "Does it."
    skill["alignment"] = {}
    skill["domain"] = "data"
    small["domains"][0]["name"] = "The core"
    small["policy"]["version"] = "2"
    expected = [
        "domain core: name AI fluency core -> The core",
        f"skill {skill['id']}: domain The core -> Data readiness",
        f"skill {skill['id']}: half_life_months 24 -> 12",
        f"skill {skill['id']}: alignment changed",
        f"skill {skill['id']} level 1: descriptor changed",
        "policy version 2: publish",
    ]
    assert load_framework(small, on=DAY) == expected
    assert PolicyVersion.objects.get(is_current=True).version == "2"


def test_a_changed_policy_without_a_new_version_is_refused_as_a_whole(
    small: dict[str, Any],
) -> None:
    load_framework(small, on=DAY)
    small["skills"][0]["half_life_months"] = 12
    with pytest.raises(PolicyAlreadyPublished, match="version 1"):
        load_framework(small, on=DAY)
    assert Skill.objects.get(slug=small["skills"][0]["id"]).half_life_months == 24


def test_a_skill_that_vanishes_is_deactivated_and_no_longer_required(
    small: dict[str, Any], roles: dict[str, Any]
) -> None:
    load_framework(small, on=DAY)
    load_requirements(roles, on=DAY)
    gone = small["skills"].pop(0)["id"]
    small["policy"]["version"] = "2"
    lines = load_framework(small, on=LATER)
    assert f"requirement employee {gone}: closed" in lines
    assert f"skill {gone}: is_active True -> False" in lines
    assert not Skill.objects.get(slug=gone).is_active
    assert Requirement.objects.get(skill__slug=gone).valid_to == LATER
    assert load_framework(small, on=LATER) == []


def test_a_changed_requirement_closes_the_old_and_opens_a_new_row(
    small: dict[str, Any], roles: dict[str, Any]
) -> None:
    load_framework(small, on=DAY)
    load_requirements(roles, on=DAY)
    slug, asked = next(iter(roles["roles"][1]["requirements"].items()))
    asked["level"] = 3
    line = f"requirement employee {slug}: level 2 -> 3"
    assert load_requirements(roles, on=LATER) == [line]
    rows = Requirement.objects.filter(skill__slug=slug).order_by("valid_from")
    assert [(row.level, row.valid_from, row.valid_to) for row in rows] == [
        (2, DAY, LATER),
        (3, LATER, None),
    ]
    asked["level"], asked["weight"] = 4, 1  # the same day again: edited in place
    load_requirements(roles, on=LATER)
    assert [(row.level, row.weight) for row in rows.all()] == [(2, 3), (4, 1)]


def test_no_change_holds_from_a_day_before_its_requirement_did(
    small: dict[str, Any], roles: dict[str, Any]
) -> None:
    load_framework(small, on=DAY)
    load_requirements(roles, on=DAY)
    slug, asked = next(iter(roles["roles"][1]["requirements"].items()))
    asked["level"] = 3
    with pytest.raises(ChangeTooEarly, match=f"employee {slug} holds since {DAY}"):
        load_requirements(roles, on=DAY - timedelta(days=1))
    del roles["roles"][1]["requirements"][slug]
    with pytest.raises(ChangeTooEarly):
        load_requirements(roles, on=DAY - timedelta(days=1))


def test_a_requirement_that_is_still_to_begin_may_begin_earlier(
    small: dict[str, Any], roles: dict[str, Any]
) -> None:
    load_framework(small, on=DAY)
    slug, asked = next(iter(roles["roles"][1]["requirements"].items()))
    ahead = timezone.localdate() + timedelta(days=30)
    load_requirements(roles, on=ahead)
    asked["level"] = 3
    load_requirements(roles, on=timezone.localdate())
    (row,) = Requirement.objects.filter(skill__slug=slug, job_role__slug="employee")
    assert (row.level, row.valid_from) == (3, timezone.localdate())


def test_a_requirement_or_role_that_vanishes_is_closed_not_deleted(
    small: dict[str, Any], roles: dict[str, Any]
) -> None:
    load_framework(small, on=DAY)
    load_requirements(roles, on=DAY)
    slug = next(iter(roles["roles"][1]["requirements"]))
    del roles["roles"][1]["requirements"][slug]
    engineer = roles["roles"].pop(0)
    lines = load_requirements(roles, on=LATER)
    assert set(lines) == {
        f"requirement employee {slug}: closed",
        f"requirement engineer {small['skills'][2]['id']}: closed",
        "job role engineer: is_active True -> False",
    }
    assert not JobRole.objects.get(slug="engineer").is_active
    assert Requirement.objects.filter(valid_to=LATER).count() == 2
    roles["roles"].insert(0, engineer)
    assert "job role engineer: is_active False -> True" in load_requirements(roles, on=LATER)


def test_a_requirement_that_began_today_and_vanishes_today_never_was(
    small: dict[str, Any], roles: dict[str, Any]
) -> None:
    load_framework(small, on=DAY)
    load_requirements(roles, on=DAY)
    roles["roles"][0]["requirements"] = {}
    load_requirements(roles, on=DAY)
    assert not Requirement.objects.filter(job_role__slug="engineer").exists()


def test_grace_and_inheritance_are_loaded_and_compared(
    small: dict[str, Any], roles: dict[str, Any]
) -> None:
    load_framework(small, on=DAY)
    lines = load_requirements(roles, on=DAY)
    second = small["skills"][1]["id"]
    assert (
        f"requirement employee {second}: added, level 1, weight 2, grace until 2027-01-31" in lines
    )
    assert Requirement.objects.get(skill__slug=second).grace_until == date(2027, 1, 31)
    roles["roles"][0]["inherits"] = None
    assert load_requirements(roles, on=DAY) == ["job role engineer: inherits employee -> none"]


def test_roles_inherit_over_two_steps_at_most(small: dict[str, Any], roles: dict[str, Any]) -> None:
    load_framework(small, on=DAY)
    for number, above in enumerate(("engineer", "role-0")):
        roles["roles"].append(
            {"id": f"role-{number}", "name": "R", "inherits": above, "requirements": {}}
        )
    with pytest.raises(ValueError, match="role-1"):
        load_requirements(roles, on=DAY)
    assert not JobRole.objects.exists()
