"""Auditors read the administration: all of it but secrets, and they change nothing there."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from auditlog.models import LogEntry
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.enums import Group
from accounts.models import Identity, Person, RecordAccess
from accounts.services.clients import create_client

SignIn = Callable[[Person], Client]
KEPT_FROM_AUDITORS = {"socialaccount"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SHOWN = [model for model in admin.site._registry if model._meta.app_label not in KEPT_FROM_AUDITORS]


def address(model: type[Model], what: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


@pytest.fixture
def secrets(organisation: Any, place: Any) -> list[str]:
    """Rows of every kind this app shows; returns the secrets that some of them hold."""
    person: Person = organisation.person
    place(person, "Ops", "engineer")
    Identity.objects.create(person=person, system="lms", identifier="petra")
    invitation = services.invite_person(person, by=organisation.hr)
    services.record_look(viewer=organisation.hr, subject=person, what="Profile")
    Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET})
    made = create_client("HR system", scopes=("gaps:read",))
    client = made.application
    held = [person.password, str(invitation.uuid), SECRET, made.secret, client.client_secret]
    return [organisation.admin.password, *held]


def pages_of(client: Client, model: type[Model]) -> list[Any]:
    """The list, and each row's own page and history."""
    pages = [client.get(address(model, "changelist"))]
    for row in model._default_manager.all()[:3]:
        pages += [client.get(address(model, what, row.pk)) for what in ("change", "history")]
    return pages


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model._meta.label_lower)
def test_an_auditor_reads_and_writes_nothing(
    organisation: Any, sign_in: SignIn, secrets: list[str], model: type[Model]
) -> None:
    client = sign_in(organisation.auditor)
    pages = pages_of(client, model)
    assert {page.status_code for page in pages} == {200}
    text = "".join(page.text for page in pages)
    for secret in secrets:
        assert secret not in text
    assert 'name="_save"' not in text
    assert "deletelink" not in text
    assert client.get(address(model, "add")).status_code == 403
    row = model._default_manager.first()
    before = list(model._default_manager.values())
    if row is not None:
        assert client.post(address(model, "change", row.pk), {"name": "x"}).status_code == 403
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        ticked = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        assert client.post(address(model, "changelist"), ticked).status_code < 500
    if model is not RecordAccess:
        assert list(model._default_manager.values()) == before


def test_nothing_of_this_site_is_kept_from_auditors_by_oversight(organisation: Any) -> None:
    """Whoever registers a table of a further app says in AUDITED_APPS whether auditors read it."""
    for model, page in admin.site._registry.items():
        name = f"{model._meta.app_label}.view_{model._meta.model_name}"
        kept = model._meta.app_label in KEPT_FROM_AUDITORS
        assert organisation.auditor.has_perm(name) != kept, (name, page)
        for act in ("add", "change", "delete"):
            assert not organisation.auditor.has_perm(name.replace("view", act))


def test_what_holds_secrets_of_other_systems_is_not_the_auditors(
    organisation: Any, sign_in: SignIn
) -> None:
    client = sign_in(organisation.auditor)
    for name in ("socialapp", "socialtoken", "socialaccount"):
        assert client.get(f"/admin/socialaccount/{name}/").status_code == 403
    index = client.get(reverse("admin:index"))
    assert index.status_code == 200
    assert "socialaccount" not in index.text
    assert "/admin/accounts/person/" in index.text
    assert "/admin/skills/evidence/" in index.text
    assert "/add/" not in index.text


@pytest.mark.parametrize(
    "office", [None, Group.HR, Group.AUTHOR, Group.ASSESSOR, Group.COUNCIL], ids=str
)
def test_other_offices_open_no_administration(
    make_person: Callable[..., Person], sign_in: SignIn, office: Group | None
) -> None:
    client = sign_in(make_person(groups=[office] if office else []))
    assert client.get(reverse("admin:index")).status_code == 302
    for model in SHOWN:
        assert client.get(address(model, "changelist")).status_code in (302, 403)


def test_a_former_auditor_opens_nothing(
    make_person: Callable[..., Person], sign_in: SignIn
) -> None:
    person = make_person(groups=[Group.AUDITOR])
    client = sign_in(person)
    services.take_office(person, Group.AUDITOR)
    assert client.get(reverse("admin:index")).status_code == 302
    services.give_office(person, Group.AUDITOR)
    services.deactivate_person(person)
    assert client.get(reverse("admin:index")).status_code == 302


def test_an_auditor_moves_no_unit(
    organisation: Any, sign_in: SignIn, make_unit: Callable[..., Any]
) -> None:
    one, other = make_unit("One"), make_unit("Other")
    given = {"node": one.pk, "target": other.pk, "relation": "child"}
    client = sign_in(organisation.auditor)
    assert client.post("/admin/accounts/orgunit/move/", given).status_code == 403
    one.refresh_from_db()
    assert one.depth == 1


def test_what_an_auditor_looks_at_is_a_look(organisation: Any, sign_in: SignIn) -> None:
    person = organisation.person
    sign_in(organisation.auditor).get(address(Person, "change", person.pk))
    look = RecordAccess.objects.get()
    assert (look.actor, look.subject) == (organisation.auditor, person)


def test_an_auditor_reads_the_audit_log(organisation: Any, sign_in: SignIn) -> None:
    services.update_person(organisation.person, name="Petra Renamed")
    page = sign_in(organisation.auditor).get(
        address(LogEntry, "change", LogEntry.objects.latest("pk").pk)
    )
    assert "Petra Renamed" in page.text
