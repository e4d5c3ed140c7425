"""Skills and kinds of evidence that a later version of the framework no longer has."""

from collections.abc import Callable
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from skills.exceptions import DecisionRefused
from skills.models import AssessorAppointment, Competency, Evidence
from skills.services.decisions import open_contradictions, settle_contradiction
from skills.services.framework import load_framework
from skills.services.ledger import record_evidence
from tests.api.conftest import _content

Body = Callable[..., dict[str, Any]]
SKILL, KIND = "core-safe-data", "credential_unproctored"


@pytest.fixture
def api(make_api: Callable[..., Any], org: SimpleNamespace) -> Any:
    return make_api(kinds=("credential_knowledge", KIND))


def withdraw(part: str, slug: str) -> None:
    """Load the framework without one of its skills or kinds, under a new policy version."""
    data = deepcopy(_content("framework.yaml"))
    data[part] = [each for each in data[part] if each["id"] != slug]
    data["policy"]["version"] = "without it"
    load_framework(data, on=timezone.localdate())


def test_evidence_of_a_withdrawn_skill_can_be_revoked(api: Any, credential_body: Body) -> None:
    uuid = api.record(credential_body()).json()["uuid"]
    kept = Competency.objects.values().get()
    withdraw("skills", SKILL)
    answer = api.post(f"evidence/{uuid}/revoke/", {"reason": "Wrong person"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["revoked_on"] == str(timezone.localdate())
    assert Competency.objects.values().get() == kept


@pytest.mark.parametrize("earlier", [0, 1])
def test_evidence_of_a_withdrawn_skill_is_refused_by_name(
    api: Any, credential_body: Body, earlier: int
) -> None:
    for _ in range(earlier):
        api.record(credential_body())
    withdraw("skills", SKILL)
    answer = api.record(credential_body(level=1))
    assert answer.status_code == 422, answer.content
    told = [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
    assert told == [("/skill", "skill_withdrawn")]
    assert Evidence.objects.count() == earlier


def test_a_repeat_is_answered_as_the_first_was_though_the_skill_is_withdrawn(
    api: Any, credential_body: Body
) -> None:
    first = api.record(credential_body(), "order-7")
    withdraw("skills", SKILL)
    again = api.record(credential_body(), "order-7")
    assert (again.status_code, again.content) == (200, first.content)


def test_evidence_of_a_withdrawn_kind_is_refused_by_name(api: Any, credential_body: Body) -> None:
    withdraw("evidence_kinds", KIND)
    answer = api.record(credential_body(kind=KIND, level=1))
    assert answer.status_code == 422, answer.content
    told = [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
    assert told == [("/kind", "kind_withdrawn")]
    assert not Evidence.objects.exists()


def test_a_contradiction_in_a_withdrawn_skill_is_no_longer_settled(
    org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    one = task(org.ben, SKILL, 2, ago=20).evidence
    other = record_evidence(
        person=org.ben,
        skill=one.skill,
        kind="adaptive_assessment",
        level=0,
        observed_on=timezone.localdate(),
        issuer="academy",
        standard_error=0.3,
    ).evidence
    assert open_contradictions(org.ben.pk, one.skill_id) == [(one.pk, other.pk)]
    withdraw("skills", SKILL)
    with pytest.raises(DecisionRefused, match="do not contradict"):
        settle_contradiction(one, other, reviewer=_assessor(org, one), reason="Too high")


def _assessor(org: SimpleNamespace, evidence: Evidence) -> Any:
    """Ada, appointed for the domain, who vouched for neither."""
    AssessorAppointment.objects.filter(domain=evidence.skill.domain).update(person=org.ada)
    return org.ada


def test_the_list_of_changes_leaves_withdrawn_skills_out(
    api: Any, org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    task(org.ben, SKILL)
    task(org.ben, "core-diligence")
    withdraw("skills", SKILL)
    assert [row["skill"] for row in api.pages("competencies/")] == ["core-diligence"]
