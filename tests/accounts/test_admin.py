"""The admin of people keeps the same rules as the services."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from auditlog.context import set_actor
from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import CheckConstraint
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts import services
from accounts.models import Identity, Invitation, JobRole, OrgUnit, Person, Position, RecordAccess
from tests.accounts.admin_forms import change_url, form_of

SignIn = Callable[[Person], Client]
AUDIT_LOG = "admin:auditlog_logentry_changelist"


@pytest.mark.parametrize("name", ["person", "orgunit", "jobrole", "invitation", "recordaccess"])
def test_lists_open_for_the_admin_and_nobody_else(
    organisation: Any, sign_in: SignIn, client: Client, name: str, make_unit: Any, place: Any
) -> None:
    make_unit("Ops")
    place(organisation.person, "Ops", "engineer")
    services.invite_person(organisation.person, by=organisation.hr)
    services.record_look(viewer=organisation.hr, subject=organisation.person, what="Profile")
    url = reverse(f"admin:accounts_{name}_changelist")
    assert client.get(url).status_code == 302
    assert sign_in(organisation.hr).get(url).status_code in (302, 403)
    page = sign_in(organisation.admin).get(url, {"q": ""})
    assert page.status_code == 200


def test_the_admin_is_entered_by_our_sign_in(
    organisation: Any, client: Client, sign_in: SignIn
) -> None:
    page = client.get(reverse("admin:login"))
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_login"))
    assert sign_in(organisation.person).get(reverse("admin:login")).status_code == 403


def test_adding_a_person_gives_them_their_path_and_no_password(
    organisation: Any, sign_in: SignIn
) -> None:
    client = sign_in(organisation.admin)
    url = reverse("admin:accounts_person_add")
    assert client.get(url).status_code == 200
    given = form_of(
        manager=organisation.manager.pk,
        email="New@Example.org",
        identities=[{"system": "git", "identifier": "new"}],
    )
    assert client.post(url, given).status_code == 302
    made = Person.objects.get(email="new@example.org")
    assert made.line_path == organisation.manager.line_path + made.line_step
    assert made.external_id is None
    assert not made.has_usable_password()
    assert Identity.objects.get().person == made
    assert Person.objects.filter(name="New Name").count() == 1


def test_adding_an_inactive_person_with_a_position(
    organisation: Any, sign_in: SignIn, make_unit: Any, make_job_role: Any
) -> None:
    row = {"unit": make_unit().pk, "job_role": make_job_role().pk, "share": "1",
           "starts_on": "2026-01-01"}  # fmt: skip
    url = reverse("admin:accounts_person_add")
    response = sign_in(organisation.admin).post(url, form_of(is_active=None, positions=[row]))
    assert response.status_code == 302
    made = Person.objects.get(email="new@example.org")
    assert not made.is_active
    assert made.positions.count() == 1


def test_changing_the_manager_moves_the_line(organisation: Any, sign_in: SignIn) -> None:
    client = sign_in(organisation.admin)
    assert client.get(change_url(organisation.manager)).status_code == 200
    given = form_of(organisation.manager, manager=organisation.stranger.pk, name="Mara Moved")
    assert client.post(change_url(organisation.manager), given).status_code == 302
    person = Person.objects.get(pk=organisation.person.pk)
    assert person.line_path.startswith(organisation.stranger.line_path)
    assert Person.objects.get(pk=organisation.manager.pk).name == "Mara Moved"


@pytest.mark.parametrize("target", ["manager", "person"])
def test_a_circle_is_an_error_at_the_field(organisation: Any, sign_in: SignIn, target: str) -> None:
    given = form_of(organisation.manager, manager=organisation.named(target).pk)
    page = sign_in(organisation.admin).post(change_url(organisation.manager), given)
    assert page.status_code == 200
    assert "circle" in page.text
    assert Person.objects.get(pk=organisation.manager.pk).manager == organisation.head


def test_opening_somebodys_record_is_a_look_they_can_see(
    organisation: Any, sign_in: SignIn
) -> None:
    client = sign_in(organisation.admin)
    client.get(change_url(organisation.person))
    look = RecordAccess.objects.get()
    assert (look.actor, look.subject) == (organisation.admin, organisation.person)
    assert look.what == "Person (administration)"
    wrong = form_of(organisation.person, email="no address")
    assert client.post(change_url(organisation.person), wrong).status_code == 200
    assert RecordAccess.objects.count() == 2  # the page was shown again
    right = form_of(organisation.person)
    assert client.post(change_url(organisation.person), right).status_code == 302
    client.get(change_url(organisation.admin))
    client.get(reverse("admin:accounts_person_add"))
    assert RecordAccess.objects.count() == 2


def test_listing_people_in_the_admin_is_one_look_at_everybody(
    organisation: Any, sign_in: SignIn
) -> None:
    url = reverse("admin:accounts_person_changelist")
    client = sign_in(organisation.admin)
    assert client.get(url, {"is_staff__exact": "0"}).status_code == 200
    assert client.get(url, {"no_such_filter": "1"}).status_code == 302
    look = RecordAccess.objects.get()
    assert (look.scope_kind, look.scope) == ("organisation", "the whole organisation")


def test_a_search_in_the_admin_is_a_look_at_those_it_shows(
    organisation: Any, sign_in: SignIn
) -> None:
    url = reverse("admin:accounts_person_changelist")
    sign_in(organisation.admin).get(url, {"q": "petra"})
    look = RecordAccess.objects.get()
    assert (look.subject, look.scope) == (organisation.person, "")


def test_the_admin_of_people_is_closed_to_those_who_may_not_look(
    organisation: Any, sign_in: SignIn
) -> None:
    sign_in(organisation.colleague).get(change_url(organisation.person))
    sign_in(organisation.colleague).get(reverse("admin:accounts_person_changelist"))
    assert not RecordAccess.objects.exists()


def test_a_mail_address_in_other_case_is_taken(organisation: Any, sign_in: SignIn) -> None:
    given = form_of(organisation.person, email=organisation.colleague.email.upper())
    page = sign_in(organisation.admin).post(change_url(organisation.person), given)
    assert "Another person has this e-mail address" in page.text


def test_deactivating_withdraws_the_invitation_and_can_be_undone(
    organisation: Any, sign_in: SignIn
) -> None:
    services.invite_person(organisation.person, by=None)
    client = sign_in(organisation.admin)
    client.post(change_url(organisation.person), form_of(organisation.person, is_active=None))
    assert not Person.objects.get(pk=organisation.person.pk).is_active
    assert Invitation.objects.get().revoked_at
    client.post(change_url(organisation.person), form_of(organisation.person))
    assert Person.objects.get(pk=organisation.person.pk).is_active


def test_who_is_in_a_group_is_said_at_the_person(organisation: Any, sign_in: SignIn) -> None:
    client = sign_in(organisation.admin)
    assert 'name="groups"' in client.get(change_url(organisation.person)).text
    hr = Group.objects.get(name="hr")
    given = form_of(organisation.person, groups=hr.pk)
    assert client.post(change_url(organisation.person), given).status_code == 302
    assert list(organisation.person.groups.all()) == [hr]
    client.post(change_url(organisation.person), form_of(organisation.person))
    assert not organisation.person.groups.exists()


def test_groups_themselves_are_not_changed_since_rights_hang_on_their_names(
    organisation: Any, sign_in: SignIn
) -> None:
    client = sign_in(organisation.admin)
    assert client.get("/admin/auth/group/").status_code == 404
    assert "/auth/group/" not in client.get(reverse("admin:index")).text
    assert "/auth/group/" not in client.get(change_url(organisation.person)).text


def test_people_are_not_deleted(organisation: Any, sign_in: SignIn) -> None:
    url = reverse("admin:accounts_person_delete", args=[organisation.person.pk])
    assert sign_in(organisation.admin).post(url, {"post": "yes"}).status_code == 403


def test_positions_are_corrected_within_the_shares(
    organisation: Any, sign_in: SignIn, place: Any, make_unit: Any, make_job_role: Any
) -> None:
    person = organisation.person
    stored = place(person, "Ops", "engineer", share=Decimal("0.6"))
    row = {
        "unit": stored.unit_id, "job_role": stored.job_role_id, "share": "0.6",
        "starts_on": "2020-01-01", "person": person.pk,
    }  # fmt: skip
    client = sign_in(organisation.admin)
    too_much = [row | {"id": stored.pk}, row | {"share": "0.5"}]
    page = client.post(change_url(person), form_of(person, positions=too_much))
    assert page.status_code == 200
    assert "add up to 1.1" in page.text
    fits = [row | {"id": stored.pk, "share": "0.5"}, row | {"share": "0.5"}]
    assert client.post(change_url(person), form_of(person, positions=fits)).status_code == 302
    assert [p.share for p in Position.objects.all()] == [Decimal("0.5")] * 2
    gone = [row | {"id": stored.pk, "DELETE": "on"}]
    first, second = Position.objects.order_by("pk")
    gone.append(row | {"id": second.pk, "share": "1"})
    assert client.post(change_url(person), form_of(person, positions=gone)).status_code == 302
    assert [(p.pk, p.share) for p in Position.objects.all()] == [(second.pk, Decimal(1))]
    assert first.pk == stored.pk


def test_a_position_that_ends_before_it_begins_is_refused_in_plain_words(
    organisation: Any, sign_in: SignIn, make_unit: Any, make_job_role: Any
) -> None:
    row = {
        "unit": make_unit().pk, "job_role": make_job_role().pk, "share": "1",
        "starts_on": "2026-02-01", "ends_on": "2026-01-01",
    }  # fmt: skip
    client, person = sign_in(organisation.admin), organisation.person
    page = client.post(change_url(person), form_of(person, positions=[row]))
    assert page.status_code == 200
    assert "A position cannot end before it begins." in page.text
    assert "Constraint" not in page.text
    assert not Position.objects.exists()


def test_every_rule_of_a_table_that_a_form_can_break_says_so_in_words() -> None:
    asked = RequestFactory().get("/")
    asked.user = Person(is_superuser=True, is_active=True, is_staff=True)
    edited = [
        model for model, page in admin.site._registry.items() if page.has_change_permission(asked)
    ]
    edited += [Position]  # at the person
    bare = [
        rule.name
        for model in edited
        for rule in model._meta.constraints
        if isinstance(rule, CheckConstraint)
        and rule.violation_error_message == rule.default_violation_error_message
    ]
    assert Person in edited
    assert bare == []


@pytest.mark.parametrize("model", [Invitation, RecordAccess])
def test_records_are_read_only(organisation: Any, sign_in: SignIn, model: Any) -> None:
    services.invite_person(organisation.person, by=organisation.hr)
    services.record_look(viewer=organisation.hr, subject=organisation.person, what="Profile")
    row = model.objects.get()
    client = sign_in(organisation.admin)
    name = f"admin:accounts_{model._meta.model_name}"
    page = client.get(reverse(f"{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert str(getattr(row, "uuid", "-no uuid-")) not in page.text
    assert client.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
    assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse(f"{name}_add")).status_code == 403


def test_job_roles_come_from_content_and_are_only_shown(
    organisation: Any, sign_in: SignIn, make_job_role: Callable[..., JobRole]
) -> None:
    role = make_job_role("engineer")
    client = sign_in(organisation.admin)
    assert "content/" in client.get(reverse("admin:accounts_jobrole_changelist")).text
    change = reverse("admin:accounts_jobrole_change", args=[role.pk])
    assert client.get(change).status_code == 200
    given = {"name": "Engineer", "slug": "engineer", "is_active": "on", "inherits": role.pk}
    assert client.post(change, given).status_code == 403
    delete = reverse("admin:accounts_jobrole_delete", args=[role.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:accounts_jobrole_add")).status_code == 403
    role.refresh_from_db()
    assert role.inherits is None


def test_changes_are_in_the_audit_log_without_passwords(organisation: Any, place: Any) -> None:
    person = organisation.person
    services.update_person(person, name="Petra Renamed")
    person.set_password("quiet-harbour")
    person.save(update_fields=["password"])
    services.move_person(person, manager=organisation.head)
    place(person, "Ops", "engineer")
    entries = LogEntry.objects.get_for_object(person)
    changed = {name for entry in entries for name in (entry.changes_dict or {})}
    assert {"name", "manager"} <= changed
    assert not {"password", "last_login", "line_path"} & changed
    for model in (Position, OrgUnit, JobRole):
        assert LogEntry.objects.get_for_model(model).exists()


@pytest.mark.parametrize(
    ("words", "found"), [("petra renamed", 1), ("hanna", 1), ("audra", 0), ("20", 1)]
)
def test_the_audit_log_is_searched_by_what_changed_and_who_did_it(
    organisation: Any, sign_in: SignIn, words: str, found: int
) -> None:
    LogEntry.objects.all().delete()
    with set_actor(organisation.hr):
        services.update_person(organisation.person, name="Petra Renamed")
    page = sign_in(organisation.admin).get(reverse(AUDIT_LOG), {"q": words})
    assert page.status_code == 200
    assert page.text.count('class="field-created') == found


def test_the_audit_log_is_read_only(organisation: Any, sign_in: SignIn) -> None:
    services.update_person(organisation.person, name="Petra Renamed")
    entry = LogEntry.objects.latest("pk")
    client = sign_in(organisation.admin)
    change, delete, add = (
        reverse(f"admin:auditlog_logentry_{what}", args=args)
        for what, args in (("change", [entry.pk]), ("delete", [entry.pk]), ("add", []))
    )
    page = client.get(change)
    assert page.status_code == 200
    assert "Petra Renamed" in page.text
    assert client.post(change, {"action": "0"}).status_code == 403
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert client.get(add).status_code == 403
    given = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    client.post(reverse(AUDIT_LOG), given)
    assert LogEntry.objects.filter(pk=entry.pk).exists()
