"""What another policy version would do to people's levels, said before it is published."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from accounts.services import deactivate_person
from skills.exceptions import PolicyAlreadyPublished
from skills.services import policy_effect as module
from skills.services.policy import publish_policy
from skills.services.policy_effect import SkillEffect, policy_effect
from skills.services.reading import standings
from skills.services.rebuild import republish_dates

Make = Callable[..., Any]
BRIEF = {"half_life_months": 1, "decay_class": "mixed", "keystone": False}
LONG = {"half_life_months": 120, "decay_class": "mixed", "keystone": False}


@pytest.fixture
def people(org: SimpleNamespace, make_person: Make, give: Make) -> dict[str, Person]:
    """Ann's level falls when `plain` ages sooner, Bo's rises when `brief` lasts, Cy's stays."""
    made = {name: make_person(name) for name in ("Ann", "Bo", "Cy")}
    give(made["Ann"], org.plain, "practical_task", 2, 200)
    give(made["Bo"], org.brief, "practical_task", 2, 150)
    give(made["Bo"], org.plain, "practical_task", 2, 200)
    give(made["Cy"], org.plain, "self_report", 4, 10)
    give(made["Cy"], org.yearly, "practical_task", 2, 1)
    return made


def test_levels_that_would_rise_and_fall_are_counted_by_skill(
    people: dict[str, Person], policy_document: Make
) -> None:
    effect = policy_effect(policy_document("t2", plain=BRIEF, brief=LONG))
    assert effect is not None
    assert effect.version == "t2"
    assert effect.skills == {"brief": SkillEffect(rise=1), "plain": SkillEffect(fall=2)}
    assert effect.people == [people["Ann"].pk, people["Bo"].pk]


def test_what_was_said_is_what_happens(
    org: SimpleNamespace, people: dict[str, Person], policy_document: Make
) -> None:
    ids = [each.pk for each in people.values()]
    document = policy_document("t2", plain=BRIEF, brief=LONG)
    before, said = standings(ids), policy_effect(document)
    republish_dates(publish_policy(document).pk)
    after = standings(ids)
    moved = {
        person_id
        for person_id, skill_id in before
        if before[person_id, skill_id].verified_level != after[person_id, skill_id].verified_level
    }
    assert said is not None
    assert set(said.people) == moved


def test_a_skill_that_would_be_withdrawn_falls_to_nothing(
    people: dict[str, Person], policy_document: Make
) -> None:
    document = policy_document("t2")
    del document["skills"]["yearly"]
    effect = policy_effect(document)
    assert effect is not None
    assert effect.skills == {"yearly": SkillEffect(fall=1)}


def test_who_left_is_not_counted(people: dict[str, Person], policy_document: Make) -> None:
    deactivate_person(people["Ann"])
    effect = policy_effect(policy_document("t2", plain=BRIEF))
    assert effect is not None
    assert effect.people == [people["Bo"].pk]


def test_a_policy_that_is_current_already_would_change_nothing(
    people: dict[str, Person], policy_document: Make
) -> None:
    assert policy_effect(policy_document()) is None
    with pytest.raises(PolicyAlreadyPublished):
        policy_effect(policy_document("t1", plain=BRIEF))


def test_without_a_policy_nobody_stands_anywhere_yet(db: None, policy_document: Make) -> None:
    assert policy_effect(policy_document()) is None


def test_it_reads_people_in_chunks_and_writes_nothing(
    people: dict[str, Person], policy_document: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PEOPLE_AT_ONCE", 2)
    document = policy_document("t2", plain=BRIEF, brief=LONG)
    with CaptureQueriesContext(connection) as queries:
        effect = policy_effect(document)
    assert effect is not None
    assert len(effect.people) == 2
    assert len(queries) == 6  # the version, kinds with evidence, the current policy, people, 2 x
    assert all(re.match("SELECT", each["sql"]) for each in queries)
