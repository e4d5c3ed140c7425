"""API clients, their tokens, and what a token opens."""

import base64
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from accounts.models import ApiClient
from skills.models import ClientKindGrant


def run(*args: str) -> str:
    out = StringIO()
    call_command("create_api_client", *args, stdout=out)
    return out.getvalue()


def printed(text: str) -> dict[str, str]:
    lines = [line.partition(":") for line in text.splitlines()]
    return {name.strip(): value.strip() for name, _, value in lines}


def endpoints(org: SimpleNamespace) -> list[tuple[str, str, str]]:
    person = f"people/{org.ben.uuid}/"
    return [
        ("get", "people/", "people:read"),
        ("get", person, "people:read"),
        ("get", "units/", "people:read"),
        ("get", f"{person}competencies/", "skills:read"),
        ("get", f"{person}evidence/", "evidence:read"),
        ("get", f"{person}gaps/", "gaps:read"),
        ("get", "skills/", "skills:read"),
        ("get", "job-roles/", "skills:read"),
        ("get", "competencies/", "skills:read"),
        ("get", "gaps/", "gaps:read"),
        ("post", "evidence/", "evidence:write"),
        ("post", f"evidence/{org.ben.uuid}/revoke/", "evidence:write"),
    ]


def test_every_endpoint_opens_for_its_scope_and_for_no_other(
    make_api: Callable[..., Any], org: SimpleNamespace
) -> None:
    scopes = {scope for _, _, scope in endpoints(org)}
    for method, path, scope in endpoints(org):
        right, wrong = make_api(scope), make_api(*(scopes - {scope}))
        ask = [right.get, right.post, wrong.get, wrong.post]
        allowed, refused = (ask[0], ask[2]) if method == "get" else (ask[1], ask[3])
        body: tuple[Any, ...] = () if method == "get" else ({},)
        assert allowed(path, *body).status_code in (200, 400, 404), path
        answer = refused(path, *body)
        assert answer.status_code == 403, path
        assert scope in answer.json()["detail"]
        assert answer["content-type"] == "application/problem+json"


def test_every_endpoint_is_closed_to_strangers_and_names_the_scope(org: SimpleNamespace) -> None:
    for method, path, scope in endpoints(org):
        answer = getattr(Client(), method)(f"/api/v1/{path}")
        assert answer.status_code == 401, path
        assert answer["www-authenticate"].startswith("Bearer")
        assert scope in answer.json()["detail"]


def test_a_signed_in_person_is_a_stranger_to_the_api(
    org: SimpleNamespace, sign_in: Callable[..., Client]
) -> None:
    assert sign_in(org.ada).get("/api/v1/people/").status_code == 401


def test_a_token_in_the_address_or_of_another_scheme_is_not_read(
    make_api: Callable[..., Any],
) -> None:
    api = make_api()
    assert Client().get(f"/api/v1/people/?access_token={api.token}").status_code == 401
    basic = base64.b64encode(b"a:b").decode()
    answer = Client().get("/api/v1/people/", headers={"authorization": f"Basic {basic}"})
    assert answer.status_code == 401


def test_an_expired_token_and_a_made_up_one_are_refused(make_api: Callable[..., Any]) -> None:
    api = make_api()
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert api.get("people/").status_code == 401
    api.token = "made-up"
    assert "unknown, expired or revoked" in api.get("people/").json()["detail"]
    api.token = "\xff"
    assert api.get("people/").status_code == 401


def test_a_revoked_token_ends(make_api: Callable[..., Any]) -> None:
    api = make_api()
    answer = api.http.post(
        "/api/oauth/revoke/",
        {"token": api.token, "client_id": api.client_id, "client_secret": api.secret},
    )
    assert answer.status_code == 200
    assert api.get("people/").status_code == 401


def test_a_token_carries_what_was_granted_or_less(
    make_api: Callable[..., Any], ask_token: Callable[..., Any]
) -> None:
    api = make_api("people:read", "gaps:read")
    every = ask_token(api.http, api.client_id, api.secret).json()
    assert every["scope"].split() == ["people:read", "gaps:read"]
    less = ask_token(api.http, api.client_id, api.secret, scope="gaps:read").json()
    assert less["scope"] == "gaps:read"
    more = ask_token(api.http, api.client_id, api.secret, scope="evidence:write")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


