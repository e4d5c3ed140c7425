"""Requests made up from the schema, on a demo organisation: answers are as described, whatever is
asked, by a client with every scope and every kind of evidence.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.api.throttling import ClientThrottle
from accounts.models import JobRole, OrgUnit, Person
from config.wsgi import application
from operations.services.content import load_content
from operations.services.demo import seed_demo
from skills.enums import Kind
from skills.models import Evidence, Skill
from tests.rows import once

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("a demo organisation")]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = {
    "people_list", "people_read", "people_competencies", "people_evidence", "people_gaps",
    "skills_list", "job_roles_list", "competencies_list", "evidence_record", "evidence_revoke",
    "gaps_list", "units_list",
}  # fmt: skip
GOOD_ANSWERS = 20
PEOPLE = 120
QUIET = settings(suppress_health_check=list(HealthCheck))


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction, as they do with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class Caller:
    """Sends cases: most of them with names that exist, the rest as they were made up."""

    def __init__(self, api: Any, credential: Callable[..., Any]) -> None:
        self.api, self.credential = api, credential
        self.people = list(Person.objects.values_list("uuid", "external_id"))
        self.units = list(OrgUnit.objects.values_list("uuid", flat=True))
        self.roles = list(JobRole.objects.values_list("slug", flat=True))
        self.skills = list(Skill.objects.values_list("slug", flat=True))
        self.statuses: Counter[int] = Counter()
        self.number = 0

    def send(self, case: Case[Any]) -> None:
        self.number += 1
        if self.number % 4:
            self._make_real(case)
        with one_connection():
            answer = case.call(headers={"Authorization": f"Bearer {self.api.token}"})
        case.validate_response(answer, checks=CHECKS)
        self.statuses[answer.status_code] += 1

    def _make_real(self, case: Case[Any]) -> None:
        name = case.operation.label
        if name.endswith("revoke/"):
            case.path_parameters["uuid"] = self.api.record(self._body()).json()["uuid"]
            if self.number % 2:
                case.body = {"reason": "Wrong person"}
        elif "uuid" in (case.path_parameters or {}):
            case.path_parameters["uuid"] = str(self._one(self.people)[0])
        elif name.startswith("POST"):
            case.body = self._body()
            case.headers["Idempotency-Key"] = uuid4().hex
        self._real_query(case)

    def _one(self, names: list[Any]) -> Any:
        """One name after the other."""
        return names[self.number % len(names)]

    def _body(self) -> dict[str, Any]:
        _, person = self._one(self.people)
        skill = self._one(self.skills)
        body: dict[str, Any] = self.credential(person=person, skill=skill, level=self.number % 3)
        return body

    def _real_query(self, case: Case[Any]) -> None:
        query = case.query or {}
        for parameter, value in (
            ("unit", str(self._one(self.units))),
            ("job_role", self._one(self.roles)),
            ("skill", self._one(self.skills)),
            ("as_of", str(timezone.localdate() - timedelta(days=self.number))),
            ("known_at", timezone.now().isoformat()),
            ("updated_since", "2026-01-01T00:00:00Z"),
        ):
            if parameter in query:
                query[parameter] = value
        query.pop("cursor", None)


@pytest.fixture
def caller(
    db: None,
    make_api: Callable[..., Any],
    credential_body: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Caller:
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"api": "100000/min"})
    once("a demo organisation", _make_demo, at=None)
    api = make_api(kinds=tuple(kind.value for kind in Kind))
    return Caller(api, credential_body)


def _make_demo() -> None:
    load_content(Path(django_settings.CONTENT_DIR), on=timezone.localdate() - timedelta(days=800))
    seed_demo(people=PEOPLE, seed=7)


def operations() -> dict[str, Any]:
    with one_connection():
        schema: Any = openapi.from_wsgi("/api/v1/schema/", application)
    found = [result.ok() for result in schema.get_all_operations()]
    return {each.definition.raw["operationId"]: each for each in found}


def test_every_operation_is_tried(db: None) -> None:
    assert set(operations()) == OPERATIONS


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_answers_are_as_described(caller: Caller, name: str) -> None:
    operation = operations()[name]
    for mode, examples in ((GenerationMode.POSITIVE, 40), (GenerationMode.NEGATIVE, 20)):

        @settings(QUIET, max_examples=examples)
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Case[Any]) -> None:
            caller.send(case)

        with suppress(Unsatisfiable):  # without parameters nothing can be made up wrongly
            send()
    # where there is nothing to make up, few cases differ: ask the same again
    while caller.statuses.total() < 2 * GOOD_ANSWERS:
        caller.send(operation.Case(path_parameters={}, query={}, headers={}))
    good = sum(count for status, count in caller.statuses.items() if 200 <= status < 300)
    assert good >= GOOD_ANSWERS, caller.statuses
    assert not any(status >= 500 for status in caller.statuses)
    assert Evidence.objects.exists()
