"""The admin of skills: content is read-only, appointments and exemptions go through services."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.enums import Group
from accounts.models import Person, RecordAccess
from skills.enums import Kind
from skills.models import (
    AssessorAppointment,
    ClientKindGrant,
    Competency,
    Exemption,
    Revocation,
    Settlement,
    Skill,
    SkillLevel,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
Make = Callable[..., Any]
READ_ONLY = [
    "competency",
    "domain",
    "evidencekind",
    "policyversion",
    "requirement",
    "scalelevel",
    "skill",
]


@pytest.fixture
def boss(make_person: Make) -> Person:
    return make_person("Boss", is_staff=True, is_superuser=True)


@pytest.fixture
def office(boss: Person, sign_in: Make) -> Client:
    client: Client = sign_in(boss)
    return client


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_comes_from_content_is_only_shown_and_says_so(
    office: Client, org: SimpleNamespace, give: Make, require: Make, make_person: Make, name: str
) -> None:
    give(make_person(), org.plain, Kind.QUIZ, 1, 3)
    require(org.employee, org.plain, 1)
    SkillLevel.objects.create(skill=org.plain, level=1, descriptor="Does it.")
    page = office.get(f"/admin/skills/{name}/")
    assert page.status_code == 200
    note = admin.site._registry[_model(name)].note  # type: ignore[attr-defined]
    assert note.split("(")[0] in page.content.decode()
    row = _model(name)._default_manager.first()
    if row is not None:
        assert office.get(f"/admin/skills/{name}/{row.pk}/change/").status_code == 200
        assert office.post(f"/admin/skills/{name}/{row.pk}/change/", {}).status_code == 403
        assert office.post(f"/admin/skills/{name}/{row.pk}/delete/").status_code == 403
    assert office.post(f"/admin/skills/{name}/add/", {}).status_code == 403


def test_stored_competencies_are_called_a_cache_and_say_how_they_are_made_again(
    office: Client, org: SimpleNamespace, give: Make, make_person: Make
) -> None:
    give(make_person(), org.plain, Kind.QUIZ, 1, 3)
    page = office.get("/admin/skills/competency/").content.decode()
    assert "a cache: each is worked out from the evidence ledger" in page
    assert "manage.py rebuild_competencies" in page
    assert "/admin/skills/competency/add/" not in page


def _model(name: str) -> Any:
    return next(
        model
        for model in admin.site._registry
        if (model._meta.app_label, model._meta.model_name) == ("skills", name)
    )


def test_an_appointment_is_made_in_the_admin_and_only_its_end_changes(
    office: Client, boss: Person, org: SimpleNamespace, make_person: Make
) -> None:
    person = make_person("Tom Hale")
    given = {
        "person": person.pk,
        "domain": org.domains["core"].pk,
        "highest_level": 3,
        "starts_on": "2026-11-01",
        "ends_on": "",
        "reason": "Trained",
    }
    page = office.post("/admin/skills/assessorappointment/add/", given)
    assert page.status_code == 302
    made = AssessorAppointment.objects.get()
    assert (made.person, made.appointed_by, made.highest_level) == (person, boss, 3)
    address = f"/admin/skills/assessorappointment/{made.pk}/change/"
    assert office.get(address).status_code == 200
    office.post(address, {"ends_on": "2026-12-31", "highest_level": 1})
    made.refresh_from_db()
    assert (str(made.ends_on), made.highest_level) == ("2026-12-31", 3)
    for end in ("2026-10-01", "tomorrow"):
        assert office.post(address, {"ends_on": end}).status_code == 200
    made.refresh_from_db()
    assert str(made.ends_on) == "2026-12-31"
    assert office.post(address, {"ends_on": "2026-12-31"}).status_code == 302  # as it was
    made.refresh_from_db()
    assert str(made.ends_on) == "2026-12-31"
    assert office.post(f"/admin/skills/assessorappointment/{made.pk}/delete/").status_code == 403
    assert office.get("/admin/skills/assessorappointment/").status_code == 200


def test_nobody_appoints_or_exempts_themselves(
    office: Client, boss: Person, org: SimpleNamespace
) -> None:
    given = {"person": boss.pk, "starts_on": "2026-11-01", "ends_on": "2026-12-01", "reason": "x"}
    page = office.post(
        "/admin/skills/assessorappointment/add/",
        given | {"domain": org.domains["core"].pk, "highest_level": 3},
    )
    assert "Nobody appoints themselves." in page.content.decode()
    page = office.post("/admin/skills/exemption/add/", given | {"skill": org.plain.pk})
    assert "Nobody exempts themselves." in page.content.decode()
    assert not AssessorAppointment.objects.exists()
    assert not Exemption.objects.exists()


@pytest.mark.parametrize("end", ["2026-12-02", "2099-01-01", ""])
@pytest.mark.parametrize("whose", ["own", "another's"])
def test_nobody_is_given_more_time_by_moving_the_end(
    office: Client, boss: Person, org: SimpleNamespace, make_person: Make, end: str, whose: str
) -> None:
    person = boss if whose == "own" else make_person()
    days = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 1), "reason": "x"}
    made = (
        AssessorAppointment.objects.create(
            person=person, domain=org.domains["core"], highest_level=2, **days
        ),
        Exemption.objects.create(person=person, skill=org.plain, approved_by=boss, **days),
    )
    for row in made:
        address = f"/admin/skills/{row._meta.model_name}/{row.pk}/change/"
        page = office.post(address, {"ends_on": end})
        assert page.status_code == 200
        assert ("make a new one" if end or row is made[0] else "required") in page.text
        row.refresh_from_db()
        assert row.ends_on == date(2026, 12, 1)


def test_decisions_about_people_and_clients_are_in_the_audit_log(
    office: Client, boss: Person, org: SimpleNamespace, make_person: Make
) -> None:
    given = {
        "person": make_person().pk, "skill": org.plain.pk, "starts_on": "2026-11-01",
        "ends_on": "2026-12-01", "reason": "On leave",
    }  # fmt: skip
    office.post("/admin/skills/exemption/add/", given)
    made = Exemption.objects.get()
    office.post(f"/admin/skills/exemption/{made.pk}/change/", {"ends_on": "2026-11-30"})
    added, ended = LogEntry.objects.get_for_object(made).order_by("pk")
    assert added.actor == ended.actor == boss
    assert ended.changes_dict == {"ends_on": ["2026-12-01", "2026-11-30"]}
    for model in (AssessorAppointment, ClientKindGrant):
        assert auditlog.contains(model)


def test_days_in_the_wrong_order_are_an_error_of_the_form(
    office: Client, org: SimpleNamespace, make_person: Make
) -> None:
    given = {
        "person": make_person().pk,
        "starts_on": "2026-11-20",
        "ends_on": "2026-11-01",
        "reason": "x",
    }
    for name, more in (
        ("assessorappointment", {"domain": org.domains["core"].pk, "highest_level": 3}),
        ("exemption", {"skill": org.plain.pk}),
    ):
        page = office.post(f"/admin/skills/{name}/add/", given | more)
        assert page.status_code == 200
        assert "It cannot end before it starts." in page.content.decode()


def test_an_exemption_is_made_in_the_admin(
    office: Client, boss: Person, org: SimpleNamespace, make_person: Make
) -> None:
    person = make_person()
    given = {
        "person": person.pk,
        "skill": org.plain.pk,
        "starts_on": "2026-11-01",
        "ends_on": "2026-12-01",
        "reason": "On leave",
    }
    assert office.post("/admin/skills/exemption/add/", given).status_code == 302
    made = Exemption.objects.get()
    assert (made.person, made.approved_by) == (person, boss)
    address = f"/admin/skills/exemption/{made.pk}/change/"
    assert office.post(address, {"ends_on": "2026-11-30"}).status_code == 302
    made.refresh_from_db()
    assert str(made.ends_on) == "2026-11-30"


@pytest.fixture
def person_on_record(org: SimpleNamespace, give: Make, make_person: Make, boss: Person) -> Person:
    """Somebody with a competency, a revoked and a settled piece of evidence and an exemption."""
    person: Person = make_person("Rita Record")
    one, other = (give(person, org.plain, Kind.QUIZ, 1, days).evidence for days in (3, 5))
    today = timezone.localdate()
    said = {"reason": "Mistake", "recorded_at": timezone.now()}
    Settlement.objects.create(set_aside=other, kept=one, decided_on=today, reviewer=boss, **said)
    Revocation.objects.create(evidence=one, revoked_on=today, recorded_by=boss, **said)
    days = {"starts_on": today, "ends_on": today}
    Exemption.objects.create(person=person, skill=org.plain, approved_by=boss, **days)
    appointment = {"domain": org.plain.domain, "highest_level": 2, "appointed_by": boss}
    AssessorAppointment.objects.create(person=person, **appointment, **days)
    return person


@pytest.mark.parametrize(
    "name",
    ["assessorappointment", "competency", "evidence", "exemption", "revocation", "settlement"],
)
def test_a_look_at_a_record_in_the_admin_is_logged(
    office: Client, boss: Person, person_on_record: Person, name: str
) -> None:
    assert office.get(f"/admin/skills/{name}/").status_code == 200
    wide = RecordAccess.objects.get()
    assert (wide.actor, wide.subject, wide.scope_kind) == (boss, None, "organisation")
    assert office.get(f"/admin/skills/{name}/", {"q": "rita"}).status_code == 200
    searched = RecordAccess.objects.latest("pk")
    assert (searched.subject, searched.scope) == (person_on_record, "")
    row = _model(name)._default_manager.latest("pk")
    assert office.get(f"/admin/skills/{name}/{row.pk}/change/").status_code == 200
    look = RecordAccess.objects.latest("pk")
    assert (look.actor, look.subject) == (boss, person_on_record)
    title = str(_model(name)._meta.verbose_name).capitalize()
    assert look.what == f"{title} (administration)"
    assert RecordAccess.objects.count() == 3


@pytest.mark.parametrize(
    "name",
    ["assessorappointment", "competency", "evidence", "exemption", "revocation", "settlement",
     "skill", "policyversion", "clientkindgrant"],
)  # fmt: skip
def test_an_auditor_opens_every_row_in_the_admin_and_changes_none(
    person_on_record: Person, make_person: Make, client: Client, name: str
) -> None:
    client.force_login(
        make_person(groups=[Group.AUDITOR]), backend="django.contrib.auth.backends.ModelBackend"
    )
    rows = list(_model(name)._default_manager.all())
    for row in rows:
        address = f"/admin/skills/{name}/{row.pk}/change/"
        page = client.get(address)
        assert page.status_code == 200
        assert 'name="_save"' not in page.text
        assert client.post(address, {"reason": "x"}).status_code == 403
    assert client.get(f"/admin/skills/{name}/").status_code == 200
    assert list(_model(name)._default_manager.all()) == rows


def test_a_look_at_content_in_the_admin_is_nobodys(office: Client, org: SimpleNamespace) -> None:
    office.get("/admin/skills/skill/")
    office.get(f"/admin/skills/skill/{org.plain.pk}/change/")
    assert not RecordAccess.objects.exists()


# --- the command ----------------------------------------------------------------------------


def test_the_command_appoints_the_first_assessor(org: SimpleNamespace, make_person: Make) -> None:
    person = make_person("Tom Hale", email="tom@example.org")
    out = StringIO()
    call_command(
        "appoint_assessor",
        "TOM@example.org",
        "core",
        "4",
        "--reason",
        "First",
        "--founding",
        "--from",
        "2026-01-01",
        "--to",
        "2026-12-31",
        stdout=out,
    )
    made = AssessorAppointment.objects.get(person=person)
    assert (made.is_founding, made.highest_level, made.appointed_by) == (True, 4, None)
    assert "up to level 4, from 2026-01-01 until 2026-12-31" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody@example.org", "core", "4"), "no active person"),
        (("tom@example.org", "cooking", "4"), "there are: core, security"),
        (("tom@example.org", "core", "5"), "1 to 4"),
    ],
)
def test_the_command_says_what_is_wrong(
    org: SimpleNamespace, make_person: Make, arguments: tuple[str, ...], message: str
) -> None:
    make_person(email="tom@example.org")
    with pytest.raises(CommandError, match=message):
        call_command("appoint_assessor", *arguments, "--reason", "First")


def test_a_competency_and_a_skill_have_readable_names(
    org: SimpleNamespace, give: Make, make_person: Make
) -> None:
    give(make_person(), org.plain, Kind.QUIZ, 1, 3)
    assert str(Competency.objects.get()).endswith(" 1")
    assert str(Skill.objects.all()[0]) == "Plain"
