"""The OpenAPI description and its page."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    made: dict[str, Any] = generator().get_schema(request=None, public=True)
    return made


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method in METHODS & set(item):
            yield f"{method} {path}", item[method]


def test_the_schema_is_valid_and_made_without_a_warning() -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "openapi: 3.1.0" in out.getvalue()


def test_it_describes_the_twelve_operations(schema: dict[str, Any]) -> None:
    assert {name for name, _ in operations(schema)} == {
        "get /api/v1/units/",
        "get /api/v1/people/",
        "get /api/v1/people/{uuid}/",
        "get /api/v1/people/{uuid}/competencies/",
        "get /api/v1/people/{uuid}/evidence/",
        "get /api/v1/people/{uuid}/gaps/",
        "get /api/v1/skills/",
        "get /api/v1/job-roles/",
        "get /api/v1/competencies/",
        "get /api/v1/gaps/",
        "post /api/v1/evidence/",
        "post /api/v1/evidence/{uuid}/revoke/",
    }


def test_every_status_names_its_cause_and_every_problem_is_one(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        assert operation["summary"], name
        assert operation["description"], name
        answers = operation["responses"]
        assert {"400", "401", "403", "406", "429"} <= set(answers), name
        assert ("404" in answers) == ("{uuid}" in name), name
        assert ("422" in answers) == ("415" in answers) == name.startswith("post"), name
        for status, answer in answers.items():
            if int(status) >= 400:
                assert len(answer["description"]) > 20, (name, status)
                assert list(answer["content"]) == ["application/problem+json"]
                assert answer["content"]["application/problem+json"]["examples"]


def test_every_operation_names_the_scope_that_opens_it(schema: dict[str, Any]) -> None:
    scheme = schema["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert scheme["tokenUrl"] == "/api/oauth/token/"
    used = set()
    for name, operation in operations(schema):
        (needed,) = operation["security"]
        assert len(needed["oauth2"]) == 1, name
        used |= set(needed["oauth2"])
    assert used == set(scheme["scopes"])


def test_the_schema_is_served_to_everybody_as_yaml_or_json(db: None) -> None:
    assert Client().get("/api/v1/schema/").status_code == 200
    answer = Client().get("/api/v1/schema/", headers={"accept": "application/json"})
    assert json.loads(answer.content)["openapi"] == "3.1.0"


def test_its_page_relaxes_styles_only_and_no_other_page_does(db: None) -> None:
    page = Client().get("/api/docs/")
    assert page.status_code == 200
    policy = {
        name: values for name, *values in map(str.split, page["content-security-policy"].split(";"))
    }
    assert policy["style-src"] == ["'self'", "'unsafe-inline'"]
    assert policy["script-src"] == ["'self'"]
    script = Client().get("/api/docs/?script=")
    assert script["content-type"].startswith("application/javascript")
    assert b"<script>" not in page.content
    assert "unsafe" not in Client().get("/api/v1/schema/")["content-security-policy"]
