"""Evidence in by the API, once, checked and revocable; and out again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone
from oauth2_provider.models import Application

from accounts.models import Person, RecordAccess
from skills.enums import Kind
from skills.models import Competency, Evidence, PolicyVersion
from skills.services.policy import publish_policy
from skills.services.rebuild import republish_dates

EVERY_KIND = tuple(kind.value for kind in Kind)
Body = Callable[..., dict[str, Any]]
MakeApi = Callable[..., Any]


@pytest.fixture
def api(make_api: MakeApi, org: SimpleNamespace) -> Any:
    return make_api(kinds=EVERY_KIND)


def pointers(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


def test_evidence_recorded_by_the_api_moves_the_level_and_is_told_in_full(
    api: Any, org: SimpleNamespace, credential_body: Body
) -> None:
    body = credential_body(
        accepted_by="H4", expires_on="2190-01-01", ai_condition="unaided", top_level=3
    )
    answer = api.record(body)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    row = Evidence.objects.get()
    dates = row.dates.get()
    assert told == {
        "uuid": str(row.uuid),
        "person": str(org.ben.uuid),
        "skill": "core-safe-data",
        "kind": "credential_knowledge",
        "level": 2,
        "top_level": 3,
        "observed_on": body["observed_on"],
        "assessors": [],
        "accepted_by": str(org.dora.uuid),
        "marks": [],
        "example": None,
        "example_on": None,
        "item_count": None,
        "standard_error": None,
        "issuer": "exam-house",
        "ai_condition": "unaided",
        "expires_on": "2190-01-01",
        "routine": True,
        "effect_beyond_team": False,
        "source": ["issuer:exam-house"],
        "ceiling": None,
        "ceiling_reason": None,
        "ageing_on": dates.ageing_on.isoformat(),
        "stale_on": dates.stale_on.isoformat(),
        "lapses_on": dates.lapses_on.isoformat(),
        "recorded_at": told["recorded_at"],
        "recorded_by": f"client:{api.name}",
        "revoked_on": None,
        "policy_version": PolicyVersion.objects.get().version,
    }
    assert Competency.objects.get(person=org.ben).verified_level > 0


def test_people_are_named_by_uuid_or_external_id(
    api: Any, org: SimpleNamespace, credential_body: Body
) -> None:
    by_uuid = api.record(credential_body(person=str(org.ben.uuid)), "one")
    assert by_uuid.status_code == 201
    by_id = api.record(credential_body(person="H2"), "one")
    assert (by_id.status_code, by_id.content) == (200, by_uuid.content)


# --- what each kind needs -----------------------------------------------------------------------

NEEDS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("completion", {"issuer": "academy", "level": 0}, {"issuer"}),
    ("self_report", {"level": 3}, set()),
    ("quiz", {"issuer": "academy", "item_count": 8, "level": 1}, {"issuer", "item_count"}),
    (
        "adaptive_assessment",
        {"issuer": "academy", "standard_error": 0.3, "item_count": 20},
        {"issuer", "standard_error"},
    ),
    ("practical_task", {"assessors": ["H4"], "marks": [2]}, {"assessors"}),
    (
        "practical_task_double",
        {"assessors": ["H4", "H5"], "marks": [2, 3]},
        {"assessors", "marks"},
    ),
    ("drill", {"assessors": ["H4"]}, {"assessors"}),
    ("workplace_evidence", {"assessors": ["H4"], "routine": False}, {"assessors", "routine"}),
    ("peer_validation", {"assessors": ["H3"], "level": 1}, {"assessors"}),
    (
        "manager_validation",
        {"assessors": ["H1"], "example": "Cut over", "example_on": "2026-01-05"},
        {"assessors"},
    ),
    ("credential_unproctored", {"issuer": "academy", "level": 1}, {"issuer"}),
    ("credential_knowledge", {"issuer": "academy"}, {"issuer"}),
    ("credential_performance", {"issuer": "academy", "accepted_by": "H4"}, {"issuer"}),
    (
        "panel",
        {"assessors": ["H4", "H5", "H6"], "marks": [2, 2, 4], "effect_beyond_team": True},
        {"assessors", "marks", "effect_beyond_team"},
    ),
]


@pytest.fixture
def more_assessors(org: SimpleNamespace, make_person: Any) -> None:
    for external_id in ("H5", "H6"):
        person = make_person(external_id=external_id)
        for appointment in org.dora.assessor_appointments.all():
            appointment.pk, appointment.uuid, appointment.person = None, uuid4(), person
            appointment._state.adding = True
            appointment.save()


def test_this_table_has_every_kind() -> None:
    assert {kind for kind, _, _ in NEEDS} == set(EVERY_KIND)


@pytest.mark.parametrize(("kind", "more", "needed"), NEEDS, ids=[kind for kind, _, _ in NEEDS])
def test_a_kind_is_recorded_with_what_it_needs_and_refused_without(
    api: Any,
    more_assessors: None,
    credential_body: Body,
    kind: str,
    more: dict[str, Any],
    needed: set[str],
) -> None:
    body = credential_body(kind=kind)
    del body["issuer"]
    missing = pointers(api.record(body)) if needed else {}
    assert missing == {f"/{name}": "required" for name in needed}
    answer = api.record(body | more)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    for name in set(more) - {"assessors", "accepted_by", "marks"}:
        assert told[name] == more[name]
    assert len(told["assessors"]) == len(more.get("assessors", []))
    assert sorted(told["marks"]) == sorted(more.get("marks", []))


@pytest.mark.parametrize(
    ("kind", "marks"),
    [("practical_task_double", {"H4": 3, "H5": 2}), ("panel", {"H4": 2, "H5": 4, "H6": 1})],
)
def test_each_mark_is_told_with_the_assessor_who_gave_it_in_whatever_order_they_were_sent(
    api: Any, more_assessors: None, credential_body: Body, kind: str, marks: dict[str, int]
) -> None:
    people = {each.external_id: str(each.uuid) for each in Person.objects.all()}
    body = credential_body(kind=kind)
    del body["issuer"]
    if kind == "panel":
        body["effect_beyond_team"] = True
    for names in permutations(marks):
        pairs = {"assessors": list(names), "marks": [marks[name] for name in names]}
        told = api.record(body | pairs).json()
        given = dict(zip(told["assessors"], told["marks"], strict=True))
        assert given == {people[name]: mark for name, mark in marks.items()}
        row = Evidence.objects.get(uuid=told["uuid"])
        assert [f"person:{uuid}" for uuid in told["assessors"]] == row.source


def test_the_same_marks_of_other_assessors_are_other_evidence(
    api: Any, more_assessors: None, credential_body: Body
) -> None:
    body = credential_body(kind="practical_task_double", assessors=["H4", "H5"], marks=[3, 2])
    del body["issuer"]
    assert api.record(body, "order-7").status_code == 201
    turned = api.record(body | {"assessors": ["H5", "H4"], "marks": [2, 3]}, "order-7")
    swapped = api.record(body | {"assessors": ["H5", "H4"]}, "order-7")
    fewer = api.record(body | {"marks": [3]}, "order-7")
    assert [turned.status_code, swapped.status_code, fewer.status_code] == [200, 409, 409]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"issuer": "Exam House"}, {"/issuer": "invalid"}),
        ({"marks": [1]}, {"/marks": "not_used"}),
        ({"person": "nobody"}, {"/person": "unknown"}),
        ({"skill": "cookery"}, {"/skill": "unknown"}),
        ({"kind": "rumour"}, {"/kind": "unknown"}),
        ({"accepted_by": "nobody"}, {"/accepted_by": "unknown"}),
        ({"accepted_by": "H2"}, {"/accepted_by": "vouches_for_oneself"}),
        ({"accepted_by": "H1"}, {"/accepted_by": "no_reach"}),
        ({"level": 3, "top_level": 2}, {"/level": "above_top_level"}),
        ({"observed_on": "2999-01-01"}, {"/observed_on": "out_of_range"}),
        ({"observed_on": "2190-01-01"}, {"/observed_on": "future_date"}),
        ({"observed_on": "2026-02-30"}, {"/observed_on": "invalid"}),
        ({"observed_on": "2026-10-1"}, {"/observed_on": "invalid"}),
        ({"observed_on": 20261001}, {"/observed_on": "invalid"}),
        ({"expires_on": "2026-W40-4"}, {"/expires_on": "invalid"}),
        ({"expires_on": "2000-01-01"}, {"/expires_on": "expiry_not_after_observed"}),
        ({"kind": "drill", "assessors": ["H4", "x"]}, {"/assessors": "unknown"}),
        ({"kind": "drill", "assessors": ["H2"]}, {"/assessors": "vouches_for_oneself"}),
        ({"kind": "drill", "assessors": ["H1"]}, {"/assessors": "no_reach"}),
        ({"kind": "quiz", "item_count": 7}, {"/item_count": "too_few_items"}),
        (
            {"kind": "adaptive_assessment", "standard_error": 0.5},
            {"/standard_error": "standard_error_too_high"},
        ),
        (
            {"kind": "practical_task", "assessors": ["H4"], "marks": [4]},
            {"/marks": "level_not_from_marks"},
        ),
        ({"kind": "quiz", "item_count": 8, "level": 0}, {"/level": "not_passed"}),
        ({"kind": "practical_task", "assessors": ["H4"], "level": 0}, {"/level": "not_passed"}),
        (
            {"kind": "practical_task", "assessors": ["H4"], "marks": [0], "level": 0},
            {"/level": "not_passed"},
        ),
        ({"person": "a\ud800"}, {"/person": "surrogate_characters_not_allowed"}),
        ({"recorded_at": "2026-01-01"}, {"/recorded_at": "unknown"}),
    ],
)
def test_what_the_policy_refuses_is_named_and_not_recorded(
    api: Any, credential_body: Body, change: dict[str, Any], errors: dict[str, str]
) -> None:
    body = credential_body(**change)
    if change.get("kind") not in (None, "rumour", "quiz", "adaptive_assessment"):
        del body["issuer"]
    assert pointers(api.record(body)) == errors
    assert not Evidence.objects.exists()


def test_a_ceiling_that_was_lowered_is_told_with_its_reason(
    api: Any, credential_body: Body
) -> None:
    told = api.record(credential_body(kind="credential_performance", level=3)).json()
    assert (told["ceiling"], told["ceiling_reason"]) == (2, "awaits_acceptance")


# --- once only ----------------------------------------------------------------------------------


def test_the_same_request_again_answers_word_for_word_and_records_nothing(
    api: Any, credential_body: Body
) -> None:
    first = api.record(credential_body(), "order-7")
    policy = PolicyVersion.objects.get()
    publish_policy({**policy.document, "version": "next"})
    api.post(f"evidence/{first.json()['uuid']}/revoke/", {"reason": "Wrong person"})
    again = api.record(credential_body(), "order-7")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"level": 1},
        {"person": "H3"},
        {"skill": "core-diligence"},
        {"issuer": "another"},
        {"ai_condition": "aided"},
        {"kind": "credential_unproctored"},
    ],
)
def test_the_same_key_with_other_evidence_is_a_conflict(
    api: Any, credential_body: Body, change: dict[str, Any]
) -> None:
    assert api.record(credential_body(), "order-7").status_code == 201
    answer = api.record(credential_body(**change), "order-7")
    assert answer.status_code == 409
    assert answer["content-type"] == "application/problem+json"
    assert Evidence.objects.count() == 1


def test_each_client_has_keys_of_its_own(
    api: Any, make_api: MakeApi, credential_body: Body
) -> None:
    other = make_api(kinds=EVERY_KIND)
    assert api.record(credential_body(), "order-7").status_code == 201
    assert other.record(credential_body(issuer="else"), "order-7").status_code == 201


def test_no_name_of_a_client_makes_its_keys_those_of_another(
    make_api: MakeApi, credential_body: Body, org: SimpleNamespace
) -> None:
    exams, north = (make_api(kinds=EVERY_KIND, name=name) for name in ("Exams", "Exams|north"))
    assert exams.record(credential_body(), "north|1").status_code == 201
    assert north.record(credential_body(), "1").status_code == 201
    Application.objects.filter(name="Exams").update(name="Exams and badges")
    assert exams.record(credential_body(), "north|1").status_code == 200


@pytest.mark.parametrize("key", [None, "", "k" * 121, "caf\u00e9", "order 7", " "])
def test_evidence_without_a_usable_key_is_refused(
    api: Any, credential_body: Body, key: str | None
) -> None:
    headers = {} if key is None else {"idempotency_key": key}
    answer = api.post("evidence/", credential_body(), **headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_one_request_sent_by_two_threads_at_once_is_recorded_once(
    api: Any, credential_body: Body
) -> None:
    body = credential_body()

    def send(number: int) -> Any:
        try:
            return api.record(body, f"order-{number // 2}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(20)))
    assert Evidence.objects.count() == 10
    for one, other in zip(answers[::2], answers[1::2], strict=True):
        assert sorted([one.status_code, other.status_code]) == [200, 201]
        assert one.content == other.content


# --- kinds granted, revocation, reading ---------------------------------------------------------


def test_a_kind_that_was_not_granted_is_refused_by_name(
    make_api: MakeApi, org: SimpleNamespace, credential_body: Body
) -> None:
    quizzes = make_api(kinds=("quiz",))
    answer = quizzes.record(credential_body())
    assert answer.status_code == 403
    assert "credential_knowledge" in answer.json()["detail"]
    assert not Evidence.objects.exists()


def test_revoked_evidence_counts_as_if_it_had_never_been(
    api: Any, org: SimpleNamespace, credential_body: Body
) -> None:
    uuid = api.record(credential_body()).json()["uuid"]
    answer = api.post(f"evidence/{uuid}/revoke/", {"reason": "Wrong person"})
    assert answer.status_code == 200
    assert answer.json()["revoked_on"] == timezone.localdate().isoformat()
    assert Competency.objects.get(person=org.ben).verified_level == 0
    look = RecordAccess.objects.get(what="Evidence revoked (API)")
    assert (look.subject, look.client) == (org.ben, api.name)
    revocation = Evidence.objects.get().revocation
    assert (revocation.reason, revocation.recorded_by_client) == ("Wrong person", api.name)
    again = api.post(f"evidence/{uuid}/revoke/", {"reason": "Once more"})
    assert again.status_code == 409


def test_a_client_revokes_only_kinds_that_it_was_granted(
    api: Any, make_api: MakeApi, credential_body: Body
) -> None:
    uuid = api.record(credential_body()).json()["uuid"]
    quizzes = make_api(kinds=("quiz",))
    assert quizzes.post(f"evidence/{uuid}/revoke/", {"reason": "x"}).status_code == 403
    assert api.post(f"evidence/{uuid4()}/revoke/", {"reason": "x"}).status_code == 404
    assert pointers(api.post(f"evidence/{uuid}/revoke/", {"reason": "  "})) == {"/reason": "blank"}
    assert pointers(api.post(f"evidence/{uuid}/revoke/", {})) == {"/reason": "required"}
    assert pointers(api.post(f"evidence/{uuid}/revoke/", {"reason": "x", "by": "me"})) == {
        "/by": "unknown"
    }


def test_the_api_neither_changes_nor_deletes_evidence(api: Any, credential_body: Body) -> None:
    uuid = api.record(credential_body()).json()["uuid"]
    for method in ("put", "patch", "delete"):
        ask = getattr(api.http, method)
        assert ask("/api/v1/evidence/", headers=api.headers()).status_code == 405
        assert ask(f"/api/v1/evidence/{uuid}/", headers=api.headers()).status_code == 404


def test_a_persons_evidence_is_told_with_what_was_revoked(
    api: Any, org: SimpleNamespace, credential_body: Body
) -> None:
    first = api.record(credential_body()).json()
    second = api.record(credential_body(kind="drill", assessors=["H4"]) | {"issuer": None})
    assert second.status_code == 422  # null is no value
    api.post(f"evidence/{first['uuid']}/revoke/", {"reason": "Wrong person"})
    answer = api.get(f"people/{org.ben.uuid}/evidence/").json()
    assert answer["person"] == str(org.ben.uuid)
    assert [row["revoked_on"] for row in answer["results"]] == [str(timezone.localdate())]
    assert RecordAccess.objects.latest("at").what == "Evidence (API)"
    assert api.get(f"people/{uuid4()}/evidence/").status_code == 404


def test_evidence_recorded_here_by_a_person_says_so(
    api: Any, org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    task(org.ben, "core-safe-data")
    row = api.get(f"people/{org.ben.uuid}/evidence/").json()["results"][0]
    assert row["recorded_by"] == f"person:{org.dora.uuid}"
    assert row["assessors"] == [str(org.dora.uuid)]


def test_a_persons_evidence_takes_the_same_queries_for_one_row_and_many(
    api: Any, org: SimpleNamespace, task: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    for days in range(10):
        task(org.ben, "core-safe-data", ago=days + 1)
        if days in (0, 9):
            with django_assert_num_queries(5):
                api.get(f"people/{org.ben.uuid}/evidence/")


def test_dates_follow_the_policy_version_that_is_named(
    api: Any, org: SimpleNamespace, credential_body: Body
) -> None:
    first = api.record(credential_body()).json()
    document = PolicyVersion.objects.get().document
    skill = {**document["skills"]["core-safe-data"], "half_life_months": 1}
    skills = {**document["skills"], "core-safe-data": skill}
    brief = publish_policy({**document, "version": "brief", "skills": skills})
    row = api.get(f"people/{org.ben.uuid}/evidence/").json()["results"][0]
    assert (row["policy_version"], row["lapses_on"]) == (
        first["policy_version"],
        first["lapses_on"],
    )  # until the job has written the new dates
    republish_dates(brief.pk)
    row = api.get(f"people/{org.ben.uuid}/evidence/").json()["results"][0]
    assert row["policy_version"] == "brief"
    assert row["lapses_on"] < first["lapses_on"]