def test_token_errors_stay_those_of_oauth(
    make_api: Callable[..., Any], ask_token: Callable[..., Any]
) -> None:
    api = make_api()
    wrong = ask_token(api.http, api.client_id, "guess")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    password = ask_token(api.http, api.client_id, api.secret, grant_type="password")
    assert password.status_code == 400


def test_there_are_no_pages_to_authorise_at(db: None) -> None:
    assert Client().get("/api/oauth/authorize/").status_code == 404
    assert Client().get("/api/oauth/applications/").status_code == 404


def test_neither_a_token_nor_a_secret_can_be_read_from_the_database(
    make_api: Callable[..., Any],
) -> None:
    api = make_api("gaps:read")
    assert api.get("gaps/").status_code == 200
    stored = [
        repr(row)
        for model in (Application, AccessToken, ApiClient, LogEntry)
        for row in model._default_manager.values()
    ]
    assert AccessToken.objects.get().token_checksum in "".join(stored)
    for secret in (api.token, api.secret):
        assert secret
        assert secret not in "".join(stored)


def test_a_client_is_made_and_its_secret_shown_once(
    framework: None, ask_token: Callable[..., Any]
) -> None:
    text = run(
        "HR core", "--scopes", "evidence:write", "gaps:read", "--kinds", "quiz,panel", "drill"
    )
    made = printed(text)
    assert f"curl -u '{made['id']}:{made['secret']}'" in text
    assert ask_token(Client(), made["id"], made["secret"]).status_code == 200
    application = Application.objects.get(name="HR core")
    assert application.client_secret != made["secret"]
    granted = ClientKindGrant.objects.filter(client=application)
    assert {grant.kind.slug for grant in granted} == {"quiz", "panel", "drill"}
    assert made["secret"] not in run("--list")
    assert "scopes: evidence:write gaps:read" in run("--list")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["HR", "--scopes", "people:write"], "unknown scopes: people:write"),
        (["HR"], "no scope given"),
        (["HR", "--scopes", "evidence:write", "--kinds", "rumour"], "unknown kinds: rumour"),
        (["HR", "--scopes", "people:read", "--kinds", "quiz"], "--kinds needs"),
        (["x" * 121, "--scopes", "people:read"], "1 to 120 characters"),
        (["HR\ncore", "--scopes", "people:read"], "in one line"),
        (["HR\x00", "--scopes", "people:read"], "in one line"),
        (["--rotate", "x", "--scopes", "people:read"], "with a NAME only"),
        (["--list", "--kinds", "quiz"], "with a NAME only"),
        ([], "Give one of"),
        (["HR", "--list"], "Give one of"),
        (["--rotate", "nobody"], "no client with the id"),
        (["--revoke", "nobody"], "no client with the id"),
    ],
)
def test_a_client_that_makes_no_sense_is_refused_and_not_made(
    framework: None, args: list[str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run(*args)
    assert not Application.objects.exists()


def test_names_are_unique_since_logs_show_them(framework: None) -> None:
    run("HR core", "--scopes", "people:read")
    with pytest.raises(CommandError, match="already"):
        run("hr CORE", "--scopes", "people:read")


def test_the_name_of_an_ended_client_stays_its_own(framework: None) -> None:
    made = printed(run("HR core", "--scopes", "people:read"))
    run("--revoke", made["id"])
    with pytest.raises(CommandError, match="was ended"):
        run("hr core", "--scopes", "people:read")
    assert not Application.objects.exists()


def test_a_writer_without_kinds_is_told_that_it_may_write_nothing(framework: None) -> None:
    assert "no kind of evidence" in run("Exams", "--scopes", "evidence:write")
    assert "There are no API clients." not in run("--list")


def test_rotation_ends_the_old_secret_and_its_tokens(
    make_api: Callable[..., Any], ask_token: Callable[..., Any], framework: None
) -> None:
    api = make_api()
    made = printed(run("--rotate", api.client_id))
    assert api.get("people/").status_code == 401
    assert ask_token(api.http, api.client_id, api.secret).status_code == 401
    assert ask_token(api.http, api.client_id, made["secret"]).status_code == 200


def test_revoking_a_client_ends_its_tokens(make_api: Callable[..., Any]) -> None:
    api = make_api()
    assert f"Ended {api.name}" in run("--revoke", api.client_id)
    assert api.get("people/").status_code == 401
    assert "There are no API clients." in run("--list")


def test_clients_and_their_rights_are_in_the_audit_log_without_secrets(framework: None) -> None:
    made = printed(run("HR core", "--scopes", "evidence:write", "--kinds", "quiz"))
    run("--rotate", made["id"])
    run("--revoke", made["id"])
    for model in (ApiClient, ClientKindGrant):
        entries = LogEntry.objects.get_for_model(model).order_by("pk")
        assert [entry.get_action_display() for entry in entries] == ["create", "delete"]
        assert all("HR core" in entry.object_repr for entry in entries)
    assert "evidence:write" in str(LogEntry.objects.get_for_model(ApiClient).first().changes)
    assert "secret" not in str(list(LogEntry.objects.values_list("changes", "object_repr")))


APPLICATIONS = "/admin/oauth2_provider/application/"


@pytest.fixture
def office(make_person: Callable[..., Any], sign_in: Callable[..., Client]) -> Client:
    return sign_in(make_person("Adam Admin", is_staff=True, is_superuser=True))


def test_the_admin_shows_clients_and_says_where_they_are_made(
    office: Client, make_api: Callable[..., Any]
) -> None:
    api = make_api("people:read")
    application = Application.objects.get()
    other = Application.objects.create(name="Not by the command", client_type="confidential")
    page = office.get(APPLICATIONS)
    assert "create_api_client" in page.text
    for row in (application, other):
        page = office.get(f"{APPLICATIONS}{row.pk}/change/")
        assert page.status_code == 200
        assert row.client_id in page.text
        assert row.client_secret not in page.text
        assert ("people:read" in page.text) is (row == application)
    given = {"name": "", "client_type": "confidential", "authorization_grant_type": "password"}
    assert office.post(f"{APPLICATIONS}{application.pk}/change/", given).status_code == 403
    assert office.post(f"{APPLICATIONS}add/", given).status_code == 403
    assert api.get("people/").status_code == 200


@pytest.mark.parametrize("name", ["accesstoken", "refreshtoken", "grant", "idtoken"])
def test_nobody_edits_tokens_in_the_admin(office: Client, name: str) -> None:
    assert office.get(f"/admin/oauth2_provider/{name}/").status_code == 404


@pytest.mark.parametrize("way", ["one", "ticked"])
def test_deleting_a_client_in_the_admin_ends_its_tokens_and_keeps_what_it_recorded(
    org: SimpleNamespace,
    office: Client,
    make_api: Callable[..., Any],
    credential_body: Callable[..., Any],
    way: str,
) -> None:
    kept, api = make_api(), make_api(kinds=("credential_knowledge",), name="Exam house")
    assert api.record(credential_body()).status_code == 201
    row = Application.objects.get(name="Exam house")
    ticked = {"action": "delete_selected", "_selected_action": [row.pk]}
    address, given = (
        (f"{APPLICATIONS}{row.pk}/delete/", {}) if way == "one" else (APPLICATIONS, ticked)
    )
    asked = office.post(address, given) if way == "ticked" else office.get(address)
    assert asked.status_code == 200
    assert "Exam house" in asked.text
    assert api.token not in asked.text
    assert office.post(address, {**given, "post": "yes"}).status_code == 302
    assert list(Application.objects.values_list("name", flat=True)) == [kept.name]
    assert api.get("people/").status_code == 401
    rows = kept.get(f"people/{org.ben.uuid}/evidence/").json()["results"]
    assert [each["recorded_by"] for each in rows] == ["client:Exam house"]


def test_clients_are_not_ended_by_those_who_are_not_admins(
    org: SimpleNamespace, make_api: Callable[..., Any], sign_in: Callable[..., Client]
) -> None:
    make_api()
    row = Application.objects.get()
    page = sign_in(org.ada).post(f"{APPLICATIONS}{row.pk}/delete/", {"post": "yes"})
    assert page.status_code in (302, 403)
    assert Application.objects.exists()
