"""The shipped framework, a small organisation, and API clients with tokens of their own."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.core.cache import cache as django_cache
from django.test import Client
from django.utils import timezone

from accounts.models import JobRole, OrgUnit, Person
from accounts.services.clients import create_client
from skills.models import AssessorAppointment, Domain, Skill
from skills.services.framework import load_framework
from skills.services.grants import grant_kinds
from skills.services.ledger import Recorded, record_evidence
from skills.services.role_requirements import load_requirements
from tests.rows import once

CONTENT = Path(__file__).parents[2] / "content"
LONG_AGO = date(2020, 1, 1)
EVERY_SCOPE = ("people:read", "skills:read", "evidence:read", "evidence:write", "gaps:read")
_numbers = count(1)


@cache
def _content(name: str) -> Any:
    return yaml.load((CONTENT / name).read_text(encoding="utf-8"), yaml.CSafeLoader)


@dataclass
class Api:
    """One API client: its own name, credentials and token."""

    http: Client
    name: str
    client_id: str
    secret: str
    token: str

    def headers(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", **more}

    def renew(self) -> None:
        """A new token, after the clock was moved."""
        self.token = token_of(self.http, self.client_id, self.secret).json()["access_token"]

    def get(self, path: str, /, accept: str = "application/json", **query: Any) -> Any:
        address = path if path.startswith("http") else f"/api/v1/{path}"
        return self.http.get(address, query or None, headers=self.headers(accept=accept))

    def post(self, path: str, body: Any, /, **headers: str) -> Any:
        return self.http.post(
            f"/api/v1/{path}",
            body if isinstance(body, str | bytes) else json.dumps(body),
            content_type=headers.pop("content_type", "application/json"),
            headers=self.headers(**{name.replace("_", "-"): v for name, v in headers.items()}),
        )

    def record(self, body: dict[str, Any], key: str | None = None) -> Any:
        return self.post("evidence/", body, idempotency_key=key or f"key-{next(_numbers)}")

    def pages_of_one(self, path: str) -> list[Any]:
        """The rows of a list that comes in one piece."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        rows: list[Any] = answer.json()["results"]
        return rows

    def pages(self, path: str, **query: Any) -> list[Any]:
        """Every row of a list, by following `next`."""
        rows: list[Any] = []
        answer = self.get(path, **query)
        while True:
            assert answer.status_code == 200, answer.content
            rows += answer.json()["results"]
            if answer.json()["next"] is None:
                return rows
            answer = self.get(answer.json()["next"])


def token_of(http: Client, client_id: str, secret: str, **more: str) -> Any:
    """Ask for a token as docs/api.md says."""
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return http.post(
        "/api/oauth/token/",
        {"grant_type": "client_credentials", **more},
        headers={"authorization": f"Basic {basic}"},
    )


@pytest.fixture
def ask_token() -> Callable[..., Any]:
    return token_of


@pytest.fixture
def make_api(db: None) -> Callable[..., Api]:
    def make(*scopes: str, kinds: tuple[str, ...] = (), name: str = "") -> Api:
        made = create_client(name or f"HR system {next(_numbers)}", scopes=scopes or EVERY_SCOPE)
        grant_kinds(made.application.pk, kinds)
        http = Client()
        answer = token_of(http, made.application.client_id, made.secret)
        return Api(
            http,
            made.application.name,
            made.application.client_id,
            made.secret,
            answer.json()["access_token"],
        )

    return make


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    """Requests counted by one test never throttle the next."""
    django_cache.clear()


@pytest.fixture
def framework(db: None) -> None:
    """The shipped skills, kinds, policy, job roles and requirements, valid from long ago."""
    once("framework of the API", _load_framework)


def _load_framework() -> None:
    load_framework(_content("framework.yaml"), on=LONG_AGO)
    load_requirements(_content("roles.yaml"), on=LONG_AGO)


@pytest.fixture
def org(
    framework: None,
    make_person: Callable[..., Person],
    make_unit: Callable[..., Any],
    make_position: Callable[..., Any],
) -> SimpleNamespace:
    """Ada leads Ben, a network engineer in Networks, and Cy in Field; Dora assesses everything."""
    once("organisation of the API", lambda: _make_org(make_person, make_unit, make_position))
    units = {unit.name: unit for unit in OrgUnit.objects.all()}
    people = {person.name.lower(): person for person in Person.objects.all()}
    return SimpleNamespace(
        top=units["Operations"], networks=units["Networks"], field=units["Field"], **people
    )


def _make_org(make_person: Any, make_unit: Any, make_position: Any) -> None:
    top = make_unit("Operations")
    networks, field = make_unit("Networks", parent=top), make_unit("Field", parent=top)
    ada = make_person("Ada", external_id="H1")
    ben = make_person("Ben", external_id="H2", manager=ada)
    cy = make_person("Cy", external_id="H3", manager=ada)
    dora = make_person("Dora", external_id="H4")
    engineer = JobRole.objects.get(slug="network-engineer")
    make_position(ben, unit=networks, job_role=engineer)
    make_position(cy, unit=field, job_role=JobRole.objects.get(slug="governance-lead"))
    for domain in Domain.objects.all():
        AssessorAppointment.objects.create(
            person=dora, domain=domain, highest_level=4, starts_on=LONG_AGO, reason="Trained"
        )


@pytest.fixture
def task(org: SimpleNamespace) -> Callable[..., Recorded]:
    """Record a practical task marked by Dora; `ago` in days."""

    def record(person: Person, skill: str, level: int = 2, ago: int = 10) -> Recorded:
        return record_evidence(
            person=person,
            skill=Skill.objects.get(slug=skill),
            kind="practical_task",
            level=level,
            observed_on=timezone.localdate() - timedelta(days=ago),
            assessors=[org.dora],
            recorded_by=org.dora,
        )

    return record


def credential(**more: Any) -> dict[str, Any]:
    """A body that records a credential of Ben's."""
    return {
        "person": "H2",
        "skill": "core-safe-data",
        "kind": "credential_knowledge",
        "level": 2,
        "observed_on": (timezone.localdate() - timedelta(days=20)).isoformat(),
        "issuer": "exam-house",
        **more,
    }


@pytest.fixture
def credential_body() -> Callable[..., dict[str, Any]]:
    return credential
