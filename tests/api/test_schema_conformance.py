"""Requests made up from the schema: answers are as described, whatever is asked."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
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
from config.wsgi import application
from skills.enums import Kind
from skills.models import Evidence

pytestmark = pytest.mark.slow
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
    "gaps_list",
}  # fmt: skip
GOOD_ANSWERS = 20
QUIET = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


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

    def __init__(self, api: Any, org: SimpleNamespace, credential: Callable[..., Any]) -> None:
        self.api, self.org, self.credential = api, org, credential
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
        people = (self.org.ada, self.org.ben, self.org.cy)
        name = case.operation.label
        if name.endswith("revoke/"):
            case.path_parameters["uuid"] = self.api.record(self.credential()).json()["uuid"]
            if self.number % 2:
                case.body = {"reason": "Wrong person"}
        elif "uuid" in (case.path_parameters or {}):
            case.path_parameters["uuid"] = str(people[self.number % 3].uuid)
        elif name.startswith("POST"):
            case.body = self.credential(level=self.number % 3)
            case.headers["Idempotency-Key"] = uuid4().hex
        self._real_query(case)

    def _real_query(self, case: Case[Any]) -> None:
        query = case.query or {}
        for parameter, value in (
            ("unit", str(self.org.top.uuid)),
            ("job_role", "employee"),
            ("skill", "core-safe-data"),
            ("as_of", str(timezone.localdate() - timedelta(days=self.number))),
            ("known_at", timezone.now().isoformat()),
            ("updated_since", "2026-01-01T00:00:00Z"),
        ):
            if parameter in query:
                query[parameter] = value
        query.pop("cursor", None)


@pytest.fixture
def caller(
    make_api: Callable[..., Any],
    org: SimpleNamespace,
    task: Callable[..., Any],
    credential_body: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Caller:
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"api": "100000/min"})
    for person in (org.ben, org.cy):
        for skill in ("core-safe-data", "core-diligence", "core-delegation"):
            task(person, skill, 2)
    api = make_api(kinds=tuple(kind.value for kind in Kind))
    api.record(credential_body(accepted_by="H4", ai_condition="both"))
    return Caller(api, org, credential_body)


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
