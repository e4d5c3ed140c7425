"""Whoever reads about named people in the administration takes a look that they can see."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from auditlog.context import set_actor
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import OrgUnit, Person, Position, RecordAccess

SignIn = Callable[[Person], Client]
Look = Callable[..., set[str]]
QUERIES_OF_A_SEARCH = 14
KINDS = ("Log entry", "Invitation", "Record access", "Authenticator", "Person")
EVERYBODY = {"the whole organisation"}


@pytest.fixture
def seen(organisation: Any, sign_in: SignIn) -> Look:
    """Whom the auditor is recorded to have looked at with a page; empty the record before."""

    def open_page(name: str, *args: Any, query: dict[str, Any] | None = None) -> set[str]:
        client = sign_in(organisation.auditor)
        page = client.get(reverse(f"admin:{name}", args=args), query or {})
        assert page.status_code == 200
        looks = RecordAccess.objects.filter(actor=organisation.auditor).select_related("subject")
        found = {look.subject.name if look.subject else look.scope for look in looks}
        assert {look.what for look in looks} <= {f"{kind} (administration)" for kind in KINDS}
        looks.delete()
        return found

    return open_page


@pytest.mark.parametrize(
    "name", ["auditlog_logentry", "accounts_invitation", "accounts_recordaccess"]
)
def test_a_list_of_what_concerns_people_is_one_look_at_everybody(seen: Look, name: str) -> None:
    assert seen(f"{name}_changelist") == EVERYBODY


def test_an_invitation_is_a_look_at_who_was_invited(organisation: Any, seen: Look) -> None:
    made = services.invite_person(organisation.person, by=organisation.hr)
    services.invite_person(organisation.colleague, by=organisation.hr)
    assert seen("accounts_invitation_change", made.pk) == {"Petra Person"}
    assert seen("accounts_invitation_history", made.pk) == {"Petra Person"}
    assert seen("accounts_invitation_changelist", query={"q": "petra"}) == {"Petra Person"}


def test_a_look_at_the_looks_is_one_at_the_people_named_there(
    organisation: Any, seen: Look
) -> None:
    hr, person = organisation.hr, organisation.person
    look = services.record_look(viewer=hr, subject=person, what="Profile")
    assert look is not None
    services.record_wide_look(viewer=hr, scope=services.WHOLE_ORGANISATION, what="People")
    services.record_look(client="HR system", subject=organisation.head, what="Profile (API)")
    both = {"Petra Person", "Hanna Resources"}
    assert seen("accounts_recordaccess_change", look.pk) == both
    assert seen("accounts_recordaccess_changelist", query={"q": "hanna"}) == both
    assert seen("accounts_recordaccess_changelist", query={"q": "HR system"}) == {"Head Hardy"}


def test_the_audit_log_is_a_look_at_whose_record_changed_and_who_changed_it(
    organisation: Any, seen: Look, place: Any, make_unit: Callable[..., OrgUnit]
) -> None:
    LogEntry.objects.all().delete()
    with set_actor(organisation.hr):
        services.update_person(organisation.person, name="Petra Renamed")
    place(organisation.colleague, "Ops", "engineer")
    make_unit("Elsewhere")
    renamed = LogEntry.objects.get_for_object(organisation.person).get()
    assert seen("auditlog_logentry_change", renamed.pk) == {"Petra Renamed", "Hanna Resources"}
    placed = LogEntry.objects.get_for_model(Position).get()
    assert seen("auditlog_logentry_change", placed.pk) == {"Colin Colleague"}
    for words, found in (
        ("renamed", {"Petra Renamed", "Hanna Resources"}),
        ("Colin Colleague: ", {"Colin Colleague"}),
        ("Elsewhere", set()),
    ):
        assert seen("auditlog_logentry_changelist", query={"q": words}) == found


def test_an_entry_of_what_is_gone_is_a_look_at_nobody(
    organisation: Any, seen: Look, place: Any
) -> None:
    place(organisation.colleague, "Ops", "engineer").delete()
    entry = LogEntry.objects.get_for_model(Position).first()
    assert seen("auditlog_logentry_change", entry.pk) == set()


def test_a_second_step_is_a_look_at_who_signs_in_with_it(organisation: Any, seen: Look) -> None:
    made = Authenticator.objects.create(user=organisation.person, type="totp", data={})
    assert seen("mfa_authenticator_change", made.pk) == {"Petra Person"}
    assert seen("mfa_authenticator_changelist") == EVERYBODY


def test_the_number_of_queries_of_the_audit_log_does_not_grow_with_the_people(
    organisation: Any, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    LogEntry.objects.all().delete()
    client = sign_in(organisation.auditor)
    address = reverse("admin:auditlog_logentry_changelist")
    client.get(address)
    for people in ([organisation.person], [organisation.colleague, organisation.head]):
        for each in people:
            services.update_person(each, name=f"{each.name} Renamed")
        with django_assert_num_queries(QUERIES_OF_A_SEARCH):
            client.get(address, {"q": "Renamed"})
    assert RecordAccess.objects.filter(subject__isnull=False).count() == 3


def test_the_history_of_a_person_is_a_look(organisation: Any, seen: Look) -> None:
    assert seen("accounts_person_history", organisation.person.pk) == {"Petra Person"}


def test_choosing_a_person_in_the_administration_is_a_look_at_those_offered(
    organisation: Any, sign_in: SignIn
) -> None:
    client = sign_in(organisation.admin)
    asked = {"app_label": "accounts", "model_name": "person", "field_name": "manager"}
    for term, found in (("petra", {organisation.person}), ("", {None})):
        page = client.get(reverse("admin:autocomplete"), asked | {"term": term})
        assert page.json()["results"]
        looks = RecordAccess.objects.all()
        assert {look.subject for look in looks} == found
        assert {look.what for look in looks} == {"Person (administration)"}
        looks.delete()
    barred = sign_in(organisation.person).get(reverse("admin:autocomplete"), asked)
    assert barred.status_code == 302
    assert not RecordAccess.objects.exists()
