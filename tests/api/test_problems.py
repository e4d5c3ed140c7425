"""Errors are problem documents (RFC 9457), wherever below /api/ they arise."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.api import throttling, views
from accounts.api.problems import answer_problem
from accounts.models import RecordAccess
from skills.models import PolicyVersion


def check_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer["content-type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answer.content)
    assert set(document) >= {"type", "title", "status", "detail", "instance"}
    assert document["status"] == status
    assert document["type"].startswith("urn:tutti:problem:")
    return document


@pytest.mark.parametrize("path", ["", "v1/", "v1/nothing/", "v1/people", "v2/people/", "x.php"])
def test_an_address_that_does_not_exist(db: None, path: str) -> None:
    program = Client(enforce_csrf_checks=True)
    check_problem(program.post(f"/api/{path}"), 404)
    document = check_problem(program.get(f"/api/{path}"), 404)
    assert document["instance"] == f"/api/{path}"
    assert "ends with a slash" in document["detail"]


def test_a_method_that_an_address_does_not_take(make_api: Callable[..., Any]) -> None:
    api = make_api()
    check_problem(api.get("evidence/"), 405)
    check_problem(api.post("people/", {}), 405)


def test_an_answer_in_a_form_nobody_makes(make_api: Callable[..., Any], framework: None) -> None:
    api = make_api()
    check_problem(api.get("people/", accept="image/png"), 406)
    check_problem(api.get("people/", accept="text/csv"), 406)


def test_a_body_that_is_not_json(
    make_api: Callable[..., Any], credential_body: Callable[..., dict[str, Any]], framework: None
) -> None:
    api = make_api()
    for body in ("{", '{"level": NaN}', b"\xff", "[" * 100_000, '{"level": ' + "9" * 5000 + "}"):
        check_problem(api.post("evidence/", body, idempotency_key="k"), 400)
    for number in ("9" * 5000, "-" + "9" * 5000, "NaN", "Infinity"):
        answer = api.post("evidence/", f'{{"level": {number}}}', idempotency_key="k")
        assert check_problem(answer, 400)["detail"].startswith("The body holds a number that")
    assert "line 1" in api.post("evidence/", "{", idempotency_key="k").json()["detail"]
    form = api.post("evidence/", "level=2", idempotency_key="k", content_type="text/plain")
    check_problem(form, 415)


def test_a_body_that_breaks_rules_names_each_place(
    make_api: Callable[..., Any], org: SimpleNamespace, credential_body: Callable[..., Any]
) -> None:
    body = credential_body(kind="panel", level=9, marks=[1, "x"], **{"a/b~c": 1})
    del body["issuer"]
    document = check_problem(make_api().record(body), 422)
    assert [error["pointer"] for error in document["errors"]] == ["/a~1b~0c"]
    del body["a/b~c"]
    document = check_problem(make_api().record(body), 422)
    assert {error["pointer"] for error in document["errors"]} == {"/level", "/marks/1"}
    assert all(error["code"] and error["detail"] for error in document["errors"])


@pytest.mark.parametrize("body", ["[]", "null", "3", '"text"'])
def test_a_body_that_is_no_object_points_at_the_whole(
    make_api: Callable[..., Any], org: SimpleNamespace, body: str
) -> None:
    document = check_problem(make_api().post("evidence/", body, idempotency_key="k"), 422)
    assert [error["pointer"] for error in document["errors"]] == [""]


@pytest.mark.parametrize("body", [{"\ud800": 1}, {"ai_condition": "\ud800"}, {"skill": "\udfff"}])
def test_characters_that_nothing_can_write_are_named_in_a_problem(
    make_api: Callable[..., Any], org: SimpleNamespace, body: dict[str, Any]
) -> None:
    check_problem(make_api().record(body), 422)


def test_before_the_content_is_loaded_the_answer_says_so(
    make_api: Callable[..., Any], org: SimpleNamespace, credential_body: Callable[..., Any]
) -> None:
    api = make_api(kinds=("credential_knowledge",))
    PolicyVersion.objects.update(is_current=False)
    looks = RecordAccess.objects.count()
    for path, query in (
        (f"people/{org.ben.uuid}/gaps/", {}),
        ("gaps/", {}),
        ("gaps/", {"format": "csv"}),
        (f"people/{org.ben.uuid}/competencies/", {}),
    ):
        document = check_problem(api.get(path, **query), 503)
        assert "load_content" in document["detail"], path
    assert RecordAccess.objects.count() == looks
    check_problem(api.record(credential_body()), 503)
    check_problem(api.record(credential_body(kind="unheard-of")), 503)


@pytest.mark.parametrize("query", ["as_of=%00", "as_of=2026-02-30", "as_of=%ZZ", "as_of=[x|y]"])
def test_a_query_that_cannot_be_read(
    make_api: Callable[..., Any], org: SimpleNamespace, query: str
) -> None:
    api = make_api()
    address = f"/api/v1/people/{org.ben.uuid}/gaps/"
    answer = api.http.get(address, headers=api.headers(), QUERY_STRING=query)
    document = check_problem(answer, 400)
    assert document["errors"][0]["parameter"] == "as_of"


def test_a_client_that_asks_too_often_is_told_when_to_come_back(
    make_api: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    monkeypatch.setattr(throttling.ClientThrottle, "THROTTLE_RATES", {"api": "2/min"})
    api, other = make_api("skills:read"), make_api("skills:read")
    assert [api.get("skills/").status_code for _ in range(3)] == [200, 200, 429]
    refused = api.get("skills/")
    check_problem(refused, 429)
    assert 0 < int(refused["retry-after"]) <= 61
    assert other.get("skills/").status_code == 200


@pytest.mark.parametrize(("path", "status"), [("skills/?what=1", 400), ("people/", 403)])
def test_a_request_counts_whatever_it_is_refused_for(
    make_api: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    db: None,
    path: str,
    status: int,
) -> None:
    monkeypatch.setattr(throttling.ClientThrottle, "THROTTLE_RATES", {"api": "2/min"})
    api = make_api("skills:read")
    assert [api.get(path).status_code for _ in range(3)] == [status, status, 429]


def test_options_answers_with_the_methods_it_allows(
    make_api: Callable[..., Any], framework: None
) -> None:
    api = make_api()
    for path, methods in (("people/", ["GET", "HEAD"]), ("evidence/", ["POST"])):
        answer = api.http.options(f"/api/v1/{path}", headers=api.headers())
        assert answer.status_code == 200
        assert answer.json()["methods"] == [*methods, "OPTIONS"] == answer["allow"].split(", ")


def test_a_failure_of_ours_says_nothing_of_itself(
    make_api: Callable[..., Any], org: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(views, "people_answer", fail)
    api = make_api("people:read")
    api.http.raise_request_exception = False
    answer = api.get("people/")
    check_problem(answer, 500)
    assert b"secret words" not in answer.content


def test_djangos_own_refusals_are_problems_too(rf: Any) -> None:
    from django.core.exceptions import (
        PermissionDenied,
        RequestDataTooBig,
        SuspiciousOperation,
    )
    from django.http import Http404

    context = {"request": SimpleNamespace(_request=rf.get("/api/v1/people/"))}
    for error, status in (
        (Http404("Gone."), 404),
        (PermissionDenied("No."), 403),
        (RequestDataTooBig(), 400),
        (SuspiciousOperation("Odd."), 400),
    ):
        check_problem(answer_problem(error, context), status)
